"""HTTP for python-telegram-bot over aiohttp, with errors that say whether a call can have had an effect."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData
from typing_extensions import override
from yarl import URL

OFFICIAL_API = "https://api.telegram.org/bot"

_READ_TIMEOUT_S = 25.0
"""A shorter wait invents sends of unknown outcome: the server may still be working."""
_CONNECT_TIMEOUT_S = 10.0
_CONNECTIONS = 256
_ADDRESS_KEPT_S = 300
_MADE_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.NonHttpUrlClientError,
    ValueError,  # the address is none
)
_TOO_MANY_REQUESTS = 429
_JSON = {"Content-Type": "application/json"}


class NotSentError(NetworkError):
    """No connection was made, so nothing can have reached Telegram."""


class AnswerLostError(NetworkError):
    """The call went out and its answer was not understood: it may have had its effect."""


class SlowDownError(TelegramError):
    """Telegram refused the call for its rate; again after ``wait_s`` seconds.

    The library's own RetryAfter warns of its deprecated attribute whenever it is made.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Too Many Requests: retry after {wait_s:g}")
        self.wait_s = wait_s


def api_address(api_url: str | None, token: str) -> str:
    """Where the methods are called: the token goes where ``{token}`` stands, else to the end."""
    prefix = api_url or OFFICIAL_API
    return prefix.replace("{token}", token) if "{token}" in prefix else prefix + token


class AiohttpTransport(BaseRequest):
    """One pool of connections for all calls.

    Only this object knows the address with the token in it: the library hands in the method's name as the address, and
    no error or log line here ever holds an address. Raises NotSentError, AnswerLostError and SlowDownError.
    """

    __slots__ = ("_address", "_addresses", "_is_closed", "_on_slow_down", "_session")

    def __init__(self, address: str, *, on_slow_down: Callable[[], None] = lambda: None) -> None:
        self._address = address
        self._on_slow_down = on_slow_down
        self._addresses: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None
        self._is_closed = False

    @property
    @override
    def read_timeout(self) -> float | None:
        return _READ_TIMEOUT_S

    @override
    async def initialize(self) -> None:
        """Allow calls, also after ``shutdown``. The pool itself is opened by the first call."""
        self._is_closed = False

    @override
    async def shutdown(self) -> None:
        """End all connections; calls raise NotSentError from now on."""
        self._is_closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Call the method whose name ends ``url``; the status and the body as they came."""
        data, headers = _encoded(request_data)
        patience = _READ_TIMEOUT_S if read_timeout is self.DEFAULT_NONE else read_timeout
        timeout = aiohttp.ClientTimeout(connect=_CONNECT_TIMEOUT_S, sock_read=patience)
        try:
            async with self._open().request(
                method, self._url(url), data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, body = response.status, await response.read()
        except _MADE_BEFORE_SENDING as error:
            raise NotSentError(f"Telegram cannot be reached ({_reason(error)})") from None
        except (aiohttp.ClientError, OSError) as error:
            raise AnswerLostError(f"Telegram's answer was lost ({_reason(error)})") from None
        if status == _TOO_MANY_REQUESTS:
            self._on_slow_down()
            raise SlowDownError(_wait_asked(body))
        return status, body

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer's JSON object. Raises AnswerLostError for anything else, such as a proxy's page."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise AnswerLostError("Telegram's answer is not JSON") from None
        if not isinstance(answer, dict):
            raise AnswerLostError("Telegram's answer is not a JSON object")
        return answer

    def _open(self) -> aiohttp.ClientSession:
        if self._is_closed:
            raise NotSentError("the connection to Telegram is closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, ttl_dns_cache=_ADDRESS_KEPT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _url(self, url: str) -> URL:
        name = url.rpartition("/")[2]
        if name not in self._addresses:
            self._addresses[name] = URL(f"{self._address}/{name}", encoded=True)
        return self._addresses[name]


def _encoded(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None]:
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        # The Bot API takes JSON as well as forms, and a form would hold JSON texts that are encoded twice.
        return json.dumps(request_data.parameters, ensure_ascii=False).encode(), _JSON
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None


def _wait_asked(body: bytes) -> float:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0


def _reason(error: Exception) -> str:
    # The text of some of aiohttp's errors holds the address, and so the token.
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{type(error).__name__}: {error.os_error.strerror or type(error.os_error).__name__}"
    return type(error).__name__
