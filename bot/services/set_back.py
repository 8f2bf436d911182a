"""Notice that the clock was set back: what waits for a moment would wait for so much longer."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.ports.clock import Clock


class SetBack:
    """Asked at each look at what is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: datetime | None = None

    async def heal(self, set_right: Callable[[datetime], Awaitable[None]]) -> None:
        """Await ``set_right`` with the time if the clock was set back since the last time, or before the first. What
        that raises is raised, and it is done again next time.
        """
        now = self._clock.now()
        if self._last is None or now < self._last:
            await set_right(now)
        self._last = now
