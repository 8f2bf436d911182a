"""An aiohttp application on a free port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

_LAST_CALLS_S = 1.0


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Its address, as ``http://host:port``; what it still answers after the block is cut off within a second."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_CALLS_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
