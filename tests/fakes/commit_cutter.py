"""A wire to PostgreSQL that is now and then cut when a transaction is to be committed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_CHUNK = 1 << 16
_COMMIT = b"COMMIT;\x00"
_SOCKET = ".s.PGSQL.5432"


class CommitCutter:
    """``share`` of the commits are cut, half of them before they arrive, half after. ``cuts`` counts them."""

    def __init__(self, server: Path, *, seed: int = 1) -> None:
        """``server`` is the directory of the server's socket."""
        self._server = server / _SOCKET
        self._dice = random.Random(seed)
        self.share = 0.0
        self.cuts = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            with contextlib.suppress(OSError):
                await self._joined(reader, writer)
        finally:
            writer.close()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(self._server)
        answers = asyncio.create_task(self._answer(up_reader, writer))
        try:
            await self._ask(reader, up_writer, answers)
        finally:
            answers.cancel()
            up_writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: "asyncio.Task[None]"
    ) -> None:
        while data := await reader.read(_CHUNK):
            is_cut = _COMMIT in data and self._dice.random() < self.share
            if is_cut:
                self.cuts += 1
                answers.cancel()
                if self._dice.random() < 1 / 2:
                    return
            writer.write(data)
            await writer.drain()
            if is_cut:
                await asyncio.sleep(0.05)  # a server that loses its client before it has read all undoes it
                return

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()
            writer.close()


@asynccontextmanager
async def laid(cutter: CommitCutter, directory: Path) -> AsyncIterator[None]:
    """Serves in that directory as a server would."""
    talks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(cutter(reader, writer))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    server = await asyncio.start_unix_server(connected, directory / _SOCKET)
    try:
        yield
    finally:
        server.close()
        for talk in list(talks):
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
