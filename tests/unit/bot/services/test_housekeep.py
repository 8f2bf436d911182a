"""What is old goes by itself, and never comes back as news."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.domain.article import Draft
from bot.domain.errors import UnknownStoryError
from bot.domain.keeping import Leftover
from bot.messages.action import Verb
from bot.messages.exchange import Toast
from bot.services.housekeep import Housekeeper
from bot.services.publish import Published, publish
from bot.services.read_story import story_numbered
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.builders import draft
from tests.fakes.clocks import HastyClock
from tests.fakes.events import FakeEvents
from tests.newsroom import Newsroom

DAY_S = 86_400.0
_THREE_HOURS_S = 3 * 3600.0
QUARTER = timedelta(days=90)
FEED = (
    draft("Harbour reopens", "It was closed for a week.", guid="1", link="https://wire.example/1"),
    draft("Bridge closed", "Until May.", link="https://wire.example/2"),
    draft("Choir sings", "In the old port."),
)


class Office:
    """A source that is read, a housekeeper, and a clock that flies."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self.database = database
        self.clock = HastyClock()
        self.events = FakeEvents()
        self.keeper = Housekeeper(database, self.clock, self.events, keep_articles=QUARTER)
        self._topics = topics

    async def reads(self, *drafts: Draft) -> Published:
        async with self.database.writing() as work:
            source = await stored.source_at(work)
            longest = max(source.entries, len(drafts))
            await work.sources.save(replace(source, entries=longest))
            now, delay = self.clock.now(), timedelta(0)
            published = await publish(work, self._topics, source, drafts, now=now, announce=10, refresh_delay=delay)
            await work.commit()
        return published


@pytest.fixture
def office(database: Database, topics: Topics) -> Office:
    return Office(database, topics)


async def test_stories_stay_for_as_long_as_is_set_and_then_go(office: Office) -> None:
    told = await office.reads(*FEED)
    office.clock.pass_on(90 * DAY_S)
    assert (await office.keeper.tidy())["stories"] == 0
    office.clock.pass_on(1)
    assert (await office.keeper.tidy())["stories"] == len(told.new)
    assert not any((await office.keeper.tidy()).values())


@pytest.mark.parametrize("days", [91, 179, 400, 4_000])
async def test_what_a_feed_still_lists_is_no_news_however_old_it_is(office: Office, days: int) -> None:
    await office.reads(*FEED)
    office.clock.pass_on(days * DAY_S)
    await office.keeper.tidy()
    again = await office.reads(*FEED)
    assert (again.new, again.corrected, again.known) == ((), (), len(FEED))


async def test_a_new_title_or_text_of_what_is_gone_is_no_news_and_no_correction(office: Office) -> None:
    await office.reads(*FEED)
    office.clock.pass_on(100 * DAY_S)
    await office.keeper.tidy()
    again = await office.reads(replace(FEED[0], paragraphs=("All of it is new.",)), replace(FEED[1], guid="2"))
    assert (again.new, again.corrected) == ((), ())
    moved = await office.reads(replace(FEED[1], guid="2", link="https://wire.example/other", title="Bridge is closed"))
    assert moved.new == (), "it was learnt meanwhile"


async def test_signs_of_what_a_feed_lists_no_more_go_after_half_a_year(office: Office) -> None:
    await office.reads(FEED[0])
    for number in range(12):
        await office.reads(draft(f"Other news {number}", "Another text.", guid=f"n{number}"))
    office.clock.pass_on(179 * DAY_S)
    assert (await office.keeper.tidy())["signs"] == 0
    office.clock.pass_on(2 * DAY_S)
    assert (await office.keeper.tidy())["signs"] == 3, "all but ten times the one entry that it lists"
    assert len((await office.reads(FEED[0])).new) == 1


async def test_requests_go_after_a_month(office: Office) -> None:
    async with office.database.writing() as work:
        await work.requests.is_first("telegram", "1", now=office.clock.now())
        await work.commit()
    office.clock.pass_on(31 * DAY_S)
    cleared = await office.keeper.tidy()
    assert {name: count for name, count in cleared.items() if count} == {"requests": 1}
    assert set(cleared) >= {f"{leftover}s" for leftover in Leftover}


async def test_others_may_write_between_two_batches(office: Office) -> None:
    for number in range(25):
        await office.reads(draft(f"Story {number}", f"Text number {number}.", guid=str(number)))
    office.clock.pass_on(91 * DAY_S)
    office.clock.slept.clear()
    assert (await office.keeper.tidy())["stories"] == 25
    assert office.clock.slept == [pytest.approx(0.2)] * 5


async def test_it_tidies_up_every_hour_and_shows_that_it_lives(office: Office) -> None:
    await office.reads(*FEED)
    office.clock.pass_on(91 * DAY_S)
    beats: list[float] = []
    passed = asyncio.Event()

    def beat(trouble: str | None = None) -> None:
        assert trouble is None
        beats.append(office.clock.monotonic())
        if beats[-1] - beats[0] > _THREE_HOURS_S:
            passed.set()

    running = asyncio.create_task(office.keeper.run(beat))
    await passed.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert max(later - sooner for sooner, later in pairwise(beats)) <= 120, "as a loop that is watched has to"
    assert [event for event, _ in office.events.notes] == ["tidied up"], "and says so when there was something"


async def test_a_button_of_long_ago_gets_a_friendly_answer(newsroom: Newsroom) -> None:
    async with newsroom.database.writing() as work:
        await work.attic.clear(await work.attic.old_stories(newsroom.clock.now() + QUARTER, limit=1))
        await work.commit()
    with pytest.raises(UnknownStoryError, match="Story 1 is no longer here: old stories are deleted"):
        await story_numbered(newsroom.database, 1)
    answer = await newsroom.press(Verb.READ, 1)
    assert isinstance(answer, Toast)
    assert "no longer here" in answer.text
