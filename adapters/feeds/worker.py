"""One process that takes documents apart, as seen by who asks it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from adapters.feeds.parsed import TOPICS, Problem, Work

_LONGEST_LINE = 4 * 1024 * 1024
_CHUNK = 64 * 1024
PROGRAM = "from adapters.feeds.parse_process import main; main()"

_Result = TypeVar("_Result")
Receive = Callable[[asyncio.StreamReader], Awaitable[_Result | Problem]]
"""Reads a worker's answer. Raises EOFError when the worker ends before its answer does."""


class WorkerDiedError(Exception):
    """A worker ended in the middle of a document; ``signal`` is what killed it, if anything did."""

    def __init__(self, returncode: int | None) -> None:
        super().__init__(f"the parser ended with {returncode}")
        self.signal = -returncode if returncode and returncode < 0 else None


class GaveWayError(Exception):
    """The document took long while others waited, so its process was ended for them."""


class Worker:
    """One process, started when there is a document for it, and again after it ended."""

    def __init__(self, *, cpu_s: int, niceness: int, topics: bytes | None) -> None:
        self.documents = 0
        self._began_at_s: float | None = None
        self._limits = (str(cpu_s), str(niceness))
        self._topics = topics
        self._gives_way = False
        self._process: asyncio.subprocess.Process | None = None

    async def ask(
        self, work: Work, body: bytes, about: Mapping[str, str | None], receive: Receive[_Result]
    ) -> _Result | Problem:
        """What came of the work. Raises WorkerDiedError and GaveWayError."""
        is_new = self._process is None or self._process.returncode is not None
        if self._process is None or is_new:
            self._process = await _started(*self._limits)
            self.documents = 0
        self.documents += 1
        self._gives_way, self._began_at_s = False, _cpu_s(self._process.pid)
        try:
            if is_new and self._topics is not None:
                await _send(self._process, self._topics, {"work": TOPICS, "length": len(self._topics)})
            await _send(self._process, body, {"work": work, **about, "length": len(body)})
            assert self._process.stdout is not None  # noqa: S101  # it was started with a pipe
            return await receive(self._process.stdout)
        except (EOFError, ConnectionError):
            returncode = await self._process.wait()
            raise (GaveWayError if self._gives_way else WorkerDiedError(returncode)) from None
        finally:
            self._began_at_s = None

    @property
    def computed_s(self) -> float:
        """The CPU time that the document has taken which it is at; on a busy machine that is less than the time."""
        if self._process is None or self._began_at_s is None:
            return 0.0
        return _cpu_s(self._process.pid) - self._began_at_s

    def give_way(self) -> None:
        """End the process now, whatever it is at."""
        self._gives_way = True
        self._end()

    async def stop(self) -> None:
        """End the process in peace, or after a second without."""
        if self._process is None:
            return
        if self._is_asked:
            await self.kill()
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._process.communicate()
                return
        await self.kill()

    async def kill(self) -> None:
        """End the process now, and see to it that nothing of it is left."""
        self._end()
        if self._process is None:
            return
        if self._is_asked:  # whoever asked reads to the end
            await self._process.wait()
        else:
            await self._process.communicate()

    @property
    def _is_asked(self) -> bool:
        return self._began_at_s is not None

    def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()


async def _started(cpu_s: str, niceness: str) -> asyncio.subprocess.Process:
    """A process with nothing of ours but the way to the code: no token in its environment, no file, no terminal."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-c",
        PROGRAM,
        cpu_s,
        niceness,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        start_new_session=True,
        limit=_LONGEST_LINE,
    )


async def _send(process: asyncio.subprocess.Process, body: bytes, request: Mapping[str, str | int | None]) -> None:
    assert process.stdin is not None  # noqa: S101  # it was started with a pipe
    process.stdin.write(json.dumps(request).encode() + b"\n")
    for start in range(0, len(body), _CHUNK):
        process.stdin.write(body[start : start + _CHUNK])
        await process.stdin.drain()


def _cpu_s(pid: int) -> float:
    """The CPU time of a process of ours, 0 where it cannot be told. See clock_getcpuclockid(3): the clock's number is
    made of the process's.
    """
    with suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0
