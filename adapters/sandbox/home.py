"""The directory that one running sandbox has to itself."""

import asyncio
import fcntl
import os
from pathlib import Path

from adapters.sandbox.options import CannotOpenError

PATIENCE_S = 5.0
_RETRY_S = 0.05


class HomeTakenError(CannotOpenError):
    """Another sandbox is using the directory; the text names it and says what to do."""


async def take_home(home: Path, *, patience_s: float = PATIENCE_S) -> int:
    """Make the directory if need be and lock it; gives the lock's file descriptor, which frees it when closed.

    A lock that is held is tried again for ``patience_s`` seconds: the sandbox before may be writing its last lines. The
    kernel frees the lock of a process that was killed.
    """
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    lock = os.open(home / "sandbox.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = loop.time() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if loop.time() >= deadline:
                os.close(lock)
                raise HomeTakenError(
                    f"Another sandbox is using {home}. End it, or choose another directory with NEWSBOT_HOME."
                ) from error
            await asyncio.sleep(_RETRY_S)
        else:
            return lock
