"""Follow feeds at their hubs, so that news need not wait for the next reading."""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from bot.domain.hub import ASKED_LEASE, HubLease, asked, confirmed, is_signed, refused
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.hubs import Hubs
from bot.ports.progress import Beat, unheard
from bot.ports.reading import FeedParser, ReadingError
from bot.ports.storage import Storage
from bot.services.read_sources import SourceReader

_PAUSE_S = 5.0
_AT_A_TIME = 20


class Pushed(Enum):
    """What became of something that was pushed."""

    TAKEN = auto()
    IGNORED = auto()
    UNKNOWN = auto()


class HubFollower:
    """Asks hubs for pushes and takes what they push. ``callback`` makes our own address of a lease's token.

    What is lost on the way comes with the next reading: pushes make it rarer and never replace it.
    """

    def __init__(
        self,
        storage: Storage,
        hubs: Hubs,
        parser: FeedParser,
        reader: SourceReader,
        clock: Clock,
        events: Events,
        *,
        callback: Callable[[str], str],
        wake: Callable[[], None],
    ) -> None:
        self._storage = storage
        self._hubs = hubs
        self._parser = parser
        self._reader = reader
        self._clock = clock
        self._events = events
        self._callback = callback
        self._wake = wake

    async def run(self, beat: Beat = unheard) -> None:
        """Ask for what is due, one after the other, until cancelled."""
        while True:
            async with self._storage.reading() as look:
                due = await look.hubs.due(self._clock.now(), limit=_AT_A_TIME)
            for lease in due:
                await self.ask(lease)
                beat()
            beat()
            await self._clock.sleep(_PAUSE_S)

    async def ask(self, lease: HubLease) -> None:
        """Ask the hub once. What goes wrong is written to the lease and never raised."""
        asking = asked(lease, self._clock.now())
        await self._save(asking)  # before the hub can ask whether we meant it
        try:
            await self._hubs.subscribe(
                lease.link, callback=self._callback(lease.token), secret=lease.secret, lease=ASKED_LEASE
            )
        except ReadingError as error:
            self._events.note("hub not followed", source=lease.source_id, reason=str(error))
            await self._save(refused(asking, str(error)))

    async def confirm(self, token: str, query: Mapping[str, str]) -> str | None:
        """What the hub is to hear when it asks whether we meant it; None: we did not."""
        async with self._storage.writing() as work:
            lease = await work.hubs.by_token(token)
            meant = confirmed(lease, query, self._clock.now()) if lease else None
            if meant is None:
                return None
            await work.hubs.save(meant)
            await work.commit()
        told = "hub followed" if meant.leased_until else "hub denies us"
        self._events.note(told, source=meant.source_id, reason=meant.problem)
        return query.get("hub.challenge", "") if meant.leased_until else ""

    async def take(self, token: str, body: bytes, signature: str) -> Pushed:
        """Publish what a hub pushed, if it is from the hub. Returns after the commit.

        What is not signed as it should be, is no feed, or belongs to a paused source is ignored.
        """
        async with self._storage.reading() as look:
            lease = await look.hubs.by_token(token)
        if lease is None:
            return Pushed.UNKNOWN
        if not is_signed(body, signature, lease.secret):
            self._events.warn("push without a valid signature ignored", source=lease.source_id)
            return Pushed.IGNORED
        try:
            reading = await self._parser.take_apart(body, address=lease.link.topic)
        except ReadingError as error:
            self._events.note("push cannot be read", source=lease.source_id, reason=str(error))
            return Pushed.IGNORED
        published = await self._reader.take_pushed(lease.source_id, reading)
        if published is None:
            return Pushed.IGNORED
        if published.promised:
            self._wake()
        return Pushed.TAKEN

    async def _save(self, lease: HubLease) -> None:
        async with self._storage.writing() as work:
            await work.hubs.save(lease)
            await work.commit()
