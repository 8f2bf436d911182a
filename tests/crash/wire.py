"""The wire between bot and platform, which can be cut in the middle of a request or before the answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.crash import points
from tests.crash.points import Fuse, on

_CHUNK = 1 << 16


class Wire:
    """Passes bytes on as they come; where the fuse blows, nothing goes on any more.

    Requests on a connection come one after the other, as HTTP/1.1 without pipelining has it.
    """

    def __init__(self, platform: str, upstream: str, *, is_send: Callable[[bytes], bool]) -> None:
        """``upstream`` is the platform's address; ``is_send`` tells by its first line a request that shows a post."""
        self._platform = platform
        self._host, self._port = urlsplit(upstream).hostname, urlsplit(upstream).port
        self._is_send = is_send
        self.fuse: Fuse | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the bot."""
        with contextlib.suppress(OSError):
            up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
            try:
                await self._talk(reader, writer, up_reader, up_writer)
            finally:
                writer.close()
                up_writer.close()

    async def _talk(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        is_sending = False

        async def there() -> None:
            nonlocal is_sending
            while data := await reader.read(_CHUNK):
                is_sending = is_sending or self._is_send(data.partition(b"\r\n")[0])
                if is_sending and self._blows(points.REQUEST_CUT):
                    up_writer.write(data[: len(data) // 2])
                    await up_writer.drain()
                    return
                up_writer.write(data)
                await up_writer.drain()

        async def back() -> None:
            nonlocal is_sending
            while data := await up_reader.read(_CHUNK):
                if is_sending and self._blows(points.ANSWER_UNREAD):
                    return
                is_sending = False
                writer.write(data)
                await writer.drain()

        ways = [asyncio.create_task(there()), asyncio.create_task(back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    def _blows(self, point: str) -> bool:
        return self.fuse is not None and self.fuse.passes(on(self._platform, point))


def is_discord_send(first_line: bytes) -> bool:
    """Create Message."""
    return first_line.startswith(b"POST /api/v10/channels/") and b"/messages " in first_line


def is_telegram_send(first_line: bytes) -> bool:
    """sendMessage."""
    return b"/sendMessage " in first_line


@asynccontextmanager
async def laid(wire: Wire) -> AsyncIterator[str]:
    """The wire's own address, as ``http://host:port``."""
    talks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(wire(reader, writer))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for talk in list(talks):
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
