"""Feeds are read when due; a failing one is told why and never given up."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.article import Draft
from bot.domain.delivery import Sent
from bot.domain.digest import Digest
from bot.domain.errors import SourceExistsError
from bot.domain.source import Move, Source, Validators
from bot.domain.story import Story
from bot.domain.subscription import Everything
from bot.ports.reading import Reading, ReadingError, Unchanged
from bot.services.read_sources import SourceReader
from bot.services.shown import Shown, shown_by
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.builders import draft, new_channel, new_source, receipt
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds

ADDRESS = "https://wire.example/feed"
OTHER = "https://other.example/feed"


class Desk:
    """A reader of sources with what it works on."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database, self.clock = database, clock
        self.topics = topics
        self.feeds, self.events = FakeFeeds(), FakeEvents()
        self.reader = self.started_again()

    def says(self, *titles: str, validators: Validators | None = None) -> None:
        self.feeds.pages[ADDRESS] = replace(self.saying(*titles), validators=validators or Validators(etag='"1"'))

    def saying(self, *titles: str) -> Reading:
        drafts = tuple(draft(title, guid=title) for title in titles)
        return Reading(title="The Wire", drafts=drafts)

    def fails(self, kind: str = "status", retry_after: timedelta | None = None) -> None:
        self.feeds.pages[ADDRESS] = ReadingError("The server said no.", kind=kind, retry_after=retry_after)

    async def promised(self) -> int:
        async with self.database.reading() as look:
            return sum((await look.deliveries.counts()).values())

    async def leaving(self) -> list[str]:
        """All that is to be sent, in the order in which one channel gets it; it is sent."""
        told = []
        while claims := await stored.claimed(self.database, now=self.clock.now()):
            async with self.database.reading() as look:
                shown = await shown_by(look, claims)
            told += [_in_short(shown[claim.id]) for claim in claims]
            await stored.settled(self.database, *((claim, Sent(receipt=receipt())) for claim in claims))
        return told

    def started_again(self) -> SourceReader:
        """A reader of sources in a new process."""
        return SourceReader(self.database, self.feeds, self.topics, self.clock, self.events, refresh_delay=timedelta(0))

    async def source(self) -> Source:
        async with self.database.reading() as look:
            found = await look.sources.at(ADDRESS)
        assert found
        return found


def _in_short(shown: Shown) -> str:
    assert isinstance(shown, Digest | Story)
    return f"{shown.count} from {shown.source}" if isinstance(shown, Digest) else shown.title


@pytest.fixture
async def desk(database: Database, topics: Topics, clock: HeldClock) -> Desk:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel(), now=clock.now())
        await work.subscriptions.add(channel.id, Everything(), now=clock.now())
        await work.commit()
    return Desk(database, topics, clock)


async def test_adding_a_feed_announces_its_newest_article_and_stores_the_rest(desk: Desk) -> None:
    desk.says("New", "Old", "Older")
    added = await desk.reader.add(ADDRESS)
    assert added.source.title == "The Wire"
    assert len(added.published.new) == 3
    assert await desk.promised() == 1


async def test_a_feed_that_names_no_language_has_that_of_its_articles(desk: Desk) -> None:
    desk.says("Der Hafen ist nach dem Sturm und den Fluten wieder offen")
    added = await desk.reader.add(ADDRESS)
    assert added.published is not None
    assert (await desk.source()).language == "de"


async def test_a_feed_that_cannot_be_read_is_not_added(desk: Desk) -> None:
    desk.fails("not_a_feed")
    with pytest.raises(ReadingError, match="said no"):
        await desk.reader.add(ADDRESS)
    async with desk.database.reading() as look:
        assert await look.sources.all() == []


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
@pytest.mark.parametrize("is_failing", [False, True])
async def test_a_clock_set_back_keeps_no_source_waiting_longer(
    desk: Desk, back: timedelta, *, is_failing: bool
) -> None:
    desk.says("Old")
    await desk.reader.add(ADDRESS, interval_s=600)
    await desk.reader.read_due()
    desk.clock.pass_on(1200)
    if is_failing:
        desk.fails()
    assert await desk.reader.read_due() == 1
    desk.clock.pass_on(-back.total_seconds())
    assert await desk.reader.read_due() == 0
    desk.says("New", "Old")
    desk.clock.pass_on(1201)
    assert await desk.reader.read_due() == 1
    assert await desk.promised() == 2


