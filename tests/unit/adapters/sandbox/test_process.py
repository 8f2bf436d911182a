"""A sandbox that was started with a pipe ends with whoever holds the other end."""

import asyncio
import os

from adapters.sandbox.process import parent_gone


async def test_it_notices_that_the_pipe_was_closed() -> None:
    reading, writing = os.pipe()
    watching = asyncio.create_task(parent_gone(os.fdopen(reading, "rb", buffering=0)))
    os.write(writing, b"still here")
    for _ in range(5):
        await asyncio.sleep(0)
    assert not watching.done()
    os.close(writing)
    await asyncio.wait_for(watching, 5)
