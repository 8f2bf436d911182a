"""Sequences of fetches, each named after the failure that it was written from: no story twice, none lost.

They are data in ``tests/data/sequences``, one file for each failure: what the document held at each fetch, and what of
it was new (oldest first), corrected, or known. Each document is read once more a minute later, and must be known then.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.article import Draft
from bot.ports.reading import Reading
from bot.services.publish import Published
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds

ADDRESS = "https://p.example/feed"
SEQUENCES = Path(__file__).parents[3] / "data" / "sequences"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

Told = dict[str, Any]


def sequences() -> Iterator[Any]:
    for path in sorted(SEQUENCES.glob("*.toml")):
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["sequence"]:
            yield pytest.param(told, id=f"{path.stem}: {told['name']}")


def drafts_of(entry: Told) -> Iterator[Draft]:
    """The entry, as often as it says; ``{n}`` in its words is the number of each."""
    for n in range(1, entry.get("times", 1) + 1):
        told: dict[str, Any] = {
            name: value.format(n=n) if isinstance(value, str) else value for name, value in entry.items()
        }
        yield Draft(
            title=told["title"],
            paragraphs=(told["text"],) if "text" in told else (),
            guid=told.get("guid"),
            link=told.get("link"),
            author=told.get("author"),
            published_at=told.get("date"),
        )


class Source:
    """A source whose document a test writes."""

    def __init__(self, database: Database, topics: Topics, *, site: str | None) -> None:
        self.clock, self._feeds = HeldClock(BEGINNING), FakeFeeds()
        self._database, self._topics, self._site = database, topics, site
        self.restart()

    def restart(self) -> None:
        """Forget all that is not in the database."""
        self._reader = SourceReader(
            self._database, self._feeds, self._topics, self.clock, FakeEvents(), refresh_delay=timedelta(0)
        )

    async def fetch(self, drafts: tuple[Draft, ...], at: datetime) -> Published:
        self.clock.pass_on((at - self.clock.now()).total_seconds())
        self._feeds.pages[ADDRESS] = Reading(title="The Paper", site=self._site, drafts=drafts)
        async with self._database.reading() as look:
            source = await look.sources.at(ADDRESS)
        if source is None:
            return (await self._reader.add(ADDRESS)).published
        published = await self._reader.read(source)
        assert isinstance(published, Published)
        return published


@pytest.mark.parametrize("told", [*sequences()])
async def test_a_sequence_of_fetches_brings_each_story_once(told: Told, database: Database, topics: Topics) -> None:
    await stored.channel(database)
    source = Source(database, topics, site=told.get("site"))
    drafts: tuple[Draft, ...] = ()
    stories = 0
    for fetch in told["fetch"]:
        if fetch.get("restart"):
            source.restart()
        if "entries" in fetch:
            drafts = tuple(draft for entry in fetch["entries"] for draft in drafts_of(entry))
        published = await source.fetch(drafts, fetch["at"])
        stories += len(published.new)
        await _is_as_told(database, fetch, published, documented=len(drafts))
        again = await source.fetch(drafts, fetch["at"] + timedelta(minutes=1))
        assert replace(again, identity=published.identity) == Published(known=len(drafts), identity=published.identity)
    async with database.reading() as look:
        assert await look.stories.count() == stories, "none is lost, none is there twice"


async def _is_as_told(database: Database, fetch: Told, published: Published, *, documented: int) -> None:
    async with database.reading() as look:
        titles = {story.id: story.title for story in await look.stories.latest(limit=1000)}
        source = await look.sources.at(ADDRESS)
        corrected = [await look.stories.find(story_id) for story_id in published.corrected]
        newest = await look.stories.latest(limit=1)
    new = [titles[story_id] for story_id in published.new]
    assert source
    assert new == fetch.get("new", new if "new_count" in fetch else [])
    assert len(new) == fetch.get("new_count", len(new))
    assert [titles[story_id] for story_id in published.corrected] == fetch.get("corrected", [])
    assert published.known == documented - len(new)
    assert published.promised == fetch.get("promised", published.promised)
    assert source.identity == fetch.get("identity", source.identity)
    assert source.interval_s == fetch.get("interval_s", source.interval_s)
    assert newest[0].title == fetch.get("newest", newest[0].title)
    if "former" in fetch:
        assert [list(story.lead.article.former_titles) for story in corrected if story] == [fetch["former"]]


def test_there_are_at_least_forty_sequences_from_every_failure_of_identity() -> None:
    assert len(list(sequences())) >= 40
    assert {path.name[:2] for path in SEQUENCES.glob("*.toml")} >= {f"{row:02}" for row in range(6, 20)}
