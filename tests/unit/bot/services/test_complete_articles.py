"""Articles get the rest of their text from their pages; a headline waits for it, but not for long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.article import Draft, StoryId
from bot.domain.delivery import DeliveryKind, Sent
from bot.domain.full_text import HEADLINE_PATIENCE, PageText
from bot.domain.source import Source
from bot.domain.story import Story
from bot.domain.subscription import Everything, FromTopic, Target
from bot.domain.topic import TopicId
from bot.ports.reading import ReadingError
from bot.services.complete_articles import ArticleCompleter
from bot.services.publish import publish
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.builders import new_source, receipt
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.pages import FakePages

LINK = "https://wire.example/news/1"
PAGE = PageText(paragraphs=("The first ferry left at dawn.", "It carried a choir from Tokyo."))
JAPAN = FromTopic(topic_id=TopicId("japan"), label="Japan")


def teaser(title: str = "Ferries return", link: str = LINK) -> Draft:
    return Draft(title=title, teaser="The first ferry left …", link=link, guid=link, is_complete=False)


class Office:
    """A source, the pages behind it, and what completes the one from the other."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database = database
        self.topics = topics
        self.clock = clock
        self.pages = FakePages()
        self.events = FakeEvents()
        self.woken: list[None] = []
        self.completer = ArticleCompleter(
            database,
            self.pages,
            topics,
            clock,
            self.events,
            refresh_delay=timedelta(seconds=10),
            wake=lambda: self.woken.append(None),
        )

    async def source(self) -> Source:
        async with self.database.writing() as work:
            source = await work.sources.at("https://wire.example/feed") or await work.sources.add(
                new_source(), now=self.clock.now()
            )
            await work.commit()
        return source

    async def publish(self, *drafts: Draft, announce: int = 10, source: Source | None = None) -> tuple[StoryId, ...]:
        source = source or await self.source()
        async with self.database.writing() as work:
            published = await publish(
                work,
                self.topics,
                source,
                drafts,
                now=self.clock.now(),
                announce=announce,
                refresh_delay=timedelta(seconds=10),
            )
            await work.commit()
        return published.new

    async def other_source(self) -> Source:
        async with self.database.writing() as work:
            source = await work.sources.add(
                new_source("https://other.example/feed", title="Other"), now=self.clock.now()
            )
            await work.commit()
        return source

    async def complete_all(self) -> None:
        """Everything that is due now, one after the other."""
        async with self.database.reading() as look:
            due = await look.articles.pages_due(self.clock.now(), limit=100)
        for article in due:
            await self.completer.complete(article)

    async def story(self, story_id: StoryId) -> Story:
        async with self.database.reading() as look:
            story = await look.stories.find(story_id)
        assert story is not None
        return story

    async def follow(self, place: str, target: Target) -> None:
        await stored.channel(self.database, place, target)

    async def leaving(self) -> list[tuple[DeliveryKind, StoryId | None]]:
        """What may be sent now; it is taken."""
        return [(one.kind, one.story_id) for one in await stored.claimed(self.database, now=self.clock.now())]


@pytest.fixture
def office(database: Database, topics: Topics, clock: HeldClock) -> Office:
    return Office(database, topics, clock)


@asynccontextmanager
async def running(office: Office) -> AsyncIterator[None]:
    task = asyncio.create_task(office.completer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # it is another task's progress, of which nobody gives notice
            await asyncio.sleep(0)


async def test_a_headline_waits_for_its_page_and_leaves_with_it(office: Office) -> None:
    await office.follow("100", Everything())
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser())
    assert await office.leaving() == []
    await office.complete_all()
    assert await office.leaving() == [(DeliveryKind.HEADLINE, story_id)]
    draft = (await office.story(story_id)).lead.article.draft
    assert (draft.paragraphs, draft.is_complete) == (PAGE.paragraphs, True)
    assert office.woken


async def test_a_headline_leaves_after_five_seconds_whatever_becomes_of_its_page(office: Office) -> None:
    await office.follow("100", Everything())
    (story_id,) = await office.publish(teaser())
    office.clock.pass_on(HEADLINE_PATIENCE.total_seconds() - 0.1)
    assert await office.leaving() == []
    office.clock.pass_on(0.1)
    assert await office.leaving() == [(DeliveryKind.HEADLINE, story_id)]


