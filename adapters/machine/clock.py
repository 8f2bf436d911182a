"""The machine's own time."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SMALL = timedelta(seconds=1)
_SLOWEST, _FASTEST = 0.5, 2.0


def _wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one place that asks the machine


def _steady() -> float:
    """Seconds that also pass while the machine sleeps, where it can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class SystemClock:
    """Implements the clock port with the machine's clocks and the event loop.

    A wall clock that somebody sets is followed at half or double speed, so that nothing which is due waits for the hour
    that was set back and no lease ends in the minute that was left out. It is believed as it is at the start.
    """

    def __init__(self, *, wall: Callable[[], datetime] = _wall, steady: Callable[[], float] = _steady) -> None:
        self._wall = wall
        self._steady = steady
        self._now, self._seen = wall(), steady()

    def now(self) -> datetime:
        """The wall clock, aware UTC; it never jumps by more than a second and never goes back by more."""
        wall, seen = self._wall(), self._steady()
        passed = timedelta(seconds=seen - self._seen)
        if abs(wall - self._now - passed) > _SMALL:
            wall = min(max(wall, self._now + passed * _SLOWEST), self._now + passed * _FASTEST)
        self._now, self._seen = wall, seen
        return wall

    def monotonic(self) -> float:
        """Seconds that never jump back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        await asyncio.sleep(seconds)
