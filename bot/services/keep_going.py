"""Keep loops going: begin those again that failed, and those that stand still."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.progress import Beat, Progress

STUCK = timedelta(minutes=4)
"""A loop that has not moved for so long stands still; it is seen at the latest one look later."""

_LOOK_S = 30.0
_MOST_STALLS = 3
_REMEMBERED_S = 3600.0
_LONGEST_PAUSE_S = 60.0
_MOST_DOUBLINGS = 6


class StuckError(Exception):
    """A loop stood still again and again, so that only a new process can help; the sentence names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Work without end. ``run`` is given what it has to call as it gets on.

    ``is_watched``: it calls it at least every other minute. ``is_vital``: where beginning it again is of no use, the
    process has to end. A part that only waits for somebody else to come back is not.
    """

    run: Callable[[Beat], Awaitable[None]]
    is_watched: bool = True
    is_vital: bool = True


@dataclass(slots=True)
class _Life:
    """One run of a loop, from the monotonic time when it began."""

    task: "asyncio.Task[None]"
    moved_at: float
    is_stuck: bool = False


@dataclass(slots=True)
class _Kept:
    loop: Loop
    stalls: list[float] = field(default_factory=list)
    life: _Life | None = None


class LoopKeeper:
    """Runs loops by name and notes their progress."""

    def __init__(self, clock: Clock, events: Events, progress: Progress) -> None:
        self._clock = clock
        self._events = events
        self._progress = progress
        self._kept: dict[str, _Kept] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin nothing again from now on."""
        self._stopping.set()

    async def keep(self, name: str, loop: Loop) -> None:
        """Run the loop until it ends by itself; when it fails or stands still, say so and begin it again, waiting
        longer each time it fails at once.
        """
        kept = self._kept[name] = _Kept(loop)
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            if await self._lived(name, kept):
                return
            failures = 0 if self._clock.monotonic() - began > _LONGEST_PAUSE_S else failures + 1
            await self._pause(min(2.0 ** min(failures, _MOST_DOUBLINGS), _LONGEST_PAUSE_S))

    async def watch(self) -> None:
        """Look every half minute for loops that stand still. Raises StuckError; otherwise goes on until cancelled."""
        awake_since = self._clock.monotonic()
        while True:
            due = self._clock.monotonic() + _LOOK_S
            await self._clock.sleep(_LOOK_S)
            now = self._clock.monotonic()
            if now - due > _LOOK_S:
                awake_since = now  # it was the machine, or this whole process, that stood still
            for name, kept in self._kept.items():
                if kept.life and now - max(kept.life.moved_at, awake_since) >= STUCK.total_seconds():
                    self._begin_again(name, kept, kept.life, now)

    async def _lived(self, name: str, kept: _Kept) -> bool:
        """One run of the loop; whether it ended by itself."""

        def beat(trouble: str | None = None) -> None:
            life.moved_at = self._clock.monotonic()
            self._progress.note(name, self._clock.now(), trouble)

        async def live() -> None:
            await kept.loop.run(beat)

        life = _Life(task=asyncio.create_task(live()), moved_at=self._clock.monotonic())
        kept.life = life if kept.loop.is_watched else None
        try:
            await asyncio.wait({life.task})
        finally:
            kept.life = None
            if not life.task.done():
                life.task.cancel()
                await asyncio.wait({life.task})
        if life.task.cancelled() or life.is_stuck:
            return False
        error = life.task.exception()
        if error is not None:
            self._events.trouble("loop failed", error, loop=name)
        return error is None

    def _begin_again(self, name: str, kept: _Kept, life: _Life, now: float) -> None:
        """End this run, so that another one begins. Raises StuckError where that has not helped before."""
        kept.stalls = [*(at for at in kept.stalls if now - at < _REMEMBERED_S), now]
        if kept.loop.is_vital and (life.is_stuck or len(kept.stalls) >= _MOST_STALLS):
            raise StuckError(f"The loop {name!r} stands still and cannot be begun again. The log says more.")
        self._events.warn("loop stands still, beginning it again", loop=name, minutes=STUCK.total_seconds() / 60)
        life.is_stuck = True
        life.task.cancel()

    async def _pause(self, seconds: float) -> None:
        """Let that much time pass, less when we are told to stop."""
        waiting = [asyncio.create_task(self._clock.sleep(seconds)), asyncio.create_task(self._stopping.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