async def test_a_headline_leaves_as_soon_as_its_page_is_known_to_give_nothing(office: Office) -> None:
    await office.follow("100", Everything())
    office.pages.pages[LINK] = ReadingError("For subscribers.", kind="paywall")
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    assert await office.leaving() == [(DeliveryKind.HEADLINE, story_id)]
    article = (await office.story(story_id)).lead.article
    assert (article.draft.is_complete, article.page_problem, article.page_tries) == (False, "paywall", 1)


async def test_a_whole_text_waits_for_nothing_and_its_page_is_never_asked_for(office: Office) -> None:
    await office.follow("100", Everything())
    whole = Draft(title="Whole", paragraphs=("All of it.",), link=LINK, guid="w")
    (story_id,) = await office.publish(whole)
    assert await office.leaving() == [(DeliveryKind.HEADLINE, story_id)]
    await office.complete_all()
    assert office.pages.asked == []


async def test_a_page_that_comes_after_the_post_is_a_correction_and_no_new_post(office: Office) -> None:
    await office.follow("100", Everything())
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser())
    office.clock.pass_on(6)
    (claim,) = await stored.claimed(office.database, now=office.clock.now())
    await stored.settled(office.database, (claim, Sent(receipt=receipt("1"))), now=office.clock.now())
    await office.complete_all()
    office.clock.pass_on(10)
    assert await office.leaving() == [(DeliveryKind.REFRESH, story_id)]


async def test_the_whole_text_tells_topics_that_the_beginning_did_not(office: Office) -> None:
    await office.follow("japan", JAPAN)
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    assert await office.leaving() == [(DeliveryKind.HEADLINE, story_id)]


async def test_an_old_article_is_completed_without_being_announced(office: Office) -> None:
    await office.follow("japan", JAPAN)
    await office.follow("all", Everything())
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser(), announce=0)
    await office.complete_all()
    office.clock.pass_on(60)
    assert await office.leaving() == []
    assert (await office.story(story_id)).lead.article.draft.is_complete


async def test_the_same_feed_again_does_not_take_the_text_away(office: Office) -> None:
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    assert await office.publish(teaser()) == ()
    assert (await office.story(story_id)).lead.article.draft.paragraphs == PAGE.paragraphs
    await office.complete_all()
    assert office.pages.asked == [LINK]


async def test_a_corrected_beginning_has_its_page_read_again(office: Office) -> None:
    office.pages.pages[LINK] = PAGE
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    office.pages.pages[LINK] = PageText(paragraphs=("The first ferry left at dawn.", "It came back at noon, empty."))
    await office.publish(teaser("Ferries return and go"))
    await office.complete_all()
    draft = (await office.story(story_id)).lead.article.draft
    assert draft.title == "Ferries return and go"
    assert draft.paragraphs[1] == "It came back at noon, empty."


async def test_a_page_that_says_less_than_the_feed_is_not_taken(office: Office) -> None:
    office.pages.pages[LINK] = PageText(paragraphs=("The first",))
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    article = (await office.story(story_id)).lead.article
    assert (article.draft.paragraphs, article.page_problem) == ((), "no_text")


async def test_what_a_paywall_shows_is_kept_and_called_a_beginning(office: Office) -> None:
    office.pages.pages[LINK] = PageText(paragraphs=PAGE.paragraphs, problem="paywall")
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    article = (await office.story(story_id)).lead.article
    assert (article.draft.paragraphs, article.draft.is_complete) == (PAGE.paragraphs, False)


async def test_a_server_in_trouble_is_asked_three_times_and_then_left_alone(office: Office) -> None:
    office.pages.pages[LINK] = ReadingError("Busy.", kind="status")
    await office.publish(teaser())
    for _ in range(6):
        await office.complete_all()
        office.clock.pass_on(3600)
    assert office.pages.asked == [LINK] * 3


