"""What a bot uses while it runs on and on, and whether that grows."""

import asyncio
import os
import signal
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from tests.bench.processes import children, memory_mb

_LOOK_S: Final = 2.0
_LOOKS_IN_A_MINUTE: Final = 30
_BASE: Final = (0.3, 0.4)
_END: Final = (0.9, 1.0)
"""The parts of the time that are compared: what is used until then fills caches."""

_MORE_MEMORY: Final = 0.05
_MORE_OF_OTHERS: Final = 0.02
_POOLED: Final = 3
"""Pools of connections fill up when, by chance, several are wanted at once: those of the database hold that many."""

_SIGNS: Final = ("ERROR", "CRITICAL", "Traceback", "never retrieved", "was destroyed but it is pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is used at one moment, by the bot and the processes that it started."""

    memory_mb: float
    files: int
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """One figure after the first part, and at the end; ``few`` more are no growth."""

    name: str
    before: float
    after: float
    bound: float
    few: float = 0.0

    @property
    def share(self) -> float:
        return self.after / self.before - 1

    @property
    def is_held(self) -> bool:
        """Less of something is no harm."""
        return self.share <= self.bound or self.after - self.before <= self.few

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.before:.0f} -> {self.after:.0f} ({self.share:+.1%}, at most {self.bound:+.0%})"


async def watched(pid: int, told: Path, *, until: float, say: Callable[[str], None]) -> list[Look]:
    """Looks every other second, until that time of the loop. Each minute says what there is."""
    looks: list[Look] = []
    while asyncio.get_running_loop().time() < until:
        os.kill(pid, signal.SIGUSR1)
        await asyncio.sleep(_LOOK_S)
        looks.append(_look(pid, told))
        if not len(looks) % _LOOKS_IN_A_MINUTE:
            say(str(looks[-1]))
    return looks


def _look(pid: int, told: Path) -> Look:
    memory = memory_mb(pid)[1]
    with suppress(OSError):  # one that parses is replaced now and then
        memory += sum(memory_mb(child)[1] for child in children(pid))
    return Look(
        memory_mb=memory,
        files=sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
        tasks=int(told.read_text()) if told.exists() else 0,
    )


def growth(looks: Sequence[Look]) -> Iterator[Growth]:
    """Memory by the median; files and tasks by the least that there were, since work that is under way has some."""
    base, end = (looks[int(len(looks) * begin) : int(len(looks) * close)] for begin, close in (_BASE, _END))
    memory = [statistics.median(look.memory_mb for look in part) for part in (base, end)]
    yield Growth(name="memory MB", before=memory[0], after=memory[1], bound=_MORE_MEMORY)
    files, tasks = ([min(getattr(look, name) for look in part) for part in (base, end)] for name in ("files", "tasks"))
    yield Growth(name="files", before=files[0], after=files[1], bound=_MORE_OF_OTHERS, few=_POOLED)
    yield Growth(name="tasks", before=tasks[0], after=tasks[1], bound=_MORE_OF_OTHERS, few=_POOLED)


def complaints(lines: Sequence[str]) -> list[str]:
    """Lines of a log that tell of an error nobody dealt with."""
    return [line for line in lines if any(sign in line for sign in _SIGNS)]
