"""New articles are promised once; known ones change nothing; corrected ones follow their posts."""

from datetime import timedelta

from bot.domain.article import Draft
from bot.domain.source import Source
from bot.domain.subscription import Everything, FromTopic, Target
from bot.domain.topic import TopicId
from bot.services.publish import Published, publish
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft, new_channel, new_source
from tests.fakes.clocks import HeldClock


async def a_source(database: Database, clock: HeldClock) -> Source:
    async with database.writing() as work:
        source = await work.sources.add(new_source(), now=clock.now())
        await work.commit()
    return source


async def follow(database: Database, clock: HeldClock, place: str, target: Target) -> None:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel(place), now=clock.now())
        await work.subscriptions.add(channel.id, target, now=clock.now())
        await work.commit()


async def publish_now(
    database: Database, topics: Topics, clock: HeldClock, source: Source, *drafts: Draft, announce: int = 10
) -> Published:
    async with database.writing() as work:
        published = await publish(
            work, topics, source, drafts, now=clock.now(), announce=announce, refresh_delay=timedelta(seconds=10)
        )
        await work.commit()
    return published


async def test_a_new_article_is_promised_to_everybody_who_follows_it(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    await follow(database, clock, "all", Everything())
    await follow(database, clock, "japan", FromTopic(topic_id=TopicId("japan"), label="Japan"))
    await follow(database, clock, "china", FromTopic(topic_id=TopicId("china"), label="China"))
    published = await publish_now(database, topics, clock, source, draft("Tokyo votes", guid="1"))
    assert len(published.new) == 1
    assert published.promised == 2


async def test_the_same_document_again_brings_nothing(database: Database, clock: HeldClock, topics: Topics) -> None:
    source = await a_source(database, clock)
    await follow(database, clock, "all", Everything())
    drafts = [draft(f"Title {n}", guid=str(n)) for n in range(5)]
    assert len((await publish_now(database, topics, clock, source, *drafts)).new) == 5
    again = await publish_now(database, topics, clock, source, *reversed(drafts))
    assert again == Published(known=5)


async def test_one_entry_told_twice_in_a_document_is_one_article(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    published = await publish_now(
        database, topics, clock, source, draft("A", guid="1"), draft("A", guid="1"), draft("A again", guid="1")
    )
    assert len(published.new) == 1


async def test_the_newest_are_announced_and_older_ones_only_stored(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    await follow(database, clock, "all", Everything())
    drafts = [draft(f"Title {n}", guid=str(n)) for n in range(5)]
    published = await publish_now(database, topics, clock, source, *drafts, announce=1)
    assert (len(published.new), published.promised) == (5, 1)
    async with database.reading() as look:
        stories = await look.stories.latest(limit=10)
    assert stories[0].title == "Title 0", "the document's first is the newest"


async def test_a_correction_changes_the_story_and_promises_one_edit(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    first = await publish_now(database, topics, clock, source, draft("Tokyo votes", guid="1"))
    corrected = await publish_now(database, topics, clock, source, draft("Beijing votes", guid="1"))
    assert corrected.corrected == first.new
    assert not corrected.new
    async with database.reading() as look:
        story = await look.stories.find(first.new[0])
        about = await look.stories.topics(first.new[0])
    assert story
    assert story.title == "Beijing votes"
    assert [match.topic_id for match in about] == ["china"]


async def test_without_the_commit_nothing_has_happened(database: Database, clock: HeldClock, topics: Topics) -> None:
    source = await a_source(database, clock)
    async with database.writing() as work:
        await publish(
            work, topics, source, [draft("A", guid="1")], now=clock.now(), announce=1, refresh_delay=timedelta(0)
        )
    async with database.reading() as look:
        assert await look.stories.count() == 0
    assert len((await publish_now(database, topics, clock, source, draft("A", guid="1"))).new) == 1


async def test_readers_own_words_are_matched_as_soon_as_they_are_followed(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    await follow(database, clock, "ferry", FromTopic(topic_id=TopicId("words:ferry"), label="ferry"))
    published = await publish_now(database, topics, clock, source, draft("The ferry is back", guid="1"))
    assert published.promised == 1


async def test_a_long_document_is_told_oldest_first_and_only_its_newest_are_announced(
    database: Database, clock: HeldClock, topics: Topics
) -> None:
    source = await a_source(database, clock)
    await follow(database, clock, "all", Everything())
    drafts = [draft(f"Title {n}", guid=str(n), published_at=clock.now() - timedelta(hours=n)) for n in range(120)]
    published = await publish_now(database, topics, clock, source, *drafts, announce=60)
    assert (len(published.new), published.promised) == (120, 60)
    async with database.reading() as look:
        stories = await look.stories.find_all(published.new)
        announced = [stories[one].lead.article.is_announced for one in published.new]
    assert [stories[one].title for one in published.new] == [f"Title {n}" for n in reversed(range(120))]
    assert announced == [False] * 60 + [True] * 60
    assert (await publish_now(database, topics, clock, source, *drafts)).known == 120
