"""A site's feeds are found over HTTP: those it names, else those in the usual places."""

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
import pytest_asyncio

from adapters.feeds.discover import usual_places
from adapters.feeds.reader import FeedsReader
from bot.ports.reading import FoundFeed, ReadingError
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOPBACK = ip_network("127.0.0.1/32")
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Site:
    """A site on this machine and what looks for its feeds."""

    def __init__(self, server: FeedServer, reader: FeedsReader) -> None:
        self.server, self.reader = server, reader

    def shows(self, page: str, path: str = "/") -> str:
        return self.server.serve(path, answer(page.encode(), headers=HTML))

    async def feeds(self, address: str) -> list[FoundFeed]:
        return list(await self.reader.find(address))

    @property
    def asked(self) -> list[str]:
        return [head.split()[1] for head in self.server.asked]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[FeedsReader]:
    """Shared by all tests, as a bot shares one among its sites."""
    feeds = FeedsReader([LOOPBACK])
    yield feeds
    await feeds.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(reader: FeedsReader) -> AsyncIterator[Site]:
    async with running_feed_server() as server:
        yield Site(server, reader)


async def test_the_feeds_that_a_page_declares_are_told_and_nothing_else_is_asked_for(site: Site) -> None:
    home = site.shows(
        '<link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">'
        '<link rel="alternate" type="application/atom+xml" title="Sport" href="sport.atom">'
    )
    assert await site.feeds(home) == [
        FoundFeed(address=site.server.url("/news.rss"), title="News"),
        FoundFeed(address=site.server.url("/sport.atom"), title="Sport"),
    ]
    assert site.asked == ["/"]


async def test_links_stand_where_a_redirect_led_to(site: Site) -> None:
    site.shows('<link rel="feed" href="all.rss">', "/en/home/")
    old = site.server.serve("/", answer(b"", status="302 Found", headers={"Location": "/en/home/"}))
    assert await site.feeds(old) == [FoundFeed(address=site.server.url("/en/home/all.rss"))]


async def test_a_link_that_looks_like_a_feed_is_told_once_it_was_read_as_one(site: Site) -> None:
    site.server.serve("/rss/real", answer())
    site.server.serve("/rss/about", answer(b"<html><p>About our feeds</html>", headers=HTML))
    home = site.shows('<a href="/rss/about">About</a><a href="/rss/gone">Gone</a><a href="/rss/real">RSS</a>')
    assert await site.feeds(home) == [FoundFeed(address=site.server.url("/rss/real"), title="The Herald")]


async def test_a_page_full_of_feeds_is_offered_without_reading_them_all(site: Site) -> None:
    home = site.shows("".join(f'<a href="/rss/{number}">Subject {number}</a>' for number in range(30)))
    found = await site.feeds(home)
    assert [feed.title for feed in found] == [f"Subject {number}" for number in range(30)]
    assert site.asked == ["/"]


async def test_the_usual_places_are_tried_one_by_one_until_one_is_a_feed(site: Site) -> None:
    home = site.shows("<p>No link at all</p>")
    site.server.serve("/feed.xml", answer())
    site.server.serve("/atom.xml", answer())
    assert await site.feeds(home) == [FoundFeed(address=site.server.url("/feed.xml"), title="The Herald")]
    assert site.asked == ["/", "/feed", "/rss", "/feed.xml"]


async def test_a_server_that_asks_for_rest_is_left_alone(site: Site) -> None:
    home = site.shows("<p>No link at all</p>")
    busy = answer(b"", status="429 Too Many Requests", headers={"Retry-After": "60"})
    site.server.serve("/feed", busy)
    assert await site.feeds(home) == []
    assert site.asked == ["/", "/feed"]


async def test_a_site_without_feeds_has_none(site: Site) -> None:
    assert await site.feeds(site.shows("<p>Nothing</p>")) == []
    assert len(site.asked) == 1 + len(usual_places(site.server.url("/")))


async def test_what_is_no_page_has_no_feeds_and_nothing_else_is_asked_for(site: Site) -> None:
    assert await site.feeds(site.server.serve("/words", answer(b"Just words."))) == []
    assert site.asked == ["/words"]


async def test_a_page_that_cannot_be_read_says_why(site: Site) -> None:
    with pytest.raises(ReadingError, match="nothing at that address"):
        await site.feeds(site.server.url("/missing"))


async def test_a_page_cannot_lead_into_a_private_network(site: Site) -> None:
    site.server.serve("/rss", answer())
    home = site.shows(
        '<a href="http://10.0.0.7/rss">RSS</a><a href="http://10.0.0.7/feed">RSS</a><a href="/rss">RSS</a>'
    )
    assert await site.feeds(home) == [FoundFeed(address=site.server.url("/rss"), title="The Herald")]
