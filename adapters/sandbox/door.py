"""Who may come in: the checks that every request passes before anything of ours sees it."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.sandbox.contract import Clock
from adapters.sandbox.listening import is_ip, is_loopback, is_wildcard

_FOREIGN_HOST = "This sandbox answers only to its own address, not to {!r}."
_FOREIGN_SITE = "Another web site may not use this sandbox."
_NO_JSON = "Send JSON: the Content-Type of a POST must be application/json."


def own_host_only(host: str) -> Middleware:
    """Refuse Host headers that are neither loopback names nor ``host``: a foreign name that was pointed here."""

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        named = request.headers.get("Host", "")
        if not _is_ours(named, host):
            return web.json_response({"error": _FOREIGN_HOST.format(named)}, status=403)
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not _is_visit(request):
            return web.json_response({"error": _FOREIGN_SITE}, status=403)
        return await handler(request)

    return check_host


@web.middleware
async def json_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a POST of any other type, which a form on a foreign site could send without asking."""
    if request.method == "POST" and request.content_type != "application/json":
        return web.json_response({"error": _NO_JSON}, status=415)
    return await handler(request)


def with_headers(headers: dict[str, str]) -> Middleware:
    """Put these headers on every answer that does not set them itself."""

    @web.middleware
    async def add_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return add_headers


class Presence:
    """Whether a bot is there: it holds a call open (a gateway, a long poll) or made a good one a moment ago."""

    def __init__(self, clock: Clock, *, grace_s: float = 5.0) -> None:
        self._clock = clock
        self._grace_s = grace_s
        self._open = 0
        self._last_good = 0.0

    @property
    def is_there(self) -> bool:
        return self._open > 0 or self._clock() - self._last_good < self._grace_s

    def watch(self) -> Middleware:
        """A middleware for the application that the bot calls."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._open += 1
            try:
                response = await handler(request)
                if response.status < web.HTTPBadRequest.status_code:
                    self._last_good = self._clock()
                return response
            finally:
                self._open -= 1

        return count


def _is_ours(named: str, host: str) -> bool:
    try:
        name = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return False
    if is_loopback(name):
        return True
    # An address, unlike a name, cannot be pointed elsewhere by whoever owns it.
    return is_ip(name) if is_wildcard(host) else name == host.lower()


def _is_visit(request: web.Request) -> bool:
    """Following a link from elsewhere to a page is fine; it changes nothing."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