async def test_a_clock_that_was_set_back_while_we_were_away_keeps_no_source_waiting_longer(desk: Desk) -> None:
    desk.says("Old")
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.clock.pass_on(-86400)
    reader = desk.started_again()
    assert await reader.read_due() == 0
    desk.clock.pass_on(901)
    assert await reader.read_due() == 1
    assert desk.events.warnings == [("the clock was set back", {"sources": 1})]


async def test_a_feed_is_added_once(desk: Desk) -> None:
    desk.says("New")
    await desk.reader.add(ADDRESS)
    with pytest.raises(SourceExistsError, match="already being read"):
        await desk.reader.add(ADDRESS)


async def test_new_entries_are_promised_when_the_feed_is_due_and_not_before(desk: Desk) -> None:
    desk.says("One")
    due = (await desk.reader.add(ADDRESS, interval_s=600)).source.next_read_at
    assert due is not None
    wait = (due - desk.clock.now()).total_seconds()
    assert 300 <= wait <= 900
    desk.says("Two", "One")
    desk.clock.pass_on(wait - 1)
    assert await desk.reader.read_due() == 0
    desk.clock.pass_on(1)
    assert await desk.reader.read_due() == 1
    assert await desk.promised() == 2
    assert (await desk.source()).next_read_at == due + timedelta(minutes=10), "from then on as often as asked"


async def test_the_server_is_asked_with_what_it_gave_us_last_time(desk: Desk) -> None:
    desk.says("One", validators=Validators(etag='"abc"'))
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.feeds.pages[ADDRESS] = Unchanged()
    for _ in range(2):
        desk.clock.pass_on(900)
        await desk.reader.read_due()
    assert [validators.etag for _, validators in desk.feeds.asked] == [None, '"abc"', '"abc"']


async def test_the_same_document_again_brings_what_to_ask_with_next_and_counts_where_it_was_sent_from(
    desk: Desk,
) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=600)
    left = Validators(etag='"2"', digest="d", rest=timedelta(hours=2))
    since = desk.clock.now() + timedelta(seconds=900)
    for answers, unchanged in (
        (1, Unchanged(validators=left, moved_to=OTHER)),
        (2, Unchanged(validators=left, moved_to=OTHER)),
        (2, Unchanged()),  # which says nothing of where the document is
    ):
        desk.feeds.pages[ADDRESS] = unchanged
        desk.clock.pass_on(900)
        await desk.reader.read_due()
        source = await desk.source()
        assert (source.validators, source.move) == (left, Move(address=OTHER, since=since, answers=answers))


async def test_a_failure_is_kept_with_its_reason_waits_longer_each_time_and_is_forgotten_when_over(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=600)
    desk.fails()
    desk.clock.pass_on(900)
    await desk.reader.read_due()
    failed = await desk.source()
    assert failed.trouble
    assert failed.trouble.message == "The server said no."
    assert failed.failing_since == desk.clock.now()
    assert failed.next_read_at
    assert failed.next_read_at - desk.clock.now() > timedelta(seconds=900)
    desk.clock.pass_on(1200)
    desk.says("Two", "One")
    await desk.reader.read_due()
    healed = await desk.source()
    assert (healed.trouble, healed.failures, healed.failing_since) == (None, 0, None)
    assert await desk.promised() == 2


