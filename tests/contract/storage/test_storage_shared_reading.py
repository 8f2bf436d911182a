"""Processes that read sources from one database read each once, and no host two of them at once."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from typing_extensions import override

from bot.domain.lease import Lease
from bot.domain.source import Source, SourceId
from bot.ports.reading import Reading, ReadingError, Unchanged
from bot.services.read_sources import SourceReader
from bot.services.share_hosts import SharedHosts
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft, new_source
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds
from tests.newsroom import small_catalogue


class Worker:
    """A process that reads sources."""

    def __init__(
        self,
        storage: Database,
        feeds: FakeFeeds,
        clock: HeldClock,
        name: str,
        *,
        hosts: type[SharedHosts] = SharedHosts,
    ) -> None:
        self.events = FakeEvents()
        self.hosts = hosts(storage, clock, self.events, holder=name)
        self.reader = SourceReader(
            storage,
            feeds,
            Topics(small_catalogue()),
            clock,
            self.events,
            refresh_delay=timedelta(0),
            hosts=self.hosts,
        )


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def feeds() -> FakeFeeds:
    return FakeFeeds()


@pytest.fixture
def workers(storage: Database, other_process: Database, feeds: FakeFeeds, clock: HeldClock) -> list[Worker]:
    return [Worker(storage, feeds, clock, "one"), Worker(other_process, feeds, clock, "other")]


async def due(storage: Database, feeds: FakeFeeds, clock: HeldClock, *addresses: str) -> list[Source]:
    async with storage.writing() as work:
        sources = [await work.sources.add(new_source(address), now=clock.now()) for address in addresses]
        await work.commit()
    for address in addresses:
        feeds.pages[address] = Reading(title="The Wire", drafts=(draft(f"News of {address}", guid=address),))
    return sources


async def asked(feeds: FakeFeeds) -> None:
    """Return once somebody was."""
    while not feeds.asked:  # noqa: ASYNC110  # a fake gives no notice
        await asyncio.sleep(0)


async def test_each_source_is_read_once_whoever_asks_first(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    addresses = [f"https://{number}.example/feed" for number in range(40)]
    await due(storage, feeds, clock, *addresses)
    for _ in range(3):
        await asyncio.gather(*(worker.reader.read_due() for worker in workers))
    assert Counter(address for address, _ in feeds.asked) == Counter(addresses)
    async with storage.reading() as look:
        assert await look.stories.count() == len(addresses)


async def test_no_host_is_asked_by_two_processes_at_once(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    first, second = "https://wire.example/a", "https://wire.example/b"
    await due(storage, feeds, clock, first, second)
    goes_on = feeds.hold(first)
    reading = asyncio.create_task(workers[0].reader.read_due())
    await asked(feeds)
    assert await workers[1].reader.read_due() == 0
    assert [address for address, _ in feeds.asked] == [first]
    goes_on.set()
    assert await reading == 2


async def test_what_was_just_read_by_another_is_not_due_any_more(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    sources = await due(storage, feeds, clock, "https://wire.example/feed")
    await workers[0].reader.read_due()
    assert await workers[1].hosts.take(sources) == {}
    assert await workers[0].hosts.take(sources) == {}


async def test_what_is_read_too_late_is_dropped(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    [source] = await due(storage, feeds, clock, "https://wire.example/feed")
    late = Lease(task="host wire.example", holder="frozen", fence=1)
    async with storage.writing() as work:
        assert await work.leases.take(late.task, holder="frozen", lasts=timedelta(0)) == late
        await work.commit()
    await workers[0].reader.read_due()
    feeds.pages[source.address] = Reading(title="The Wire", drafts=(draft("Old news", guid=source.address),))
    await workers[1].reader.read(source, lease=late)
    async with storage.reading() as look:
        assert [story.title for story in await look.stories.latest(limit=9)] == [f"News of {source.address}"]


class LostHosts(SharedHosts):
    """Its leases are over as soon as it has them."""

    @override
    async def take(self, sources: Sequence[Source]) -> Mapping[SourceId, Lease]:
        taken = await super().take(sources)
        await self.give_back(taken.values())
        return taken


@pytest.mark.parametrize(
    "told",
    [Unchanged(), ReadingError("The server broke.", kind="status"), ZeroDivisionError()],
    ids=["unchanged", "refused", "odd"],
)
async def test_what_is_heard_too_late_changes_nothing_of_how_the_source_is_read(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, told: Unchanged | Exception
) -> None:
    await due(storage, feeds, clock, "https://wire.example/feed")
    late = Worker(storage, feeds, clock, "frozen", hosts=LostHosts)
    async with storage.reading() as look:
        [before] = await look.sources.all()
    feeds.pages[before.address] = told
    await late.reader.read_due()
    async with storage.reading() as look:
        assert await look.sources.all() == [before]


async def test_a_process_that_ends_leaves_its_hosts_to_others(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    await due(storage, feeds, clock, "https://wire.example/feed")
    feeds.hold("https://wire.example/feed")
    reading = asyncio.create_task(workers[0].reader.read_due())
    await asked(feeds)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await workers[0].reader.close()
    feeds.hold("https://wire.example/feed").set()
    assert await workers[1].reader.read_due() == 1


async def test_one_event_that_two_processes_hear_of_at_once_is_one_story(
    storage: Database, feeds: FakeFeeds, clock: HeldClock, workers: list[Worker]
) -> None:
    addresses = [f"https://{number}.example/feed" for number in range(8)]
    await due(storage, feeds, clock, *addresses)
    same = draft(
        "Parliament of Vellmar adopts the harbour budget after a long night",
        "The parliament of Vellmar adopted the harbour budget on Monday after a debate that lasted all night.",
        link="https://wire.example/a/1",
    )
    for address in addresses:
        feeds.pages[address] = Reading(title="The Wire", drafts=(same,))
    for _ in range(2):
        await asyncio.gather(*(worker.reader.read_due() for worker in workers))
    async with storage.reading() as look:
        assert await look.stories.count() == 1
