"""Let several processes read sources: no host is asked by two of them at once, and no source is read twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from bot.domain.lease import Lease
from bot.domain.source import Source, SourceId
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.storage import Storage, UnitOfWork

LASTS = timedelta(seconds=60)
"""Longer than one reading may take: a fetch of 30 s, a turn at the parser, and the storing."""


class SharedHosts:
    """The hosts that one process reads from. ``holder`` is its name among all that use the database."""

    def __init__(self, storage: Storage, clock: Clock, events: Events, *, holder: str) -> None:
        self._storage = storage
        self._clock = clock
        self._events = events
        self._holder = holder

    async def take(self, sources: Sequence[Source]) -> Mapping[SourceId, Lease]:
        """Those of the sources that are ours to read now, each of another host: no other process reads from there, and
        none has just read them.
        """
        taken: dict[SourceId, Lease] = {}
        async with self._storage.writing() as work:
            for source in sorted(sources, key=host_of):  # in one order, or two would wait for each other for ever
                lease = await work.leases.take(f"host {host_of(source)}", holder=self._holder, lasts=LASTS)
                if lease and await self._is_still_due(work, source):
                    taken[source.id] = lease
                elif lease:
                    await work.leases.give_back(lease)
            await work.commit()
        return taken

    async def give_back(self, leases: Iterable[Lease]) -> None:
        """Others may read from there. Where that cannot be said, it is so once the leases are over."""
        try:
            async with self._storage.writing() as work:
                for lease in sorted(leases, key=lambda lease: lease.task):
                    await work.leases.give_back(lease)
                await work.commit()
        except Exception as error:  # noqa: BLE001  # they run out by themselves
            self._events.warn("hosts not given back", reason=type(error).__name__)

    async def _is_still_due(self, work: UnitOfWork, source: Source) -> bool:
        now_stored = await work.sources.find(source.id)
        due_at = now_stored.next_read_at if now_stored and not now_stored.is_paused else None
        return due_at is not None and due_at <= self._clock.now()


def host_of(source: Source) -> str:
    """The host that it is read from; an address without one stands for itself."""
    try:
        return urlsplit(source.address).hostname or source.address
    except ValueError:
        return source.address
