"""A wire between two ends that breaks as it is told to."""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from urllib.parse import urlsplit

_CHUNK = 1 << 16
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: what is not sent yet is thrown away, and the other side gets a reset."""


class Weather(Enum):
    """What becomes of connections."""

    FAIR = auto()
    CUT = auto()
    """Those that stand are reset, new ones too."""
    HALF_OPEN = auto()
    """They stand, and nothing comes through any more."""
    TORN = auto()
    """Requests go through, and each answer is reset in the middle of its body."""


class ChaosWire:
    """Passes bytes on while the weather is fair. ``torn`` counts the answers that it tore."""

    def __init__(self, upstream: str) -> None:
        """``upstream`` is an address such as http://127.0.0.1:8080."""
        self._host, self._port = urlsplit(upstream).hostname, urlsplit(upstream).port
        self._weather = Weather.FAIR
        self._share = 1.0
        self._dice = random.Random(1)
        self.torn = 0
        self._door: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._cleared = asyncio.Event()
        self._cleared.set()

    def turn(self, weather: Weather, *, share: float = 1.0) -> None:
        """From now on, for the connections that stand too. ``share`` of the answers are torn where answers are."""
        self._weather, self._share = weather, share
        if weather is Weather.HALF_OPEN:
            self._cleared.clear()
        else:
            self._cleared.set()
        if weather is not Weather.HALF_OPEN:
            for end in list(self._ends):
                _reset(end)

    @asynccontextmanager
    async def nobody_there(self) -> AsyncIterator[None]:
        """During the block its door is closed: who comes is refused, and what stood is reset."""
        assert self._door
        address = self._door.sockets[0].getsockname()[:2]
        self._door.close()
        self.turn(Weather.CUT)
        await asyncio.sleep(0)
        try:
            yield
        finally:
            self._weather = Weather.FAIR
            self._door = await asyncio.start_server(self._connected, *address)

    async def open_door(self) -> str:
        """Its own host and port, at which it answers from now on."""
        self._door = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return "{}:{}".format(*self._door.sockets[0].getsockname()[:2])

    async def close_door(self) -> None:
        """All its connections are cut."""
        assert self._door
        self._door.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._door.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self._serve(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._ends.add(writer)
        try:
            with contextlib.suppress(OSError):
                if self._weather is not Weather.CUT:
                    await self._joined(reader, writer)
        finally:
            self._ends.discard(writer)
            _reset(writer)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        try:
            await self._both_ways(reader, writer, up_reader, up_writer)
        finally:
            up_writer.close()

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._pass_on(reader, up_writer, is_answer=False)),
            asyncio.create_task(self._pass_on(up_reader, writer, is_answer=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        while data := await reader.read(_CHUNK):
            await self._cleared.wait()
            is_torn = is_answer and self._weather is Weather.TORN and self._dice.random() < self._share
            self.torn += is_torn
            writer.write(data[: len(data) // 2] if is_torn else data)
            await writer.drain()
            if is_torn:
                return


def _reset(writer: asyncio.StreamWriter) -> None:
    held: socket.socket | None = writer.get_extra_info("socket")
    if held is not None and held.fileno() >= 0:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.close()


@asynccontextmanager
async def laid(wire: ChaosWire) -> AsyncIterator[str]:
    """The wire's own host and port; all its connections are cut after the block."""
    address = await wire.open_door()
    try:
        yield address
    finally:
        await wire.close_door()
