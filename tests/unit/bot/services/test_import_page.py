"""A page of text becomes a source with stories, all of it or nothing, once."""

from dataclasses import replace

import pytest
from typing_extensions import override

from bot.domain.article import Draft
from bot.domain.matching import Match
from bot.domain.source import NewSource, SourceKind
from bot.domain.subscription import Everything
from bot.ports.storage import Reading
from bot.services.import_page import import_page
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft, new_channel, new_source
from tests.fakes.clocks import HeldClock

PAGE: NewSource = new_source("page:herald", kind=SourceKind.PAGE, title="Herald")
DRAFTS = (draft("First on the page", "One."), draft("Second on the page", "Two."))


async def test_stories_are_promised_in_reading_order(database: Database, topics: Topics, clock: HeldClock) -> None:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel(), now=clock.now())
        await work.subscriptions.add(channel.id, Everything(), now=clock.now())
        await work.commit()
    published = await import_page(database, topics, PAGE, DRAFTS, now=clock.now())
    assert (len(published.new), published.promised) == (2, 2)
    async with database.reading() as look:
        stories = [await look.stories.find(story_id) for story_id in published.new]
    assert [story.title for story in stories if story] == ["First on the page", "Second on the page"]
    assert list(published.new) == sorted(published.new)


async def test_the_same_page_again_brings_nothing_new(database: Database, topics: Topics, clock: HeldClock) -> None:
    await import_page(database, topics, PAGE, DRAFTS, now=clock.now())
    clock.pass_on(86_400)
    again = await import_page(database, topics, PAGE, tuple(reversed(DRAFTS)), now=clock.now())
    assert (again.new, again.known, again.corrected) == ((), 2, ())
    async with database.reading() as look:
        assert await look.stories.count() == 2
        assert len(await look.sources.all()) == 1


async def test_a_page_with_one_story_more_brings_that_one(database: Database, topics: Topics, clock: HeldClock) -> None:
    await import_page(database, topics, PAGE, DRAFTS, now=clock.now())
    more = await import_page(database, topics, PAGE, (*DRAFTS, draft("Third on the page")), now=clock.now())
    assert (len(more.new), more.known) == (1, 2)


async def test_what_the_page_says_of_itself_is_the_source_s_and_kept_up_to_date(
    database: Database, topics: Topics, clock: HeldClock
) -> None:
    await import_page(database, topics, PAGE, DRAFTS, now=clock.now())
    told = replace(PAGE, footer="Get the app.", opinion_prompt=("What do you think?", "Be the first."))
    await import_page(database, topics, told, DRAFTS, now=clock.now())
    async with database.reading() as look:
        source = await look.sources.at("page:herald")
    assert source
    assert (source.footer, source.opinion_prompt) == (told.footer, told.opinion_prompt)
    assert source.next_read_at is None, "a page is not read by itself"


class _StumblingTopics(Topics):
    """Breaks at the second article."""

    touched = 0

    @override
    async def touched_by(self, work: Reading, draft: Draft) -> list[Match]:
        self.touched += 1
        if self.touched == len(DRAFTS):
            raise RuntimeError("half-way")
        return await super().touched_by(work, draft)


async def test_a_page_that_fails_half_way_leaves_nothing(database: Database, topics: Topics, clock: HeldClock) -> None:
    stumbling = _StumblingTopics(topics.catalogue)
    with pytest.raises(RuntimeError, match="half-way"):
        await import_page(database, stumbling, PAGE, DRAFTS, now=clock.now())
    async with database.reading() as look:
        assert await look.stories.count() == 0
        assert await look.sources.all() == []
