"""Waiting for one's turn to speak where a platform takes only so much."""

import asyncio
from collections.abc import Callable

from bot.domain.delivery import RateLimit, Waited
from bot.ports.clock import Clock
from bot.ports.platform import TryLaterError

_PATIENCE_S = 1.0
"""Putting a post back into the outbox for less would cost more than the waiting."""


class Turns:
    """One platform's. Those whom only its limit for everything holds up stand in one line, first come, first served,
    and the first alone watches the clock.
    """

    def __init__(self, platform: str, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        self._line = asyncio.Lock()

    async def take(
        self, spend: Callable[[], float], held_by: Callable[[], RateLimit], *, goes_first: bool = False
    ) -> Waited | None:
        """What was waited for until ``spend`` spent something.

        ``spend`` tells the seconds to wait, and ``held_by`` for which limit, as long as nothing can be spent. What
        ``goes_first`` does not stand in the line. Raises TryLaterError where another limit than the one for everything
        would take over a second.
        """
        began = self._clock.monotonic()
        limit: RateLimit | None = None
        while wait_s := spend():
            limit = held_by()
            if limit is not RateLimit.OVERALL or goes_first:
                if self._clock.monotonic() + wait_s > began + _PATIENCE_S:
                    raise TryLaterError(f"{self._platform} takes no more for now", wait_s=wait_s, limit=limit)
                await self._clock.sleep(wait_s)
                continue
            async with self._line:
                while (wait_s := spend()) and held_by() is RateLimit.OVERALL:
                    await self._clock.sleep(wait_s)
            if not wait_s:
                break
        return Waited(limit=limit, seconds=self._clock.monotonic() - began) if limit else None
