"""Work that goes on while a test does something else."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def in_background(work: Coroutine[object, object, None]) -> AsyncIterator["asyncio.Task[None]"]:
    """The work, cancelled after the block; what it raised before is raised."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        if task.done():
            await task
        task.cancel()
        await asyncio.wait({task})
