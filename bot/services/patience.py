"""Cut calls of a platform that never end: its library should have given up long before."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from bot.ports.events import Events
from bot.ports.platform import SendError

_T = TypeVar("_T")

ENDS_IN_S = 88.0
"""Longer than a platform is waited for, and shorter than the lease of what is being sent."""

_MOST_HANGING = 3
"""So many in a row that hang, and it is not they but what they stand on that does."""


class Patience:
    """Waits for platforms, each call for so long and no longer."""

    def __init__(self, events: Events, *, ends_in_s: float = ENDS_IN_S) -> None:
        self._events = events
        self._ends_in_s = ends_in_s
        self._hanging: Counter[str] = Counter()

    def begin_again(self) -> None:
        """Whatever hung is forgotten."""
        self._hanging.clear()

    def is_lost(self, platforms: Iterable[str]) -> bool:
        """Whether one of them only hangs."""
        return any(self._hanging[platform] >= _MOST_HANGING for platform in platforms)

    async def ended(self, platform: str, call: Awaitable[_T], *, otherwise: SendError) -> _T:
        """What comes of the call. Where nothing does, it is cut, and ``otherwise`` is raised."""
        hangs = False
        waiting = asyncio.timeout(self._ends_in_s)
        try:
            async with waiting:
                return await call
        except TimeoutError:
            hangs = waiting.expired()
            if not hangs:
                raise
            self._events.warn("platform hangs, call cut", platform=platform)
            raise otherwise from None
        finally:
            self._hanging[platform] = self._hanging[platform] + 1 if hangs else 0