async def test_an_error_of_ours_is_told_and_not_repeated_for_ever(office: Office) -> None:
    async def breaks(_: str) -> None:
        raise RuntimeError("a bug")

    office.pages.before = breaks
    (story_id,) = await office.publish(teaser())
    await office.complete_all()
    await office.complete_all()
    assert [name for name, _ in office.events.troubles] == ["completing failed"]
    assert (await office.story(story_id)).lead.article.page_problem == "error"


async def test_four_pages_are_read_at_once_and_one_of_each_host(office: Office) -> None:
    going = asyncio.Event()
    at_once: list[str] = []

    async def waits(address: str) -> None:
        at_once.append(address)
        await going.wait()

    office.pages.before = waits
    hosts = ("a", "a", "b", "c", "d", "e")
    drafts = [teaser(f"Title {n}", f"https://{host}.example/news/{n}") for n, host in enumerate(hosts)]
    await office.publish(*drafts)
    async with running(office):
        await until(lambda: len(at_once) == 4)
        assert len({address.partition(".")[0] for address in at_once}) == 4
        going.set()
        await until(lambda: len(at_once) == 5)
        for _ in range(20):
            office.clock.pass_on(0.5)
            await asyncio.sleep(0)
        await until(lambda: len(at_once) == 6)
    assert len(set(at_once)) == 6


async def test_what_waits_is_still_there_after_a_restart(office: Office) -> None:
    await office.publish(teaser())

    async def never(_: str) -> None:
        await asyncio.Event().wait()

    office.pages.before = never
    async with running(office):
        await until(lambda: office.pages.asked == [LINK])
    office.pages.before = None
    office.pages.pages[LINK] = PAGE
    await office.complete_all()
    assert office.pages.asked == [LINK, LINK]


QUAKE = Draft(
    title="Magnitude 5.1 earthquake shakes Sapporo in Japan",
    teaser="An earthquake of magnitude 5.1 struck near Sapporo in northern Japan on Tuesday morning, "
    "the Meteorological Agency said. It was recorded at 06:42 at a depth of 18 kilometres. "
    "There were no injuries in Sapporo.",
    guid="quake",
)
WHOLE_QUAKE = PageText(
    paragraphs=(
        "Northern Japan was shaken by an earthquake of magnitude 5.1 on Tuesday morning.",
        "According to the Meteorological Agency it struck near Sapporo at 06:42, at a depth of 18 kilometres.",
    )
)


@pytest.mark.parametrize(("minutes", "joins"), [(0, True), (9, True), (11, False)])
async def test_a_whole_text_shows_soon_that_another_source_tells_the_same(
    office: Office, minutes: int, *, joins: bool
) -> None:
    await office.follow("100", Everything())
    (first,) = await office.publish(QUAKE, source=await office.other_source())
    assert await office.leaving() == [(DeliveryKind.HEADLINE, first)]
    (second,) = await office.publish(teaser("Japan: earthquake of magnitude 5.1 shakes Sapporo"))
    office.clock.pass_on(60 * minutes)
    office.pages.pages[LINK] = WHOLE_QUAKE
    await office.complete_all()
    assert (await office.story(second)).id == (first if joins else second)
    if joins:
        assert (DeliveryKind.HEADLINE, second) not in await office.leaving()
        assert len((await office.story(first)).told) == 2


async def test_a_whole_text_about_something_else_stays_a_story_of_its_own(office: Office) -> None:
    await office.publish(QUAKE, source=await office.other_source())
    (second,) = await office.publish(teaser("Japan: another earthquake shakes Sapporo"))
    office.pages.pages[LINK] = PageText(
        paragraphs=("An earthquake of magnitude 4.3 struck near Sapporo on Thursday at 11:20. It broke some windows.",)
    )
    await office.complete_all()
    assert (await office.story(second)).id == second


@pytest.mark.parametrize("back_s", [3600, 86400])
async def test_a_clock_set_back_keeps_no_page_waiting(office: Office, back_s: int) -> None:
    await office.publish(teaser())
    office.clock.pass_on(-back_s)
    async with running(office):
        await until(lambda: office.pages.asked == [LINK])
    assert office.events.warnings == [("the clock was set back", {"pages": 1})]
