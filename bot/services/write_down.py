"""Write down what became of sends, and forget nothing of it while that is impossible."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.channel import ChannelRef
from bot.domain.delivery import DeliveryId, Settled, Waiting
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.storage import Storage
from bot.services.tell_moderators import tell_outcomes

_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Waiting):
    """The channel lives at another address now."""

    to: ChannelRef


class Logbook:
    """The results of sends, from when they are known until they are stored.

    ``is_behind``: the last attempt to store them failed, and some are known to nobody but this process.
    """

    def __init__(self, storage: Storage, clock: Clock, events: Events) -> None:
        self._storage = storage
        self._clock = clock
        self._events = events
        self._noted: list[Settled] = []
        self._in_hand: list[Settled] = []
        self._has_news = asyncio.Event()
        self._writing = asyncio.Lock()
        self.is_behind = False

    @property
    def unwritten(self) -> frozenset[DeliveryId]:
        """Whose results are known and not stored yet."""
        return frozenset(settled.claim.id for settled in (*self._noted, *self._in_hand))

    def note(self, settled: Settled) -> None:
        """To be written down."""
        self._noted.append(settled)
        self._has_news.set()

    async def keep(self, written: Callable[[], None]) -> None:
        """Write results as soon as there are some, in one transaction those that come close together, until cancelled.

        ``written`` is called each time. What cannot be written is tried again each second.
        """
        if self._noted:
            self._has_news.set()
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            was_behind = self.is_behind
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001  # the database may be back in a moment
                if not was_behind:
                    self._events.trouble("results not written down", error, results=len(self._noted))
                self._has_news.set()
                await self._clock.sleep(_AGAIN_S)
            else:
                written()

    async def write(self) -> None:
        """Write down all there is now; what is raised leaves it noted."""
        async with self._writing:
            self._in_hand, self._noted = self._noted, []
            try:
                await self._store(self._in_hand)
            except BaseException:
                self._noted = self._in_hand + self._noted
                self.is_behind = True
                raise
            finally:
                self._in_hand = []
            self.is_behind = False

    async def _store(self, settled: list[Settled]) -> None:
        if not settled:
            return
        async with self._storage.writing() as work:
            await work.deliveries.settle(settled, now=self._clock.now())
            await tell_outcomes(work, settled, now=self._clock.now())
            for one in settled:
                if isinstance(one.outcome, Moved):
                    await work.channels.moved(one.claim.channel, one.outcome.to)
            await work.commit()
