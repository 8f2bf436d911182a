"""A web server of the bot's on this machine, and a client at its door."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from adapters.machine.door import open_door
from adapters.web.routes import Mount
from adapters.web.server import WebServer
from tests.background import in_background


@asynccontextmanager
async def served(mounts: Sequence[Mount]) -> AsyncIterator[aiohttp.ClientSession]:
    """A client whose base is the server's address."""
    with open_door("127.0.0.1", 0) as door:
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        async with in_background(WebServer(mounts, door).run()), aiohttp.ClientSession(base) as client:
            yield client
