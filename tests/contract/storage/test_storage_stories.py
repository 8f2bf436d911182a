"""What the port promises about stories."""

from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.topic import TopicId
from storage import Database
from tests import stored
from tests.builders import NOON, draft, match, new_article, opinion, person


async def test_a_story_has_its_tellings_in_the_order_in_which_they_came(storage: Database) -> None:
    async with storage.writing() as work:
        story_id = await work.stories.open(now=NOON)
        await stored.told(work, story_id, draft("First"), by="https://b.example/")
        await stored.told(work, story_id, draft("Second"), by="https://a.example/")

        story = await work.stories.find(story_id)
        assert story is not None
        assert [told.article.draft.title for told in story.told] == ["First", "Second"]
        assert [told.source.address for told in story.told] == ["https://b.example/", "https://a.example/"]


async def test_a_story_shows_its_tally_and_the_three_newest_opinions_with_words(storage: Database) -> None:
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        for number in range(5):
            await work.opinions.save(
                opinion(story_id, person(str(number)), words=f"words {number}", at=NOON + timedelta(minutes=number % 4))
            )
        await work.opinions.save(opinion(story_id, person("silent"), at=NOON + timedelta(hours=1)))

        story = await work.stories.find(story_id)
        assert story is not None
        assert (story.tally.in_favour, story.tally.voices, story.tally.words) == (6, 6, 5)
        assert [said.words for said in story.latest] == ["words 3", "words 2", "words 1"]


@pytest.mark.parametrize("number", [0, -1, 999, 2**63, 10**30])
async def test_a_story_that_is_not_there_is_none(storage: Database, number: int) -> None:
    async with storage.reading() as look:
        assert await look.stories.find(StoryId(number)) is None


async def test_a_story_without_articles_is_nowhere(storage: Database) -> None:
    async with storage.writing() as work:
        story_id = await work.stories.open(now=NOON)
        await work.stories.set_topics(story_id, [match("azerbaijan")])

        assert await work.stories.find(story_id) is None
        assert await work.stories.latest(limit=5) == []
        assert await work.stories.count() == 0
        assert await work.stories.recent_with_topic(TopicId("azerbaijan"), since=NOON) == 0


async def test_topics_are_kept_in_order_with_the_words_that_said_so_and_replaced_as_a_whole(storage: Database) -> None:
    story_id = await stored.story(storage)
    first = [match("iran", "Tehran", 0), match("azerbaijan", "Bakı", 2), match("gaza", "Gaza", 1)]
    async with storage.writing() as work:
        await work.stories.set_topics(story_id, first)
        assert await work.stories.topics(story_id) == first
        await work.stories.set_topics(story_id, [match("japan", "Tokyo")])
        assert await work.stories.topics(story_id) == [match("japan", "Tokyo")]
        await work.stories.set_topics(story_id, [])
        assert await work.stories.topics(story_id) == []


async def test_a_topic_that_is_named_twice_counts_once_as_named_first(storage: Database) -> None:
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        await work.stories.set_topics(story_id, [match("iran", "Tehran"), match("gaza"), match("iran", "Shiraz", 4)])
        assert await work.stories.topics(story_id) == [match("iran", "Tehran"), match("gaza")]


async def test_the_latest_stories_come_newest_first_and_page_by_page(storage: Database) -> None:
    ages = {"old": 3, "newest": 0, "middle": 2, "new": 1}
    for title, hours in ages.items():
        await stored.story(storage, title, at=NOON - timedelta(hours=hours))

    async with storage.reading() as look:
        assert [story.title for story in await look.stories.latest(limit=9)] == ["newest", "new", "middle", "old"]
        assert [story.title for story in await look.stories.latest(limit=2, offset=1)] == ["new", "middle"]
        assert await look.stories.latest(limit=2, offset=4) == []
        assert await look.stories.count() == 4


async def test_a_date_in_the_future_puts_no_story_in_front(storage: Database) -> None:
    async with storage.writing() as work:
        dates = {"tomorrow": NOON + timedelta(days=1), "undated": None, "an hour ago": NOON - timedelta(hours=1)}
        for seen, (title, published_at) in enumerate(dates.items()):
            story_id = await work.stories.open(now=NOON)
            source = await stored.source_at(work)
            told = draft(title, published_at=published_at)
            at = NOON + timedelta(minutes=seen)
            await work.articles.add(new_article(source.id, story_id, told, first_seen_at=at))

        latest = await work.stories.latest(limit=9)
        assert [story.title for story in latest] == ["undated", "tomorrow", "an hour ago"]
        assert [story.at for story in latest] == sorted((story.at for story in latest), reverse=True)


async def test_a_list_stays_sorted_by_what_readers_see_after_a_correction(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        added = [
            await work.articles.add(new_article(source.id, await work.stories.open(now=NOON), draft(title)))
            for title in ("first", "second")
        ]
        dated = draft("second", published_at=NOON - timedelta(days=1))
        await work.articles.correct(added[1], dated, keys=(), now=NOON + timedelta(hours=1))

        assert [story.title for story in await work.stories.latest(limit=9)] == ["first", "second"]


async def test_the_latest_may_be_of_one_topic_or_one_source(storage: Database) -> None:
    await stored.story(storage, "Baku by A", topics=["azerbaijan"], by="https://a.example/")
    await stored.story(storage, "Tokyo by A", topics=["japan"], by="https://a.example/")
    await stored.story(storage, "Both by B", topics=["japan", "azerbaijan"], by="https://b.example/")

    async with storage.reading() as look:
        source = await look.sources.at("https://a.example/")
        assert source is not None
        of_topic = await look.stories.latest(topic_id=TopicId("azerbaijan"), limit=9)
        assert [story.title for story in of_topic] == ["Both by B", "Baku by A"]
        of_source = await look.stories.latest(source_id=source.id, limit=9)
        assert [story.title for story in of_source] == ["Tokyo by A", "Baku by A"]
        of_both = await look.stories.latest(topic_id=TopicId("japan"), source_id=source.id, limit=9)
        assert [story.title for story in of_both] == ["Tokyo by A"]
        assert await look.stories.latest(topic_id=TopicId("mars"), limit=9) == []


async def test_recent_stories_of_a_topic_are_counted_from_the_moment_they_were_opened(storage: Database) -> None:
    for hours in (0, 1, 2):
        await stored.story(storage, topics=["iran"], at=NOON - timedelta(hours=hours))
    await stored.story(storage, topics=["japan"])

    async with storage.reading() as look:
        assert await look.stories.recent_with_topic(TopicId("iran"), since=NOON - timedelta(hours=1)) == 2
        assert await look.stories.recent_with_topic(TopicId("iran"), since=NOON + timedelta(microseconds=1)) == 0


async def test_the_busiest_topics_come_first_with_how_many_stories_they_have(storage: Database) -> None:
    await stored.story(storage, topics=["iran", "gaza"])
    await stored.story(storage, topics=["gaza", "japan"])
    await stored.story(storage, topics=["japan"], at=NOON - timedelta(days=8))

    async with storage.reading() as look:
        busiest = await look.stories.busiest_topics(since=NOON - timedelta(days=7))
    assert list(busiest.items()) == [("gaza", 2), ("iran", 1), ("japan", 1)]
