"""Clear away what nobody needs any more, a little at a time."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.domain.keeping import ATTEMPTS_KEPT, LEFTOVERS_KEPT, SIGNS_KEPT, WINDOWS_KEPT, Leftover
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.progress import Beat, unheard
from bot.ports.storage import Storage, UnitOfWork

_EVERY_S = 3600.0
_NAP_S = 60.0
"""Between two signs of life while there is nothing to do; the first round comes after one, when a bot has started."""

_REST_S = 0.2
"""Between two batches, for those who have news to write."""

_STORIES_AT_ONCE = 5
_ROWS_AT_ONCE = 500

_Result = TypeVar("_Result")
Chore = Callable[[], Awaitable[int]]
"""Takes away as much as one short transaction may, and says how much that was: nothing when all is done."""


class Housekeeper:
    """Takes away stories older than ``keep_articles``, with all that was sent and said of them.

    What their articles are known by stays longer, so that a feed that still lists them brings no old news. Each batch
    is a transaction of its own, short enough that nobody waits for it; one that was cut off is done again.
    """

    def __init__(self, storage: Storage, clock: Clock, events: Events, *, keep_articles: timedelta) -> None:
        self._storage = storage
        self._clock = clock
        self._events = events
        self._keep_articles = keep_articles

    async def run(self, beat: Beat = unheard) -> None:
        """Tidy up every hour until cancelled; ``beat`` is called as it goes on."""
        while True:
            await self._clock.sleep(_NAP_S)
            cleared = await self.tidy(beat)
            if any(cleared.values()):
                self._events.note("tidied up", **cleared)
            for _ in range(int(_EVERY_S / _NAP_S)):
                beat()
                await self._clock.sleep(_NAP_S)

    async def tidy(self, beat: Beat = unheard) -> Mapping[str, int]:
        """Take away all that is old enough by now; how much of each kind it was."""
        chores: dict[str, Chore] = {
            "stories": self._clear_stories,
            "digests": self._drop_digests,
            "notices": self._drop_notices,
            "signs": self._forget_signs,
            "attempts": self._forget_attempts,
        }
        chores |= {f"{leftover}s": partial(self._drop, leftover) for leftover in LEFTOVERS_KEPT}
        return {name: await self._until_done(chore, beat) for name, chore in chores.items()}

    async def _until_done(self, chore: Chore, beat: Beat) -> int:
        count = 0
        while cleared := await chore():
            count += cleared
            beat()
            await self._clock.sleep(_REST_S)
        return count

    async def _clear_stories(self) -> int:
        before = self._clock.now() - self._keep_articles
        async with self._storage.reading() as look:
            old = await look.attic.old_stories(before, limit=_STORIES_AT_ONCE)
        if old:
            while await self._change(lambda work: work.attic.drop_deliveries(old, limit=_ROWS_AT_ONCE)):
                await self._clock.sleep(_REST_S)
            await self._change(lambda work: work.attic.clear(old))
        return len(old)

    async def _drop_digests(self) -> int:
        before = self._clock.now() - self._keep_articles
        return await self._change(lambda work: work.attic.drop_digests(before, limit=_ROWS_AT_ONCE))

    async def _drop_notices(self) -> int:
        before = self._clock.now() - self._keep_articles
        return await self._change(lambda work: work.attic.drop_notices(before, limit=_ROWS_AT_ONCE))

    async def _forget_signs(self) -> int:
        before = self._clock.now() - SIGNS_KEPT
        async with self._storage.reading() as look:
            old = await look.attic.old_signs(before, windows=WINDOWS_KEPT, limit=_ROWS_AT_ONCE)
        if old:
            await self._change(lambda work: work.attic.forget(old))
        return len(old)

    async def _forget_attempts(self) -> int:
        before = self._clock.now() - ATTEMPTS_KEPT
        return await self._change(lambda work: work.deliveries.forget_attempts(before=before, limit=_ROWS_AT_ONCE))

    async def _drop(self, leftover: Leftover) -> int:
        before = self._clock.now() - LEFTOVERS_KEPT[leftover]
        return await self._change(lambda work: work.attic.drop(leftover, before, limit=_ROWS_AT_ONCE))

    async def _change(self, change: Callable[[UnitOfWork], Awaitable[_Result]]) -> _Result:
        """What the change came to, in a transaction of its own."""
        async with self._storage.writing() as work:
            result = await change(work)
            await work.commit()
        return result
