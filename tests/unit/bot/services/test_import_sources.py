"""A list of feeds comes in whole: what fails is told, what is interrupted goes on."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.source import ListedFeed
from bot.ports.reading import Reading, ReadingError
from bot.services.import_sources import Imported, import_sources
from bot.services.read_sources import Added, SourceReader
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds


def listed(name: str, *labels: str) -> ListedFeed:
    return ListedFeed(address=f"https://{name}.example/feed", title=name.title(), labels=labels)


class Desk:
    """Feeds of a list, and how many of them are read at the same time."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database = database
        self.feeds = FakeFeeds()
        self.reader = SourceReader(database, self.feeds, topics, clock, FakeEvents(), refresh_delay=timedelta(0))
        self.told: list[int] = []
        self.at_once, self.most_at_once = 0, 0
        self.breaks_at: str | None = None

    def says(self, *names: str) -> list[ListedFeed]:
        for name in names:
            address = listed(name).address
            self.feeds.pages[address] = Reading(title="Its own", drafts=(draft(name, guid=name),))
        return [listed(name) for name in names]

    def fails(self, name: str) -> ListedFeed:
        self.feeds.pages[listed(name).address] = ReadingError("There is nothing at that address.", kind="status")
        return listed(name)

    async def add(self, address: str, *, title: str | None, labels: tuple[str, ...]) -> Added:
        if address == self.breaks_at:
            raise RuntimeError("pulled the plug")
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0)
        try:
            return await self.reader.add(address, title=title, labels=labels)
        finally:
            self.at_once -= 1

    async def take(self, *feeds: ListedFeed) -> Imported:
        def progress(imported: Imported) -> None:
            self.told.append(imported.done)

        return await import_sources(self.database, feeds, add=self.add, progress=progress)

    async def labels(self) -> dict[str, tuple[str, ...]]:
        async with self.database.reading() as look:
            return {source.address: source.labels for source in await look.sources.all()}


@pytest.fixture
def desk(database: Database, topics: Topics, clock: HeldClock) -> Desk:
    return Desk(database, topics, clock)


async def test_every_feed_is_stored_with_the_lists_title_and_labels(desk: Desk) -> None:
    desk.says("wire")
    imported = await desk.take(listed("wire", "Europe › France", "Sport"))
    (source,) = imported.added
    assert (source.title, source.labels) == ("Wire", ("Europe › France", "Sport"))
    assert await desk.labels() == {"https://wire.example/feed": ("Europe › France", "Sport")}


async def test_what_cannot_be_read_is_told_with_its_reason_and_holds_up_nothing(desk: Desk) -> None:
    good = desk.says("a", "c")
    bad = desk.fails("b")
    imported = await desk.take(good[0], bad, good[1])
    assert {source.address for source in imported.added} == {feed.address for feed in good}
    (refused,) = imported.refused
    assert (refused.feed, refused.why.kind) == (bad, "status")
    assert refused.why.message == "There is nothing at that address."
    assert imported.done == imported.total == 3


async def test_the_same_list_again_reads_nothing_and_tries_what_failed(desk: Desk) -> None:
    good, bad = desk.says("a", "b"), desk.fails("c")
    await desk.take(*good, bad)
    desk.feeds.asked.clear()
    again = await desk.take(*good, bad)
    assert (again.added, again.known, len(again.refused)) == ([], 2, 1)
    assert [address for address, _ in desk.feeds.asked] == [bad.address]


async def test_a_source_that_is_known_only_gains_the_lists_labels(desk: Desk) -> None:
    desk.says("wire")
    await desk.take(listed("wire", "Sport"))
    await desk.take(listed("wire", "Baku", "Sport"))
    assert await desk.labels() == {"https://wire.example/feed": ("Sport", "Baku")}


async def test_an_import_that_breaks_off_keeps_what_it_has_and_the_next_one_does_the_rest(desk: Desk) -> None:
    feeds = desk.says(*(f"feed{number}" for number in range(40)))
    desk.breaks_at = feeds[20].address
    with pytest.raises(ExceptionGroup):
        await desk.take(*feeds)
    kept = len(await desk.labels())
    assert 0 < kept < 40
    desk.breaks_at = None
    again = await desk.take(*feeds)
    assert (again.known, len(again.added)) == (kept, 40 - kept)


async def test_eight_feeds_are_read_at_once_and_progress_is_told_after_each(desk: Desk) -> None:
    feeds = desk.says(*(f"feed{number}" for number in range(20)))
    await desk.take(*feeds)
    assert desk.most_at_once == 8
    assert desk.told == list(range(21))


async def test_one_host_is_asked_for_one_feed_at_a_time(desk: Desk) -> None:
    feeds = [ListedFeed(address=f"https://WIRE.example/{number}") for number in range(5)]
    for feed in feeds:
        desk.feeds.pages[feed.address] = Reading(title="Its own", drafts=(draft(guid=feed.address),))
    imported = await desk.take(*feeds)
    assert desk.most_at_once == 1
    assert [source.title for source in imported.added] == ["Its own"] * 5


async def test_an_empty_list_is_done_at_once(desk: Desk) -> None:
    assert (await desk.take()).done == 0
