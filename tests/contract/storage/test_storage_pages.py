"""What the port promises about articles that their own pages complete."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.article import ArticleId, Draft, NewArticle
from bot.domain.delivery import Waiting
from bot.domain.full_text import PageText
from bot.domain.paragraph import ParagraphKind, Shape, Stress, Stretch
from bot.domain.subscription import Everything
from storage import Database
from tests import stored
from tests.builders import NOON, draft, new_source

TEASER = Draft(title="Ferries return", teaser="The first left …", link="https://a.example/1", is_complete=False)
SHAPES = (
    Shape(stretches=(Stretch(start=4, end=9, stress=Stress.STRONG), Stretch(start=18, end=22, stress=Stress.EMPHASIS))),
    Shape(kind=ParagraphKind.ITEM, number=2),
)
PAGE = PageText(
    paragraphs=("The first left at dawn.", "It was full."),
    shapes=SHAPES,
    image="https://a.example/1.jpg",
    caption="A ferry",
)
SOON = NOON + timedelta(seconds=5)


async def an_article(
    storage: Database,
    *,
    told: Draft = TEASER,
    due: timedelta | None = timedelta(0),
    is_announced: bool = True,
    keys: Sequence[str] = (),
    by: str = "https://wire.example/feed",
) -> ArticleId:
    async with storage.writing() as work:
        source = await stored.source_at(work, by)
        article = NewArticle(
            source_id=source.id,
            story_id=await work.stories.open(now=NOON),
            draft=told,
            keys=tuple(keys),
            first_seen_at=NOON,
            is_announced=is_announced,
            page_due_at=None if due is None else NOON + due,
        )
        added = await work.articles.add(article)
        await work.commit()
    return added


async def test_how_paragraphs_are_meant_is_kept_and_follows_a_correction(storage: Database) -> None:
    told = Draft(title="Ferries return", paragraphs=PAGE.paragraphs, shapes=SHAPES)
    number = await an_article(storage, told=told, due=None)
    async with storage.writing() as work:
        article = await work.articles.find(number)
        assert article is not None
        assert article.draft.text == told.text
        corrected = replace(told, title="Ferries do not return", shapes=(Shape(kind=ParagraphKind.QUOTE),))
        assert (await work.articles.correct(number, corrected, keys=(), now=SOON)).draft == corrected


async def test_pages_are_due_announced_ones_first_then_longest_overdue(storage: Database) -> None:
    old = await an_article(storage, due=timedelta(hours=-2), is_announced=False)
    later = await an_article(storage, due=timedelta(minutes=-1))
    earlier = await an_article(storage, due=timedelta(minutes=-5))
    await an_article(storage, due=timedelta(microseconds=1))
    await an_article(storage, due=None)

    async with storage.reading() as look:
        assert [one.id for one in await look.articles.pages_due(NOON, limit=10)] == [earlier, later, old]
        assert [one.id for one in await look.articles.pages_due(NOON, limit=1)] == [earlier]


async def test_no_page_is_due_of_a_source_that_must_not_be_completed(storage: Database) -> None:
    await an_article(storage)
    async with storage.writing() as work:
        source = await stored.source_at(work)
        await work.sources.save(replace(source, fetches_full_text=False))
        assert await work.articles.pages_due(NOON, limit=10) == []
        added = await work.sources.add(replace(new_source("https://b.example/"), fetches_full_text=False), now=NOON)
        assert await work.sources.find(added.id) == added
        assert not added.fetches_full_text


async def test_a_completed_article_shows_its_page_and_remembers_what_its_feed_said(storage: Database) -> None:
    added = await an_article(storage, keys=("g1",))
    async with storage.writing() as work:
        returned = await work.articles.complete(added, PAGE)
        await work.commit()

    async with storage.reading() as look:
        article = (await look.articles.known(["g1"]))["g1"]
        assert article == returned
        assert (article.draft.paragraphs, article.draft.shapes) == (PAGE.paragraphs, SHAPES)
        assert (article.draft.image, article.caption) == (PAGE.image, PAGE.caption)
        assert article.draft.is_complete
        assert article.fed == TEASER
        assert await look.articles.pages_due(SOON, limit=10) == []
        assert len(await look.stories.search("dawn", limit=5)) == 1


async def test_a_page_without_text_leaves_its_reason_and_comes_due_again_when_told(storage: Database) -> None:
    added = await an_article(storage, keys=("g1",))
    async with storage.writing() as work:
        await work.articles.page_failed(added, "timeout", again_at=SOON)
        article = (await work.articles.known(["g1"]))["g1"]
        assert (article.draft, article.page_problem, article.page_tries) == (TEASER, "timeout", 1)
        assert await work.articles.pages_due(NOON, limit=10) == []
        assert [one.id for one in await work.articles.pages_due(SOON, limit=10)] == [added]

        await work.articles.page_failed(added, "robots", again_at=None)
        article = (await work.articles.known(["g1"]))["g1"]
        assert (article.page_problem, article.page_tries) == ("robots", 2)
        assert await work.articles.pages_due(SOON, limit=10) == []


async def test_a_correction_by_the_feed_keeps_the_page_until_that_is_read_again(storage: Database) -> None:
    added = await an_article(storage, keys=("g1",))
    async with storage.writing() as work:
        await work.articles.complete(added, PAGE)
        changed = replace(TEASER, title="Ferries return at last")
        article = await work.articles.correct(added, changed, keys=(), now=NOON, page_due_at=NOON)
        assert (article.draft.title, article.draft.paragraphs) == (changed.title, PAGE.paragraphs)
        assert article.fed == changed
        assert [one.id for one in await work.articles.pages_due(NOON, limit=10)] == [added]
        assert len(await work.stories.search("dawn", limit=5)) == 1

        await work.articles.page_failed(added, "timeout", again_at=None)
        article = (await work.articles.known(["g1"]))["g1"]
        assert article.draft.is_complete
        assert article.draft.paragraphs == PAGE.paragraphs


async def test_a_feed_that_gives_the_whole_text_after_all_has_the_last_word(storage: Database) -> None:
    added = await an_article(storage)
    async with storage.writing() as work:
        await work.articles.complete(added, PAGE)
        whole = draft("Ferries return", "All of it, by the feed.")
        article = await work.articles.correct(added, whole, keys=(), now=NOON)
        assert article.draft == article.fed == whole
        assert await work.articles.pages_due(SOON, limit=10) == []


async def test_a_headline_waits_for_its_time_and_leaves_at_once_when_hastened(storage: Database) -> None:
    await stored.channel(storage, "100", Everything())
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        assert await work.deliveries.promise(story_id, now=NOON, due=SOON) == 1
        await work.commit()
    assert await stored.claimed(storage, now=NOON) == []
    async with storage.writing() as work:
        assert await work.deliveries.next_due(("discord",)) == SOON
        assert await work.deliveries.hasten(story_id, now=NOON) == 1
        assert await work.deliveries.hasten(story_id, now=NOON) == 0
        await work.commit()
    assert [claim.story_id for claim in await stored.claimed(storage, now=NOON)] == [story_id]


async def test_a_headline_that_nobody_hastens_leaves_when_its_time_has_come(storage: Database) -> None:
    await stored.channel(storage, "100", Everything())
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        await work.deliveries.promise(story_id, now=NOON, due=SOON)
        await work.commit()
    assert [claim.story_id for claim in await stored.claimed(storage, now=SOON)] == [story_id]


async def test_a_time_in_the_past_is_now(storage: Database) -> None:
    await stored.channel(storage, "100", Everything())
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        await work.deliveries.promise(story_id, now=NOON, due=NOON - timedelta(days=1))
        assert await work.deliveries.next_due(("discord",)) == NOON


async def test_a_headline_that_the_platform_asked_to_wait_is_not_hastened(storage: Database) -> None:
    await stored.channel(storage, "100", Everything())
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    (claim,) = await stored.claimed(storage)
    await stored.settled(storage, (claim, Waiting(not_before=SOON, reason="slow down")))
    async with storage.writing() as work:
        assert await work.deliveries.hasten(story_id, now=NOON) == 0
        assert await work.deliveries.next_due(("discord",)) == SOON


async def test_pages_of_what_came_by_a_clock_that_was_ahead_are_due_now(storage: Database) -> None:
    came, changed, tried, done = [
        await an_article(storage, keys=(name,), due=due)
        for name, due in zip("abcd", [timedelta(0), None, timedelta(minutes=2), None], strict=True)
    ]
    earlier = NOON - timedelta(hours=1)
    async with storage.writing() as work:
        await work.articles.correct(changed, TEASER, keys=(), now=NOON, page_due_at=NOON)
        assert await work.articles.set_right(now=NOON) == 0
        assert await work.articles.set_right(now=earlier) == 3
        due = {article.id for article in await work.articles.pages_due(earlier, limit=9)}
    assert due == {came, changed, tried}
    assert done not in due
