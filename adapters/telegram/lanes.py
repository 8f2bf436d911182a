"""Work that runs at the same time, yet in order within each lane."""

import asyncio
from collections.abc import Awaitable, Callable

Work = Callable[[Callable[[], None]], Awaitable[None]]
"""Called with a function by which it steps aside: the next of its lane may begin, and it takes no room any more."""


class Lanes:
    """Begins work in the order in which it was added to its lane, each after the one before ended or stepped aside."""

    def __init__(self, group: asyncio.TaskGroup, *, at_most: int) -> None:
        self._group = group
        self._room = asyncio.Semaphore(at_most)
        self._last: dict[str, asyncio.Event] = {}

    async def add(self, lane: str, work: Work) -> None:
        """Begin the work or queue it; waits while ``at_most`` works are under way. What work raises ends the group."""
        await self._room.acquire()
        passed = asyncio.Event()
        before, self._last[lane] = self._last.get(lane), passed
        self._group.create_task(self._run(lane, before, passed, work))

    async def _run(self, lane: str, before: asyncio.Event | None, passed: asyncio.Event, work: Work) -> None:
        def step_aside() -> None:
            if not passed.is_set():
                passed.set()
                self._room.release()

        try:
            if before is not None:
                await before.wait()
            await work(step_aside)
        finally:
            step_aside()
            if self._last.get(lane) is passed:
                del self._last[lane]
