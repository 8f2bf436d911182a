"""The bot's lives: each a process of its own, forked from one that has everything imported and nothing begun.

A start takes a third of the time so, and a kill loop is mostly starts.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.canaries import tells_no_token
from tests.crash.points import Order
from tests.world import ROOT


class Life:
    """One bot process."""

    def __init__(self, pid: int, ended: "asyncio.Task[int]") -> None:
        self._pid = pid
        self._ended = ended

    @property
    def is_over(self) -> bool:
        return self._ended.done()

    async def end(self) -> int:
        """How it ended, once it has: the exit code, or the negative number of the signal."""
        return await asyncio.shield(self._ended)

    def send(self, number: signal.Signals) -> None:
        """Send it the signal, if it lives."""
        if not self.is_over:
            os.kill(self._pid, number)


class Lives:
    """Starts one bot after the other."""

    def __init__(self, mother: asyncio.subprocess.Process, environment: Mapping[str, str], log: Path) -> None:
        self._mother = mother
        self._environment = environment
        self._log = log

    async def begin(self, order: Order) -> Life:
        """``newsbot run`` under that order. The one before must be over."""
        asked = {"order": order.as_argument(), "environment": dict(self._environment), "log": str(self._log)}
        assert self._mother.stdin
        assert self._mother.stdout
        self._mother.stdin.write(json.dumps(asked).encode() + b"\n")
        pid = int(await self._mother.stdout.readline())
        return Life(pid, asyncio.create_task(_number(self._mother.stdout)))

    def said(self, words: str) -> int:
        """In how many lines the bots said that."""
        return self.all_words().count(words)

    def all_words(self) -> str:
        """What all of the bots said."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def last_words(self) -> str:
        """The end of it."""
        return "\n".join(self.all_words().splitlines()[-40:])


@asynccontextmanager
async def given(environment: Mapping[str, str], log: Path) -> AsyncIterator[Lives]:
    """For bots in that environment, whose output goes to the log."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}  # noqa: TID251  # what a child inherits
    mother = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.crash.bot",
        cwd=ROOT,
        env=clean,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    lives = Lives(mother, environment, log)
    try:
        yield lives
    finally:
        assert mother.stdin
        mother.stdin.close()
        await mother.wait()
    tells_no_token(lives.all_words())


async def _number(stream: asyncio.StreamReader) -> int:
    return int(await stream.readline())
