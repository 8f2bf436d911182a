"""Fetching a feed's document over HTTP within bounds, from addresses that the guard permits."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus

import aiohttp
from yarl import URL

from adapters.feeds.guard import AddressPolicy, AddressRefusedError, guarded_sockets
from adapters.feeds.inflate import BodyUnpacker, PackingError, SizeBounds, TooBigError
from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import ADDRESS_NOT_ALLOWED, ReadingError

USER_AGENT = "newsbot (a chat bot that reads feeds)"

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_LONGEST_ADDRESS = 2048
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f.:]+", re.IGNORECASE)
"""A name with its letters already in ASCII, or a literal address."""
_LONGEST_VALIDATOR = 512
_LONGEST_WAIT = timedelta(hours=24)
_LONGEST_FRESHNESS = timedelta(hours=12)
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})")
_READABLE = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.IM_USED})
_FOR_GOOD = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_REDIRECTS = _FOR_GOOD | {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchBounds:
    """How long and how large one fetch may be; times in seconds, sizes in bytes.

    After each ``slow_window_s`` of a body at least ``slow_bytes`` of it must have come.
    """

    connect_s: float = 10.0
    silence_s: float = 15.0
    whole_s: float = 30.0
    slow_window_s: float = 10.0
    slow_bytes: int = 10 * 1024
    headers: int = 32 * 1024
    redirects: int = 5
    size: SizeBounds = field(default_factory=SizeBounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a server gave: the unpacked body, where it came from at last, and how long it calls itself fresh.

    ``moved_to`` is that address again if only permanent redirects led there. ``links`` are its Link headers.
    """

    body: bytes
    address: str
    moved_to: str | None
    charset: str | None
    validators: Validators
    max_age: timedelta | None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The document is the one that the validators belong to: the server says so, or sent it again.

    In the second case ``validators`` are those that came along, and ``moved_to`` is what it is in a Document.
    """

    max_age: timedelta | None
    validators: Validators | None = None
    moved_to: str | None = None


class RefusedError(ReadingError):
    """The server answered with a status that is no document."""

    def __init__(self, message: str, *, status: int, retry_after: timedelta | None) -> None:
        super().__init__(message, kind="gone" if status == HTTPStatus.GONE else "status", retry_after=retry_after)
        self.status = status


class FeedClient:
    """Fetches documents. Opens its session at the first fetch; to be closed at the end."""

    def __init__(
        self, policy: AddressPolicy, *, bounds: FetchBounds, user_agent: str = USER_AGENT, accept: str = _ACCEPT
    ) -> None:
        self._policy = policy
        self._bounds = bounds
        self._headers = {"User-Agent": user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give up all connections; fetching again opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def fetch(self, address: str, validators: Validators = NO_VALIDATORS) -> Document | NotModified:
        """The document at the address, redirects followed. Ends within ``whole_s``; raises ReadingError."""
        try:
            async with asyncio.timeout(self._bounds.whole_s):
                return await self._follow(web_address(address), validators)
        except TimeoutError:
            raise ReadingError("The server took too long to answer.", kind="timeout") from None
        except TooBigError:
            raise ReadingError("What is at that address is too large for a feed.", kind="too_big") from None
        except PackingError:
            raise ReadingError(
                "The server packed its answer in a way that cannot be read.", kind="not_a_feed"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise connection_error(error) from None

    async def _follow(self, url: URL, validators: Validators) -> Document | NotModified:
        is_for_good = True
        for hop in range(self._bounds.redirects + 1):
            async with self.session().get(url, headers=_conditions(validators), allow_redirects=False) as response:
                if sum(len(name) + len(value) for name, value in response.raw_headers) > self._bounds.headers:
                    raise TooBigError
                if response.status not in _REDIRECTS:
                    moved_to = str(url) if hop and is_for_good else None
                    return await self._received(response, validators, moved_to=moved_to)
                is_for_good = is_for_good and response.status in _FOR_GOOD
                url = next_address(url, response.headers.get("Location"))
        raise ReadingError("That address leads from one redirect to the next without end.", kind="status")

    async def _received(
        self, response: aiohttp.ClientResponse, validators: Validators, *, moved_to: str | None
    ) -> Document | NotModified:
        if response.status == HTTPStatus.NOT_MODIFIED and validators != NO_VALIDATORS:
            return NotModified(max_age=_max_age(response))
        if response.status not in _READABLE:
            raise _refusal(response)
        body, digest = await self._body(response)
        given = Validators(
            etag=_validator(response.headers.get("ETag")),
            last_modified=_validator(response.headers.get("Last-Modified")),
            digest=digest,
        )
        max_age = _max_age(response)
        if digest == validators.digest:
            return NotModified(max_age=max_age, validators=replace(given, rest=validators.rest), moved_to=moved_to)
        return Document(
            body=body,
            address=str(response.url),
            moved_to=moved_to,
            charset=response.charset,
            validators=given,
            max_age=max_age,
            links=tuple(response.headers.getall("Link", ())),
        )

    async def _body(self, response: aiohttp.ClientResponse) -> tuple[bytes, str]:
        """The unpacked body, and what stands for it and all that it is read by: where it is and its charset."""
        if (response.content_length or 0) > self._bounds.size.wire:
            raise TooBigError
        unpacker = BodyUnpacker(response.headers.get("Content-Encoding", ""), self._bounds.size)
        pieces: list[bytes] = []
        digest = blake2b(f"{response.url}\n{response.charset}\n".encode(errors="replace"), digest_size=16)
        pace = _Pace(self._bounds)
        async for wire in response.content.iter_any():
            pace.take(len(wire))
            for piece in unpacker.pieces(wire):
                pieces.append(piece)
                digest.update(piece)
                await asyncio.sleep(0)  # unpacking a MiB takes milliseconds, which others may be waiting for
        unpacker.finish()
        return b"".join(pieces), digest.hexdigest()

    def session(self) -> aiohttp.ClientSession:
        """The session, of which the guard sees every connection."""
        if self._session is None:
            bounds = self._bounds
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    socket_factory=guarded_sockets(self._policy), limit_per_host=2, keepalive_timeout=5
                ),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=None, sock_connect=bounds.connect_s, sock_read=bounds.silence_s
                ),
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self._session


class _Pace:
    """Ends a body that only drips, which no silence ever would."""

    def __init__(self, bounds: FetchBounds) -> None:
        self._bounds = bounds
        self._begun = asyncio.get_running_loop().time()
        self._count = 0

    def take(self, count: int) -> None:
        """So many bytes have come. Raises TimeoutError."""
        self._count += count
        now = asyncio.get_running_loop().time()
        if now - self._begun < self._bounds.slow_window_s:
            return
        if self._count < self._bounds.slow_bytes:
            raise TimeoutError
        self._begun, self._count = now, 0


def web_address(written: str) -> URL:
    """The address as it will be asked for: http or https, a host, no user name. Raises ReadingError of kind address."""
    if len(written) > _LONGEST_ADDRESS:
        raise ReadingError(f"That address is too long: {_LONGEST_ADDRESS:,} characters are the most.", kind="address")
    if not written.strip():
        raise ReadingError("No address was given. One begins with https:// or http://.", kind="address")
    try:
        url = URL(written.strip())
        _ = url.host  # decoded, and perhaps refused, only when it is asked for
        (url.raw_host or "").encode("idna")  # what a resolver would refuse: an empty or an endless label
    except ValueError:
        raise ReadingError("That is not a web address. One is https://example.com/feed.", kind="address") from None
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host or ""):
        raise ReadingError(
            "That is not a web address: it has to begin with https:// or http://, as https://example.com/feed does.",
            kind="address",
        )
    if url.user is not None or url.password is not None:
        raise ReadingError(
            "An address with a user name or password in it is not allowed, for others might see it. Use one without.",
            kind="address",
        )
    return url


def next_address(url: URL, location: str | None) -> URL:
    """Where a redirect leads. Raises ReadingError where that is no web address, or not a secure one any more."""
    if not location:
        raise ReadingError("The server says that the feed has moved, but not where to.", kind="status")
    try:
        following = web_address(str(url.join(URL(location))))
    except ValueError:
        raise ReadingError("The server sends us to something that is no web address.", kind="address") from None
    if url.scheme == "https" and following.scheme == "http":
        raise ReadingError("The server sends us from a secure address to one that is not.", kind="address")
    return following


def _conditions(validators: Validators) -> dict[str, str]:
    conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _validator(value: str | None) -> str | None:
    """A header that can be kept and sent back: servers put anything into it, broken bytes too."""
    if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable():
        return value
    return None


def _max_age(response: aiohttp.ClientResponse) -> timedelta | None:
    found = _MAX_AGE.search(response.headers.get("Cache-Control", "").lower())
    return min(timedelta(seconds=int(found[1])), _LONGEST_FRESHNESS) if found and int(found[1]) else None


def _refusal(response: aiohttp.ClientResponse) -> RefusedError:
    status = response.status
    match status:
        case HTTPStatus.NOT_MODIFIED:
            sentence = "The server says that nothing is new, though we never read it before."
        case HTTPStatus.NOT_FOUND:
            sentence = f"There is nothing at that address ({status})."
        case HTTPStatus.GONE:
            sentence = f"What was at that address has been taken away for good ({status})."
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.PAYMENT_REQUIRED | HTTPStatus.FORBIDDEN:
            sentence = f"The server does not let us read that address ({status})."
        case HTTPStatus.TOO_MANY_REQUESTS:
            sentence = f"The server asks us to come back later ({status})."
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            sentence = f"The server has a problem of its own ({status})."
        case _:
            sentence = f"The server did not give us the feed ({status})."
    return RefusedError(sentence, status=status, retry_after=_retry_after(response))


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """Seconds, or a date that is measured against the server's own clock (RFC 9110, section 10.2.3); a day at most."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:9]), int(_LONGEST_WAIT.total_seconds())))
    else:
        until, now = _http_date(value), _http_date(response.headers.get("Date", ""))
        if until is None or now is None:
            return None
        wait = min(until - now, _LONGEST_WAIT)
    return wait if wait > timedelta(0) else None


def _http_date(value: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(value)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def connection_error(error: Exception) -> ReadingError:
    """What went wrong with a connection, in words for people."""
    kind = "unreachable"
    match error:
        case aiohttp.ClientConnectorDNSError():
            sentence = "There is no server of that name."
        case aiohttp.ClientConnectorCertificateError():
            sentence = "The server's certificate is not valid."
        case aiohttp.ClientConnectorError(os_error=AddressRefusedError()):
            kind, sentence = "address", ADDRESS_NOT_ALLOWED
        case aiohttp.ClientConnectorError():
            sentence = "The server cannot be reached."
        case aiohttp.InvalidURL():
            kind, sentence = "address", "That is not a web address."
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            sentence = "The connection broke before all of the feed had come."
        case _:
            sentence = "The server's answer cannot be understood."
    return ReadingError(sentence, kind=kind)
