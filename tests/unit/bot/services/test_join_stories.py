"""One event is one post, whoever tells it: joined by itself, corrected by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.article import ArticleId, Draft, StoryId
from bot.domain.delivery import Sent
from bot.domain.errors import StoryEditError, UnknownArticleError, UnknownStoryError
from bot.domain.source import Source
from bot.domain.story import Story
from bot.domain.subscription import Everything, FromSource, FromTopic, Target
from bot.domain.topic import TopicId, own_words
from bot.messages.text import plain
from bot.services.part_stories import StoryEditor
from bot.services.publish import Published, publish
from bot.services.topics import Topics
from bot.views.headline import byline
from storage import Database
from tests import stored
from tests.builders import match, new_source, receipt
from tests.fakes.clocks import HeldClock

DELAY = timedelta(seconds=10)
QUAKE = Draft(
    title="Magnitude 5.1 earthquake shakes Sapporo in Japan",
    teaser="An earthquake of magnitude 5.1 struck near Sapporo in northern Japan on Tuesday morning, "
    "the Meteorological Agency said. It was recorded at 06:42 at a depth of 18 kilometres. "
    "There were no injuries in Sapporo.",
    guid="quake",
)
QUAKE_IN_OTHER_WORDS = Draft(
    title="Japan: earthquake of magnitude 5.1 shakes Sapporo",
    teaser="Northern Japan was shaken by an earthquake of magnitude 5.1 on Tuesday morning. According to the "
    "Meteorological Agency it struck near Sapporo at 06:42, at a depth of 18 kilometres. Nobody was injured.",
    guid="q2",
)
FERRIES = Draft(title="Ferries return to Vellmar", paragraphs=("The first one left at dawn.",), guid="ferries")


class Desk:
    """Sources that publish, and what became of it."""

    def __init__(self, database: Database, clock: HeldClock, topics: Topics) -> None:
        self.database = database
        self.clock = clock
        self.topics = topics
        self.editor = StoryEditor(database, topics, clock, refresh_delay=DELAY)

    async def source(self, name: str) -> Source:
        address = f"https://{name.lower()}.example/feed"
        async with self.database.writing() as work:
            source = await work.sources.at(address) or await work.sources.add(
                new_source(address, title=name), now=self.clock.now()
            )
            await work.commit()
        return source

    async def tells(self, name: str, *drafts: Draft, announce: int = 10) -> Published:
        source = await self.source(name)
        async with self.database.writing() as work:
            published = await publish(
                work,
                self.topics,
                source,
                drafts,
                now=self.clock.now(),
                announce=announce,
                refresh_delay=DELAY,
            )
            await work.commit()
        return published

    async def story(self, story_id: StoryId) -> Story:
        async with self.database.reading() as look:
            story = await look.stories.find(story_id)
        assert story is not None
        return story

    async def follows(self, place: str, target: Target) -> None:
        async with self.database.writing() as work:
            await stored.channel_in(work, place, target)
            await work.commit()

    async def sent(self) -> Sequence[tuple[str, str]]:
        """Send what is due; the places it went to, with its kind."""
        claims = await stored.claimed(self.database, now=self.clock.now())
        await stored.settled(self.database, *((one, Sent(receipt=one.receipt or receipt())) for one in claims))
        return sorted((claim.channel.id, claim.kind.value) for claim in claims)

    async def latest(self) -> list[str]:
        async with self.database.reading() as look:
            return [story.title for story in await look.stories.latest(limit=9)]


@pytest.fixture
def desk(database: Database, clock: HeldClock, topics: Topics) -> Desk:
    return Desk(database, clock, topics)


async def test_one_event_told_by_two_is_one_story_that_says_who_else_tells_it(desk: Desk) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    second = await desk.tells("Herald", QUAKE_IN_OTHER_WORDS, FERRIES)

    assert second.joined == (story_id,)
    assert len(second.new) == 1
    story = await desk.story(story_id)
    assert [told.source.title for told in story.told] == ["Wire", "Herald"]
    assert "also: Herald" in plain(byline(story))
    assert await desk.latest() == [FERRIES.title, QUAKE.title]


async def test_of_two_tellings_in_one_document_the_older_joins_and_the_other_is_a_story_of_its_own(desk: Desk) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    older, newer = (replace(QUAKE_IN_OTHER_WORDS, guid=guid, link=f"https://h.example/{guid}") for guid in "ab")
    second = await desk.tells("Herald", newer, older)

    assert (second.joined, len(second.new)) == ((story_id,), 1)
    assert [told.article.draft.guid for told in (await desk.story(story_id)).told] == ["quake", "a"]


async def test_a_copy_with_edits_joins_too(desk: Desk) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    edited = str(QUAKE.teaser).replace("struck near", "hit").replace(" There were no injuries in Sapporo.", "")
    copied = await desk.tells("Herald", replace(QUAKE, title="Earthquake shakes Sapporo", teaser=edited))
    assert copied.joined == (story_id,)


async def test_a_joined_story_is_posted_once_and_its_card_is_brought_up_to_date(desk: Desk) -> None:
    await desk.follows("all", Everything())
    await desk.tells("Wire", QUAKE)
    assert await desk.sent() == [("all", "headline")]

    assert (await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)).promised == 0
    assert await desk.sent() == []
    desk.clock.pass_on(10)
    assert await desk.sent() == [("all", "refresh")]


async def test_who_follows_the_second_source_alone_gets_the_story_once(desk: Desk) -> None:
    herald = await desk.source("Herald")
    await desk.follows("herald", FromSource(source_id=herald.id, label="Herald"))
    await desk.tells("Wire", QUAKE)
    assert await desk.sent() == []

    assert (await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)).promised == 1
    assert await desk.sent() == [("herald", "headline")]
    third = replace(QUAKE_IN_OTHER_WORDS, guid="third")
    assert (await desk.tells("Globe", third)).promised == 0


async def test_who_follows_a_topic_that_the_second_telling_brings_gets_the_story(desk: Desk) -> None:
    await desk.follows("china", FromTopic(topic_id=TopicId("china"), label="China"))
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    more = f"{QUAKE_IN_OTHER_WORDS.teaser} It was felt in China, too."
    await desk.tells("Herald", replace(QUAKE_IN_OTHER_WORDS, teaser=more))

    assert await desk.sent() == [("china", "headline")]
    async with desk.database.reading() as look:
        assert [match.topic_id for match in await look.stories.topics(story_id)] == ["japan", "china"]


async def test_a_correction_of_one_telling_keeps_the_topics_of_the_other(desk: Desk) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)
    await desk.tells("Herald", replace(QUAKE_IN_OTHER_WORDS, title="Earthquake", teaser="Corrected."))

    async with desk.database.reading() as look:
        assert [match.topic_id for match in await look.stories.topics(story_id)] == ["japan"]


async def test_own_words_keep_their_evidence_through_corrections_merges_and_splits(desk: Desk) -> None:
    sapporo, dawn = own_words("sapporo"), own_words("at dawn")
    for topic in (sapporo, dawn):
        await desk.follows(topic.name(""), FromTopic(topic_id=topic.id, label=topic.name("")))
    (quake,) = (await desk.tells("Wire", QUAKE)).new
    (ferries,) = (await desk.tells("Herald", FERRIES)).new

    async def evidence(story_id: StoryId) -> list[tuple[str, str, int]]:
        async with desk.database.reading() as look:
            own = [match for match in await look.stories.topics(story_id) if match.topic_id in {sapporo.id, dawn.id}]
        return [(match.topic_id, match.word, match.paragraph) for match in own]

    assert await evidence(quake) == [(sapporo.id, "Sapporo", 0)]
    assert await evidence(ferries) == [(dawn.id, "at dawn", 1)]

    await desk.tells("Wire", replace(QUAKE, title="Earthquake shakes northern Japan"))
    assert await evidence(quake) == [(sapporo.id, "Sapporo", 1)]

    await desk.editor.merge(quake, ferries)
    assert await evidence(quake) == [(sapporo.id, "Sapporo", 1), (dawn.id, "at dawn", 1)]

    await desk.editor.part(quake, ferries)
    assert await evidence(quake) == [(sapporo.id, "Sapporo", 1)]
    assert await evidence(ferries) == [(dawn.id, "at dawn", 1)]


async def test_one_source_never_has_two_articles_in_a_story(desk: Desk) -> None:
    await desk.tells("Wire", QUAKE)
    again = replace(QUAKE, guid="again", title=QUAKE.title + ", updated")
    assert len((await desk.tells("Wire", again)).new) == 1
    twice = await desk.tells("Herald", QUAKE_IN_OTHER_WORDS, replace(QUAKE, guid="h2"))
    assert (len(twice.new), len(twice.joined)) == (0, 2)
    assert len(set(twice.joined)) == 2


@pytest.mark.parametrize(("topic", "joins"), [("china", False), ("japan", True), (None, True)])
async def test_what_has_topics_and_none_in_common_is_another_story(
    desk: Desk, topic: str | None, *, joins: bool
) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    async with desk.database.writing() as work:
        await work.stories.set_topics(story_id, [match(topic)] if topic else [])
        await work.commit()
    assert bool((await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)).joined) is joins


@pytest.mark.parametrize(("hours", "joins"), [(47, True), (49, False)])
async def test_what_is_told_two_days_later_is_another_story(desk: Desk, hours: int, *, joins: bool) -> None:
    await desk.tells("Wire", QUAKE)
    desk.clock.pass_on(hours * 3600)
    assert bool((await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)).joined) is joins


async def test_old_articles_of_a_new_source_join_nothing(desk: Desk) -> None:
    await desk.tells("Wire", QUAKE)
    old = replace(QUAKE_IN_OTHER_WORDS, published_at=desk.clock.now() - timedelta(days=3))
    assert (await desk.tells("Herald", old)).joined == ()


async def test_what_is_only_stored_joins_without_a_post(desk: Desk) -> None:
    herald = await desk.source("Herald")
    await desk.follows("herald", FromSource(source_id=herald.id, label="Herald"))
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    published = await desk.tells("Herald", FERRIES, QUAKE_IN_OTHER_WORDS, announce=1)

    assert (published.joined, published.promised) == ((story_id,), 1)


async def test_merging_keeps_the_older_story_and_splitting_undoes_it(desk: Desk) -> None:
    await desk.follows("all", Everything())
    (first,) = (await desk.tells("Wire", QUAKE)).new
    (second,) = (await desk.tells("Herald", FERRIES)).new
    while await desk.sent():
        pass

    merged = (await desk.editor.merge(second, first)).story
    assert merged.id == first
    assert await desk.latest() == [QUAKE.title]
    desk.clock.pass_on(10)
    assert await desk.sent() == [("all", "refresh")]
    assert await desk.sent() == [("all", "refresh")]

    alone = (await desk.editor.split(merged.told[1].article.id)).own
    assert (alone.id, alone.title) == (second, FERRIES.title)
    desk.clock.pass_on(10)
    assert await desk.sent() == [("all", "refresh")]
    async with desk.database.reading() as look:
        assert [match.topic_id for match in await look.stories.topics(first)] == ["japan"]
        assert await look.stories.topics(second) == []


@pytest.mark.parametrize("announce", [True, False])
async def test_what_was_joined_wrongly_is_posted_when_it_is_split_if_that_is_asked(
    desk: Desk, *, announce: bool
) -> None:
    await desk.follows("all", Everything())
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    await desk.sent()
    await desk.tells("Herald", QUAKE_IN_OTHER_WORDS)
    desk.clock.pass_on(10)
    await desk.sent()

    wrong = (await desk.story(story_id)).told[1].article.id
    alone = (await desk.editor.split(wrong, announce=announce)).own
    assert alone.id != story_id
    assert await desk.sent() == ([("all", "headline")] if announce else [])
    desk.clock.pass_on(10)
    assert await desk.sent() == [("all", "refresh")]


async def test_what_cannot_be_merged_or_split_is_told(desk: Desk) -> None:
    (story_id,) = (await desk.tells("Wire", QUAKE)).new
    (other,) = (await desk.tells("Herald", FERRIES)).new
    only = (await desk.story(story_id)).lead.article.id
    with pytest.raises(StoryEditError, match="all that story"):
        await desk.editor.split(only)
    with pytest.raises(UnknownArticleError):
        await desk.editor.split(ArticleId(99))
    with pytest.raises(UnknownStoryError):
        await desk.editor.merge(story_id, StoryId(99))
    await desk.editor.merge(story_id, other)
    with pytest.raises(StoryEditError, match="same story"):
        await desk.editor.merge(story_id, other)
