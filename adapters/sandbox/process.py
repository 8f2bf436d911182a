"""The sandbox as a process of its own, which never outlives the one that started it with a pipe."""

import asyncio
import signal
from collections.abc import Callable
from typing import BinaryIO

from adapters.sandbox.server import Addresses, SandboxOptions, serve


def run_child(options: SandboxOptions, *, ready: Callable[[Addresses], None], parent: BinaryIO | None = None) -> None:
    """Run until SIGINT, SIGTERM or, where ``parent`` is a pipe from whoever started us, until that pipe closes.

    Raises CannotOpenError, whose text is for the operator.
    """
    asyncio.run(_run(options, ready, parent))


async def parent_gone(pipe: BinaryIO) -> None:
    """Return when the other end of the pipe is closed, which a kill -9 does too."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        while await reader.read(1024):
            pass
    finally:
        transport.close()


async def _run(options: SandboxOptions, ready: Callable[[Addresses], None], parent: BinaryIO | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if parent is None:
        await serve(options, ready=ready, stop=stop)
        return
    watch = asyncio.create_task(parent_gone(parent))
    watch.add_done_callback(lambda _: stop.set())
    try:
        await serve(options, ready=ready, stop=stop)
    finally:
        watch.cancel()
