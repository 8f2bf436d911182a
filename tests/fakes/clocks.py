"""Clocks that tests hold."""

import asyncio
from datetime import UTC, datetime, timedelta

from typing_extensions import override


class HeldClock:
    """Implements ``Clock``: time passes only by ``pass_on``; who sleeps waits for that."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) -> None:
        self._start = at
        self._passed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._fell_asleep = asyncio.Condition()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._passed + seconds, waking))
        async with self._fell_asleep:
            self._fell_asleep.notify_all()
        await waking

    def pass_on(self, seconds: float) -> None:
        """Let that much time pass and wake who has slept long enough."""
        self._passed += seconds
        due = [waking for until, waking in self._sleepers if until <= self._passed]
        self._sleepers = [(until, waking) for until, waking in self._sleepers if until > self._passed]
        for waking in due:
            if not waking.done():
                waking.set_result(None)

    async def asleep(self, seconds: float) -> None:
        """Return as soon as somebody has lain down for that long (to the hundredth of a second)."""
        async with self._fell_asleep:
            await self._fell_asleep.wait_for(lambda: round(seconds, 2) in (round(slept, 2) for slept in self.slept))


class HastyClock(HeldClock):
    """Nobody waits: time passes as fast as somebody wants to sleep."""

    @override
    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.pass_on(seconds)
