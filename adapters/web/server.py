"""The web server in the bot's own event loop."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from adapters.web.routes import Mount, route
from bot.ports.progress import Beat, unheard

_AT_ONCE = 500
_LARGEST_HEAD = 32 * 1024
_LAST_ANSWERS_S = 2
_BEAT_S = 10
_SAFE = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


class WebServer:
    """Answers at the mounts whoever comes through the door, which stays the caller's."""

    def __init__(self, mounts: Sequence[Mount], door: socket.socket) -> None:
        self._app = application(mounts)
        self._door = door

    async def run(self, beat: Beat = unheard) -> None:
        """Answer until cancelled, then let answers that are under way be given; may be called again."""

        async def turns() -> None:
            beat()

        server = _Server(
            uvicorn.Config(
                self._app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=_AT_ONCE,
                h11_max_incomplete_event_size=_LARGEST_HEAD,
                timeout_graceful_shutdown=_LAST_ANSWERS_S,
                timeout_notify=_BEAT_S,
                callback_notify=turns,
            )
        )
        with self._door.dup() as door:  # the server closes what it is given
            serving = asyncio.create_task(server.serve(sockets=[door]))
            try:
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                await serving


class _Server(uvicorn.Server):
    """A server that leaves signals to whom they belong."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(mounts: Sequence[Mount]) -> ASGIApp:
    """Everything that is mounted, and 404 or 405 for the rest. No browser takes an answer for more than it is."""
    app = Starlette(routes=[route(mount) for mount in mounts])

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_SAFE]
            await send(message)

        await app(scope, receive, send_safely)

    return answered
