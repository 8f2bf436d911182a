"""From a feed that gives only teasers to whole stories, over HTTP and through a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from adapters.feeds.reader import FeedsReader
from adapters.machine.clock import SystemClock
from bot.domain.subscription import Everything
from bot.services.complete_articles import ArticleCompleter
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server
from tests.fakes.database import fresh_database
from tests.fakes.events import FakeEvents
from tests.newsroom import small_catalogue

PAGES = Path(__file__).parents[1] / "data" / "pages_html"


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with running_feed_server() as opened:
        yield opened


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await fresh_database(tmp_path)
    yield opened
    await opened.close()


def feed_of(link: str) -> bytes:
    return f"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Coast Courier</title>
<item><title>Ferries return to Vellmar after nine days</title><link>{link}</link><guid>1</guid>
<description>The first ferry in nine days left Vellmar at dawn …</description></item></channel></rss>""".encode()


async def read_and_complete(database: Database, address: str) -> None:
    """Read the feed for the first time and complete what it gave."""
    feeds = FeedsReader([ip_network("127.0.0.1/32")])
    clock, events, topics = SystemClock(), FakeEvents(), Topics(small_catalogue())
    woken, delay = asyncio.Event(), timedelta(seconds=10)
    reader = SourceReader(database, feeds, topics, clock, events, refresh_delay=delay)
    completer = ArticleCompleter(database, feeds, topics, clock, events, refresh_delay=delay, wake=woken.set)
    await reader.add(address)
    completing = asyncio.create_task(completer.run())
    try:
        async with asyncio.timeout(20):
            await woken.wait()
    finally:
        completing.cancel()
        await asyncio.gather(completing, return_exceptions=True)
        await reader.close()
        await feeds.close()


async def test_a_teaser_becomes_a_whole_story_before_its_headline_leaves(
    server: FeedServer, database: Database
) -> None:
    link = server.serve("/news/ferries", answer((PAGES / "harbour.html").read_bytes()))
    await stored.channel(database, "100", Everything())
    await read_and_complete(database, server.serve("/feed", answer(feed_of(link))))
    (claim,) = await stored.claimed(database, now=SystemClock().now())
    assert claim.story_id is not None
    async with database.reading() as look:
        story = await look.stories.find(claim.story_id)
    assert story is not None
    article = story.lead.article
    assert article.draft.is_complete
    assert article.draft.paragraphs[2] == "What runs today"
    assert article.draft.image == server.url("/pictures/ferry-1600.jpg")
    assert article.caption == "The first ferry leaves Vellmar at dawn on Friday. Photo: M. Orde"
    assert [head.split()[1] for head in server.asked] == ["/feed", "/robots.txt", "/news/ferries"]
