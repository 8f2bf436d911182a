"""Whatever a moderator pastes leads to the feed that was meant, or to a choice of feeds."""

from datetime import timedelta

import pytest

from bot.domain.errors import SourceExistsError
from bot.ports.reading import FoundFeed, Reading, ReadingError
from bot.services.add_source import SeveralFeedsError, add_source, meant_addresses
from bot.services.read_sources import Added, SourceReader
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds, FakeFinder

SITE = "https://herald.example/"
NEWS, SPORT = (
    FoundFeed(address="https://herald.example/news.rss", title="News"),
    FoundFeed(address="https://herald.example/sport.rss"),
)


class Desk:
    """A site that is no feed, and what its feeds say."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.feeds, self.finder = FakeFeeds(), FakeFinder()
        self.reader = SourceReader(database, self.feeds, topics, clock, FakeEvents(), refresh_delay=timedelta(0))
        self.fails(SITE, "not_a_feed")
        for feed in (NEWS, SPORT):
            self.feeds.pages[feed.address] = Reading(title=feed.title or "Untitled", drafts=(draft(),))

    def fails(self, address: str, kind: str) -> None:
        self.feeds.pages[address] = ReadingError(f"It is {kind}.", kind=kind)

    async def add(self, pasted: str, choice: int | None = None) -> Added:
        return await add_source(pasted, add=self.reader.add, finder=self.finder, choice=choice)


@pytest.fixture
def desk(database: Database, topics: Topics, clock: HeldClock) -> Desk:
    return Desk(database, topics, clock)


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("https://a.example/feed", ("https://a.example/feed",)),
        ("  <HTTP://a.example/feed>\n", ("HTTP://a.example/feed",)),
        ("a.example", ("https://a.example", "http://a.example")),
        ("“a.example:8080/feed”", ("https://a.example:8080/feed", "http://a.example:8080/feed")),
        ("feed://a.example/rss", ("https://a.example/rss", "http://a.example/rss")),
        ("feed:https://a.example/rss", ("https://a.example/rss",)),
        ("localhost:8080/feed", ("https://localhost:8080/feed", "http://localhost:8080/feed")),
        ("ftp://a.example/rss", ("ftp://a.example/rss",)),
        ("mailto:editor@a.example", ("mailto:editor@a.example",)),
        ("the news", ("the news",)),
        ("", ("",)),
    ],
)
def test_the_address_that_was_meant_is_tried_whatever_it_is_wrapped_in(pasted: str, meant: tuple[str, ...]) -> None:
    assert meant_addresses(pasted) == meant


async def test_a_feed_is_added_without_asking_its_site(desk: Desk) -> None:
    added = await desk.add(NEWS.address)
    assert added.source.address == NEWS.address
    assert [address for address, _ in desk.feeds.asked] == [NEWS.address]


async def test_the_one_feed_of_a_site_is_taken(desk: Desk) -> None:
    desk.finder.sites[SITE] = (NEWS,)
    assert (await desk.add(SITE)).source.address == NEWS.address


async def test_several_feeds_are_offered_and_nothing_is_added(desk: Desk) -> None:
    desk.finder.sites[SITE] = (NEWS, SPORT)
    with pytest.raises(SeveralFeedsError, match="has 2 feeds") as offered:
        await desk.add(SITE)
    assert offered.value.feeds == (NEWS, SPORT)
    assert [address for address, _ in desk.feeds.asked] == [SITE]


async def test_a_number_chooses_among_several(desk: Desk) -> None:
    desk.finder.sites[SITE] = (NEWS, SPORT)
    assert (await desk.add(SITE, choice=2)).source.address == SPORT.address


@pytest.mark.parametrize("choice", [0, 3, -1])
async def test_a_number_that_no_feed_has_is_told_with_those_there_are(desk: Desk, choice: int) -> None:
    desk.finder.sites[SITE] = (NEWS, SPORT)
    with pytest.raises(SeveralFeedsError, match="from 1 to 2"):
        await desk.add(SITE, choice=choice)


async def test_a_site_without_feeds_is_told_as_what_it_is(desk: Desk) -> None:
    with pytest.raises(ReadingError, match="not_a_feed"):
        await desk.add(SITE)


async def test_a_site_whose_feed_is_read_already_says_so(desk: Desk) -> None:
    desk.finder.sites[SITE] = (NEWS,)
    await desk.add(NEWS.address)
    with pytest.raises(SourceExistsError):
        await desk.add(SITE)


async def test_without_a_scheme_the_safe_one_is_tried_first_and_the_other_only_where_nobody_answers(desk: Desk) -> None:
    desk.fails("https://old.example", "unreachable")
    desk.feeds.pages["http://old.example"] = desk.feeds.pages[NEWS.address]
    assert (await desk.add("old.example")).source.address == "http://old.example"
    desk.fails("https://shut.example", "status")
    with pytest.raises(ReadingError, match="status"):
        await desk.add("shut.example")
    assert "http://shut.example" not in [address for address, _ in desk.feeds.asked]


async def test_a_site_pasted_without_a_scheme_is_searched_too(desk: Desk) -> None:
    desk.fails("https://herald.example", "not_a_feed")
    desk.finder.sites["https://herald.example"] = (NEWS,)
    assert (await desk.add("herald.example")).source.address == NEWS.address
