"""Feeds are read when due; a failing one is told why and never given up."""

from datetime import timedelta

import pytest

from bot.domain.errors import SourceExistsError
from bot.domain.source import Source, Validators
from bot.domain.subscription import Everything
from bot.ports.reading import Reading, ReadingError, Unchanged
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft, new_channel
from tests.fakes.clocks import HeldClock
from tests.fakes.feeds import FakeFeeds

ADDRESS = "https://wire.example/feed"


class Desk:
    """A reader of sources with what it works on."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database, self.clock = database, clock
        self.feeds = FakeFeeds()
        self.reader = SourceReader(database, self.feeds, topics, clock, refresh_delay=timedelta(0), dice=lambda: 0.5)

    def says(self, *titles: str, validators: Validators | None = None) -> None:
        drafts = tuple(draft(title, guid=title) for title in titles)
        self.feeds.pages[ADDRESS] = Reading(
            title="The Wire", drafts=drafts, validators=validators or Validators(etag='"1"')
        )

    def fails(self, kind: str = "status", retry_after: timedelta | None = None) -> None:
        self.feeds.pages[ADDRESS] = ReadingError("The server said no.", kind=kind, retry_after=retry_after)

    async def promised(self) -> int:
        async with self.database.reading() as look:
            return sum((await look.deliveries.counts()).values())

    async def source(self) -> Source:
        async with self.database.reading() as look:
            found = await look.sources.at(ADDRESS)
        assert found
        return found


@pytest.fixture
async def desk(database: Database, topics: Topics, clock: HeldClock) -> Desk:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel(), now=clock.now())
        await work.subscriptions.add(channel.id, Everything(), now=clock.now())
        await work.commit()
    return Desk(database, topics, clock)


async def test_adding_a_feed_announces_its_newest_article_and_stores_the_rest(desk: Desk) -> None:
    desk.says("New", "Old", "Older")
    added = await desk.reader.add(ADDRESS)
    assert added.source.title == "The Wire"
    assert len(added.published.new) == 3
    assert await desk.promised() == 1


async def test_a_feed_that_cannot_be_read_is_not_added(desk: Desk) -> None:
    desk.fails("not_a_feed")
    with pytest.raises(ReadingError, match="said no"):
        await desk.reader.add(ADDRESS)
    async with desk.database.reading() as look:
        assert await look.sources.all() == []


async def test_a_feed_is_added_once(desk: Desk) -> None:
    desk.says("New")
    await desk.reader.add(ADDRESS)
    with pytest.raises(SourceExistsError, match="already being read"):
        await desk.reader.add(ADDRESS)


async def test_new_entries_are_promised_when_the_feed_is_due_and_not_before(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.says("Two", "One")
    desk.clock.pass_on(599)
    assert await desk.reader.read_due() == 0
    desk.clock.pass_on(1)
    assert await desk.reader.read_due() == 1
    assert await desk.promised() == 2


async def test_the_server_is_asked_with_what_it_gave_us_last_time(desk: Desk) -> None:
    desk.says("One", validators=Validators(etag='"abc"'))
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.feeds.pages[ADDRESS] = Unchanged()
    for _ in range(2):
        desk.clock.pass_on(600)
        await desk.reader.read_due()
    assert [validators.etag for _, validators in desk.feeds.asked] == [None, '"abc"', '"abc"']


async def test_a_failure_is_kept_with_its_reason_waits_longer_each_time_and_is_forgotten_when_over(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.fails()
    desk.clock.pass_on(600)
    await desk.reader.read_due()
    failed = await desk.source()
    assert failed.trouble
    assert failed.trouble.message == "The server said no."
    assert failed.next_read_at == desk.clock.now() + timedelta(seconds=1200)
    desk.clock.pass_on(1200)
    desk.says("Two", "One")
    await desk.reader.read_due()
    healed = await desk.source()
    assert (healed.trouble, healed.failures) == (None, 0)
    assert await desk.promised() == 2


async def test_the_server_s_own_wait_is_respected(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.fails(retry_after=timedelta(hours=3))
    desk.clock.pass_on(60)
    await desk.reader.read_due()
    assert (await desk.source()).next_read_at == desk.clock.now() + timedelta(hours=3)


async def test_after_a_long_silence_ten_are_announced_and_the_rest_stored(desk: Desk) -> None:
    desk.says("First")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.says(*(f"Title {n}" for n in range(30)), "First")
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    assert await desk.promised() == 11
