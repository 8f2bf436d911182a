"""``python -m tests.bench.feed_farm COUNT``: serve so many feeds, each at a host of this machine's own.

Those with an even number have an ETag and answer 304; the others send the same body again. Prints its port, then serves
until its input ends.
"""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

from typing_extensions import override

from adapters.machine.clock import SystemClock
from tests.bench.feed_files import written_feeds

HOSTS: Final = 100
_TYPES: Final = {b"<": "application/xml; charset=utf-8", b"{": "application/feed+json"}


class Feeds:
    """What the server answers, by path, made before anybody asks."""

    def __init__(self, count: int) -> None:
        self._whole: dict[bytes, bytes] = {}
        self._unchanged: dict[bytes, tuple[bytes, bytes]] = {}
        for number, body in enumerate(written_feeds(count, newest=SystemClock().now())):
            path, etag = f"/{number}".encode(), f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            head = [f"Content-Type: {_TYPES[body[:1]]}", f"Content-Length: {len(body)}"]
            if has_etag(number):
                head.append(f"ETag: {etag}")
                unchanged = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
                self._unchanged[path] = (etag.encode(), unchanged)
            self._whole[path] = "\r\n".join(["HTTP/1.1 200 OK", *head, "", ""]).encode() + body

    def answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1]
        etag, unchanged = self._unchanged.get(path, (None, b""))
        return unchanged if etag and etag in request else self._whole[path]


class _Connection(asyncio.Protocol):
    """One client, who waits for each answer."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._came = b""
        self._transport: asyncio.WriteTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._came.endswith(b"\r\n\r\n") and self._transport:
            self._transport.write(self._feeds.answer(self._came))
            self._came = b""


def has_etag(number: int) -> bool:
    """Whether that feed's server says 304."""
    return number % 2 == 0


def addresses(count: int, port: int) -> Iterator[str]:
    """Where the feeds are; the numbers go round the hosts, as do the formats."""
    return (f"http://127.0.1.{1 + number % HOSTS}:{port}/{number}" for number in range(count))


async def serve(count: int) -> None:
    """Until the input ends."""
    feeds, loop = Feeds(count), asyncio.get_running_loop()
    hosts = [f"127.0.1.{1 + number}" for number in range(HOSTS)]
    first = await loop.create_server(lambda: _Connection(feeds), hosts[0], 0)
    port = first.sockets[0].getsockname()[1]
    await loop.create_server(lambda: _Connection(feeds), hosts[1:], port)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def running_farm(count: int) -> AsyncIterator[tuple[int, list[str]]]:
    """A farm in a process of its own: the number of that, and the feeds' addresses."""
    command = (sys.executable, "-m", "tests.bench.feed_farm", str(count))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    try:
        port = int(await process.stdout.readline())
        yield process.pid, list(addresses(count, port))
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
