"""Take in a list of feeds, such as somebody brings from another reader."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.errors import SourceExistsError
from bot.domain.source import ListedFeed, Source, Trouble
from bot.ports.reading import ReadingError
from bot.ports.storage import Storage
from bot.services.read_sources import Added

_AT_ONCE = 8
_HOST = re.compile(r"\s*\w+://([^/?#]*)")


class AddListed(Protocol):
    """Reads and stores a feed. Raises ReadingError and SourceExistsError."""

    async def __call__(self, address: str, *, title: str | None, labels: tuple[str, ...]) -> Added: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A feed of the list that could not be added, and why."""

    feed: ListedFeed
    why: Trouble


@dataclass(slots=True, kw_only=True)
class Imported:
    """How far an import has come. ``known`` were being read already; the three together are what is done."""

    total: int
    added: list[Source] = field(default_factory=list)
    known: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many feeds of the list need nothing more."""
        return len(self.added) + self.known + len(self.refused)


async def import_sources(
    storage: Storage, feeds: Sequence[ListedFeed], *, add: AddListed, progress: Callable[[Imported], None]
) -> Imported:
    """Add the feeds of the list, each read first, of eight hosts at once; what cannot be read is told at the end.

    Each is stored by itself as soon as it was read: an import that is interrupted keeps what it has, and the same list
    again goes on with the rest. A feed that is being read already only gains the list's labels. ``progress`` is told
    after every feed.
    """
    imported = Imported(total=len(feeds))
    known = await _labelled(storage, feeds)
    imported.known = len(known)
    progress(imported)
    waiting = iter(_by_host(feed for feed in feeds if feed.address not in known))

    async def work() -> None:
        for of_one_host in waiting:
            for feed in of_one_host:
                await _take(feed, imported, add)
                progress(imported)

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(work())
    return imported


async def _take(feed: ListedFeed, imported: Imported, add: AddListed) -> None:
    try:
        added = await add(feed.address, title=feed.title, labels=feed.labels)
    except SourceExistsError:
        imported.known += 1
    except ReadingError as error:
        imported.refused.append(Refused(feed=feed, why=Trouble(kind=error.kind, message=str(error))))
    else:
        imported.added.append(added.source)


def _by_host(feeds: Iterable[ListedFeed]) -> Iterable[list[ListedFeed]]:
    """The feeds by host, since no server is asked for two at once."""
    hosts: dict[str, list[ListedFeed]] = {}
    for feed in feeds:
        found = _HOST.match(feed.address)
        hosts.setdefault(found[1].lower() if found else "", []).append(feed)
    return hosts.values()


async def _labelled(storage: Storage, feeds: Iterable[ListedFeed]) -> frozenset[str]:
    """The addresses that are being read already, their sources under the list's labels too from now on."""
    async with storage.writing() as work:
        sources = {source.address: source for source in await work.sources.all()}
        known = [feed for feed in feeds if feed.address in sources]
        for feed in known:
            source = sources[feed.address]
            labels = tuple(dict.fromkeys((*source.labels, *feed.labels)))
            if labels != source.labels:
                await work.sources.label(source.id, labels)
        await work.commit()
    return frozenset(feed.address for feed in known)
