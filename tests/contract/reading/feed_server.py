"""A server on this machine that answers what a test tells it to, byte for byte."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Herald</title><link>https://herald.example/</link><ttl>30</ttl>
<item><title>Second</title><guid>2</guid><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>First</title><guid>1</guid><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""

ENDLESS = (
    b"<rss version='2.0'><channel><item><title "
    + b" ".join(b"a%d='1'" % number for number in range(500_000))
    + b"/></item></channel></rss>"
)
"""Attributes of which each is compared with all others: minutes of computing in a parser."""

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes = FEED, *, status: str = "200 OK", headers: Mapping[str, str] | None = None, length: int | None = None
) -> bytes:
    """A whole HTTP answer; ``length`` is what it says of its length in place of the truth."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True, kw_only=True)
class FeedServer:
    """Answers by path, ``otherwise`` where none is set; ``asked`` are the requests' heads in order, and each answer
    ends its connection.
    """

    port: int = 0
    host: str = "127.0.0.1"
    answers: dict[str, bytes | Talk] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    otherwise: bytes | Talk = field(default_factory=lambda: answer(b"", status="404 Not Found"))

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def serve(self, path: str, what: bytes | Talk) -> str:
        """From now on this is the answer to the path, whose address is given back."""
        self.answers[path] = what
        return self.url(path)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.asked.append(head)
                what = self.answers.get(head.split()[1], self.otherwise)
                if isinstance(what, bytes):
                    writer.write(what)
                    await writer.drain()
                else:
                    await what(writer)
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def running_feed_server(host: str = "127.0.0.1") -> AsyncIterator[FeedServer]:
    """A server for one test. What still talks at the end is cut off."""
    feeds = FeedServer(host=host)
    talks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(feeds(reader, writer)))

    server = await asyncio.start_server(connected, host, 0)
    feeds.port = server.sockets[0].getsockname()[1]
    try:
        yield feeds
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
