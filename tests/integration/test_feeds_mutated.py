"""Whatever becomes of a feed's document, the bot reads a feed or has a reason, and goes on."""

import asyncio
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.feeds.parse import LONGEST_FIELD, MOST_ENTRIES, parse
from adapters.feeds.parsed import ParsedFeed, Problem
from adapters.feeds.workers import ParseWorkers
from bot.domain.article import Draft
from bot.domain.source import Source
from bot.ports.reading import ReadingError
from bot.services.publish import publish
from bot.services.topics import Topics
from storage import Database
from tests.builders import new_source
from tests.fakes.clocks import HeldClock
from tests.fakes.database import fresh_database
from tests.newsroom import small_catalogue

_SHARE, _ALL = 250, 10_000
_KINDS = {"not_a_feed", "too_big", "timeout"}
_ADDRESS = "https://wire.example/feed"
_FEEDS = [path.read_bytes() for path in sorted(Path("tests/data/feeds").iterdir())]
_TAGS = (
    *(
        b"<item>",
        b"</item>",
        b"<entry>",
        b"</channel>",
        b"</rss>",
        b"<title>",
        b"<title type='xhtml'><div>",
        b"<link/>",
    ),
    *(
        b"<guid>",
        b"<pubDate>",
        b"<author>",
        b"<content:encoded>",
        b"<dc:date>",
        b"<media:content url='",
        b"<ttl>9</ttl>",
    ),
    *(b"<a:b xmlns:a=''>", b"xml:base='http://['", b"xml:lang='", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml ?>"),
    *(
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]>",
        b"&a;",
        b"&#0;",
        b"&#xD800;",
        b"&#x110000;",
        b"&nbsp;",
        b"&",
        b"<",
        b'"',
        b"'",
    ),
)
_WORDS = (
    *(b"\x00", b"\x1b$B", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xae", b"+ADw-", b"\x85"),
    *(b"javascript:alert(1)", b"http://[::1", b"//", b"http://\xc4\xb0.example:99999/", b"a" * 3000, b"." * 300),
    *(b"Mon, 32 Foo 99999 99:99:99 GMT", b"99999-01-01T00:00:00Z", b"0001-01-01", b"-", b"12/13/14", b"\xd9\xa3" * 9),
    *(b"\\ud800", b'"items": [', b"null", b"1e999", b"[" * 200, b"{}", b'"id": {"a": 1}', b"true", b"\\u0000", b"],"),
    *(b"<p>" * 200, b"<a href=' javascript:x'>", b"<script>", b"<style>", b"@everyone", b"\xf0\x9f\x91\x8d" * 50),
)
_PIECES = st.one_of(st.sampled_from(_TAGS), st.sampled_from(_WORDS), st.binary(max_size=8))
_EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 120), st.integers(1, 3), _PIECES), max_size=12)
_CHARSETS = st.sampled_from([None, None, None, "utf-8", "windows-1251", "utf-16", "utf-7", "hz", "idna", "no-such", ""])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A feed with pieces cut out of it, others put in, some of them several times, and parts of another feed."""
    document = draw(st.sampled_from(_FEEDS))
    if draw(st.integers(0, 4)) == 0:
        other = draw(st.sampled_from(_FEEDS))
        document = document[: int(draw(st.floats(0, 1)) * len(document))] + other[len(other) // 3 :]
    for place, length, times, piece in draw(_EDITS):
        at = int(place * len(document))
        document = document[:at] + piece * times + document[at + length :]
    return document


def assert_is_clean(draft: Draft) -> None:
    """What may be stored and shown."""
    lines = [line for line in (draft.title, draft.teaser, draft.author, *draft.paragraphs) if line is not None]
    for line in (*lines, draft.guid or "-", draft.link or "-", draft.image or "-"):
        assert line == line.strip() != ""
        assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line)
        assert len(line) <= 2 * LONGEST_FIELD
    for link in (draft.link, draft.image):
        assert link is None or link.startswith(("http://", "https://"))
    assert draft.published_at is None or draft.published_at.utcoffset() is not None


@settings(max_examples=_SHARE)
@given(document=mutated(), charset=_CHARSETS)
def test_a_mutated_feed_gives_clean_drafts_or_a_kind(document: bytes, charset: str | None) -> None:
    match parse(document, address=_ADDRESS, charset=charset):
        case Problem(kind=kind, message=message):
            assert kind in _KINDS
            assert message
        case ParsedFeed(drafts=drafts, title=title):
            assert title.strip()
            assert len(drafts) <= MOST_ENTRIES
            for draft in drafts:
                assert_is_clean(draft)


class Desk:
    """Workers that take documents apart and a source that publishes what they find."""

    def __init__(self, database: Database, source: Source) -> None:
        self.database, self.source = database, source
        self.workers, self.topics, self.clock = ParseWorkers(), Topics(small_catalogue()), HeldClock()
        self.read, self.refused = 0, list[str]()

    async def take(self, document: bytes, charset: str | None) -> None:
        """Read it and store what it says."""
        try:
            feed = await self.workers.parse(document, address=_ADDRESS, charset=charset)
        except ReadingError as error:
            self.refused.append(error.kind)
            return
        async with self.database.writing() as work:
            now = self.clock.now()
            await publish(
                work, self.topics, self.source, feed.drafts, now=now, announce=1, refresh_delay=timedelta(seconds=30)
            )
            await work.commit()
        self.read += 1

    async def close(self) -> None:
        await self.workers.close()
        await self.database.close()


async def opened(directory: Path) -> Desk:
    database = await fresh_database(directory)
    async with database.writing() as work:
        source = await work.sources.add(new_source(_ADDRESS), now=HeldClock().now())
        await work.commit()
    return Desk(database, source)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.mark.parametrize("count", [25, pytest.param(_ALL, marks=pytest.mark.fault)])
def test_the_bot_reads_and_stores_or_refuses_every_mutated_feed(
    tmp_path: Path, runner: asyncio.Runner, count: int
) -> None:
    desk = runner.run(opened(tmp_path))

    @settings(max_examples=count, suppress_health_check=[HealthCheck.too_slow])
    @given(document=mutated(), charset=_CHARSETS)
    def each(document: bytes, charset: str | None) -> None:
        runner.run(desk.take(document, charset))

    try:
        each()
    finally:
        runner.run(desk.close())
    assert set(desk.refused) <= _KINDS
    assert min(desk.read, len(desk.refused)) > count // 10