async def test_the_server_s_own_wait_is_respected(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.fails(retry_after=timedelta(hours=3))
    desk.clock.pass_on(90)
    await desk.reader.read_due()
    assert (await desk.source()).next_read_at == desk.clock.now() + timedelta(hours=3)


async def test_the_feeds_own_wait_is_respected_unless_a_person_chose_another(desk: Desk) -> None:
    desk.says("One")
    desk.feeds.pages[ADDRESS] = replace(desk.saying("One"), ttl=timedelta(hours=3))
    paced = (await desk.reader.add(ADDRESS)).source
    assert paced.next_read_at is not None
    assert paced.next_read_at >= desk.clock.now() + timedelta(hours=3)
    desk.feeds.pages[OTHER] = desk.feeds.pages[ADDRESS]
    chosen = (await desk.reader.add(OTHER, interval_s=10)).source
    assert chosen.next_read_at is not None
    assert chosen.next_read_at <= desk.clock.now() + timedelta(seconds=15)


async def test_a_source_that_falls_asleep_is_read_less_and_less_and_more_when_it_wakes(desk: Desk) -> None:
    desk.says("One")
    intervals = [(await desk.reader.add(ADDRESS)).source.interval_s]
    desk.feeds.pages[ADDRESS] = Unchanged()
    for _ in range(8):
        desk.clock.pass_on(86_400)
        await desk.reader.read_due()
        intervals.append((await desk.source()).interval_s)
    assert intervals == sorted(intervals)
    assert (intervals[0], intervals[-1]) == (300, 43_200)
    desk.says(*(f"Title {n}" for n in range(20)), "One")
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    assert (await desk.source()).interval_s == 300


async def test_a_document_without_anything_known_halves_the_interval(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS)
    desk.feeds.pages[ADDRESS] = Unchanged()
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    before = (await desk.source()).interval_s
    desk.says("Two", "Three")
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    assert (await desk.source()).interval_s <= before / 2


async def test_a_source_that_failed_for_a_day_is_told_once_and_again_after_it_was_well(desk: Desk) -> None:
    address = "https://wire.example/feed?key=s3cret"
    desk.feeds.pages[address] = desk.saying("One")
    await desk.reader.add(address, interval_s=3600)
    for _ in range(2):
        desk.feeds.pages[address] = ReadingError("The server said no.", kind="status")
        for told_before in (True, False):
            desk.clock.pass_on(86_400 / 2 if told_before else 86_400)
            for _ in range(3):
                desk.clock.pass_on(60_000)
                await desk.reader.read_due()
        desk.feeds.pages[address] = desk.saying("One")
        desk.clock.pass_on(86_400)
        await desk.reader.read_due()
    assert [event for event, _ in desk.events.warnings] == ["source has failed for a day"] * 2
    fields = desk.events.warnings[0][1]
    assert fields["address"] == "https://wire.example/feed?key=…"
    assert fields["reason"] == "The server said no."
    assert "s3cret" not in str(desk.events.warnings)


async def test_what_is_refused_as_known_shows_no_key(desk: Desk) -> None:
    address = "https://wire.example/feed?key=s3cret"
    desk.feeds.pages[address] = desk.saying("One")
    await desk.reader.add(address)
    with pytest.raises(SourceExistsError, match="already being read") as refused:
        await desk.reader.add(address)
    assert "s3cret" not in str(refused.value)


async def test_a_slow_source_holds_up_no_other_and_is_counted_when_it_ends(desk: Desk) -> None:
    for address in (ADDRESS, OTHER):
        desk.feeds.pages[address] = desk.saying("One")
        await desk.reader.add(address, interval_s=60)
    desk.feeds.pages[OTHER] = desk.saying("Two", "One")
    go_on = desk.feeds.hold(ADDRESS)
    for round_ in range(3):
        desk.clock.pass_on(90)
        assert await desk.reader.read_due() == 1, round_
    assert await desk.promised() == 3
    go_on.set()
    assert await desk.reader.read_due() == 1


async def test_sixteen_that_hang_hold_nobody_up_for_more_than_half_a_second(desk: Desk) -> None:
    hanging = [f"https://{number}.example/feed" for number in range(16)]
    for address in (*hanging, OTHER):
        desk.feeds.pages[address] = desk.saying("One")
        await desk.reader.add(address, interval_s=60)
    held = [desk.feeds.hold(address) for address in hanging]
    desk.clock.pass_on(90)
    async with desk.database.writing() as work:
        other = await work.sources.at(OTHER)
        assert other
        await work.sources.save(replace(other, next_read_at=desk.clock.now()))  # the last one due
        await work.commit()
    assert await desk.reader.read_due() == 0
    desk.clock.pass_on(0.5)
    assert await desk.reader.read_due() == 1
    assert desk.feeds.asked[-1][0] == OTHER
    for go_on in held:
        go_on.set()


async def test_however_many_hang_that_failed_before_what_was_well_is_read_at_once(desk: Desk) -> None:
    failing = [f"https://{number}.example/feed" for number in range(60)]
    async with desk.database.writing() as work:
        for address in failing:
            source = await work.sources.add(new_source(address), now=desk.clock.now() - timedelta(hours=1))
            await work.sources.save(replace(source, failures=1))
        await work.commit()
    for address in failing:
        desk.feeds.hold(address)
    for begun in (12, 24, 36, 48, 48):
        assert await desk.reader.read_due() == 0
        assert len(desk.feeds.asked) == begun
        desk.clock.pass_on(0.5)
    for address in (ADDRESS, OTHER):
        desk.feeds.pages[address] = desk.saying("One")
        await desk.reader.add(address, interval_s=10)
    desk.clock.pass_on(15)
    assert await desk.reader.read_due() == 2
    await desk.reader.close()


async def test_two_sources_of_one_host_are_read_one_after_the_other(desk: Desk) -> None:
    addresses = [f"https://Wire.example/{number}" for number in range(5)]
    for address in addresses:
        desk.feeds.pages[address] = desk.saying(address)
        await desk.reader.add(address, interval_s=60)
    desk.clock.pass_on(90)
    assert await desk.reader.read_due() == 5
    assert desk.feeds.most_at_once == 1


async def test_closing_gives_up_what_is_being_read(desk: Desk) -> None:
    desk.says("One")
    before = (await desk.reader.add(ADDRESS, interval_s=60)).source
    desk.feeds.hold(ADDRESS)
    desk.clock.pass_on(90)
    assert await desk.reader.read_due() == 0
    await desk.reader.close()
    assert await desk.source() == before


async def test_an_error_of_ours_is_told_and_holds_up_neither_its_source_nor_others(desk: Desk) -> None:
    desk.says("One")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.feeds.pages[ADDRESS] = RuntimeError("odd")
    desk.clock.pass_on(90)
    assert await desk.reader.read_due() == 1
    failed = await desk.source()
    assert failed.trouble
    assert failed.trouble.kind == "internal"
    assert failed.next_read_at
    assert failed.next_read_at > desk.clock.now()
    assert [str(error) for _, error in desk.events.troubles] == ["odd"]


def _odd(title: str) -> Draft:
    """What no parser makes: a time without a zone."""
    return replace(draft(title, guid=title), published_at=datetime(2026, 1, 5, 12))  # noqa: DTZ001  # the fault


async def test_an_article_that_brings_an_error_to_light_holds_up_no_other_and_is_given_up_after_five_tries(
    desk: Desk,
) -> None:
    desk.says("Old")
    await desk.reader.add(ADDRESS, interval_s=60)
    new = desk.saying("Newest", "New", "Old")
    odd = replace(new, drafts=(new.drafts[0], _odd("Odd"), *new.drafts[1:]), validators=Validators(etag='"2"'))
    desk.feeds.pages[ADDRESS] = odd
    for _ in range(7):
        desk.clock.pass_on(120)
        assert await desk.reader.read_due() == 1
    assert await desk.leaving() == ["Old", "New", "Newest"]
    assert (await desk.source()).trouble is None
    assert len(desk.events.troubles) == 5
    assert [asked.etag for _, asked in desk.feeds.asked[1:]] == ['"1"'] * 6 + ['"2"'], (
        "it is read anew while it is tried"
    )
    desk.feeds.pages[ADDRESS] = replace(odd, drafts=(draft("Odd", guid="Odd"), *odd.drafts))
    desk.clock.pass_on(120)
    await desk.reader.read_due()
    assert await desk.leaving() == ["Odd"], "corrected, it is another one"


async def test_where_nothing_at_all_can_be_taken_in_no_article_is_to_blame(desk: Desk) -> None:
    desk.says("Old")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.feeds.pages[ADDRESS] = replace(desk.saying(), drafts=tuple(_odd(f"Odd {number}") for number in range(20)))
    desk.clock.pass_on(120)
    await desk.reader.read_due()
    failed = await desk.source()
    assert failed.trouble
    assert failed.trouble.kind == "internal"


async def test_a_permanent_redirect_is_followed_for_good_after_ten_answers_in_a_week(desk: Desk) -> None:
    desk.says("One")
    before = (await desk.reader.add(ADDRESS, interval_s=60)).source
    desk.feeds.pages[ADDRESS] = replace(desk.saying("One"), moved_to=OTHER)
    for _ in range(9):
        desk.clock.pass_on(86_400)
        await desk.reader.read_due()
    assert (await desk.source()).move == Move(address=OTHER, since=before.added_at + timedelta(days=1), answers=9)
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    async with desk.database.reading() as look:
        moved = await look.sources.find(before.id)
    assert moved
    assert (moved.address, moved.move) == (OTHER, None)
    assert desk.events.notes == [("source moved", {"source": before.id, "old": ADDRESS, "new": OTHER})]


async def test_a_redirect_to_what_is_read_already_is_followed_and_not_taken_over(desk: Desk) -> None:
    desk.says("One")
    desk.feeds.pages[OTHER] = desk.saying("One")
    for address in (ADDRESS, OTHER):
        await desk.reader.add(address, interval_s=60)
    desk.feeds.pages[ADDRESS] = replace(desk.saying("One"), moved_to=OTHER)
    for _ in range(12):
        desk.clock.pass_on(86_400)
        await desk.reader.read_due()
    assert (await desk.source()).address == ADDRESS


async def test_a_first_fetch_announces_nothing_where_that_is_wished(desk: Desk) -> None:
    desk.says("Second", "First")
    added = await desk.reader.add(ADDRESS, announce=0)
    assert (len(added.published.new), await desk.promised()) == (2, 0)


async def test_after_a_long_silence_ten_are_posts_and_the_rest_is_told_in_one(desk: Desk) -> None:
    desk.says("First")
    await desk.reader.add(ADDRESS, interval_s=60)
    desk.says(*(f"Title {n}" for n in range(30)), "First")
    desk.clock.pass_on(86_400)
    await desk.reader.read_due()
    assert await desk.leaving() == ["First", *(f"Title {n}" for n in reversed(range(10))), "20 from The Wire"]


async def test_a_source_that_was_paused_for_two_weeks_catches_up(desk: Desk) -> None:
    desk.says("First")
    source = (await desk.reader.add(ADDRESS, interval_s=3600)).source
    await desk.leaving()
    async with desk.database.writing() as work:
        await work.sources.pause(source.id)
        await work.commit()
    desk.clock.pass_on(14 * 86_400)
    desk.says(*(f"Title {n}" for n in range(12)), "First")
    assert await desk.reader.read_due() == 0
    async with desk.database.writing() as work:
        await work.sources.resume(source.id, now=desk.clock.now())
        await work.commit()
    await desk.reader.read_due()
    assert await desk.leaving() == [*(f"Title {n}" for n in reversed(range(10))), "2 from The Wire"]


async def test_a_burst_between_two_readings_on_time_is_news_and_all_of_it_is_posted(desk: Desk) -> None:
    desk.says("First")
    await desk.reader.add(ADDRESS, interval_s=300)
    desk.says(*(f"Title {n}" for n in range(40)), "First")
    desk.clock.pass_on(450)
    await desk.reader.read_due()
    assert len(await desk.leaving()) == 41


async def test_a_burst_beyond_fifty_is_told_in_one(desk: Desk) -> None:
    desk.says("First")
    await desk.reader.add(ADDRESS, interval_s=300)
    desk.says(*(f"Title {n}" for n in range(53)), "First")
    desk.clock.pass_on(450)
    await desk.reader.read_due()
    assert (await desk.leaving())[-1] == "3 from The Wire"
    assert await desk.promised() == 52


async def test_what_came_while_the_bot_was_down_is_a_gap_however_short(desk: Desk) -> None:
    desk.says("First")
    await desk.reader.add(ADDRESS, interval_s=300)
    desk.says(*(f"Title {n}" for n in range(12)), "First")
    desk.clock.pass_on(450)
    await desk.started_again().read_due()
    assert (await desk.leaving())[-1] == "2 from The Wire"
