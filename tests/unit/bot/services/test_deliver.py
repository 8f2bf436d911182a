"""The outbox is kept: each outcome leads where it should, and a dead process's sends are decided about."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.channel import Prefers
from bot.domain.delivery import Buried, DeliveryState, RateLimit, Receipt, Settled
from bot.domain.lease import Lease
from bot.domain.subscription import Everything
from bot.messages.limits import IN_FLIGHT
from bot.ports.platform import (
    ChannelLostError,
    PostRefusedError,
    SendError,
    TryLaterError,
    UncertainError,
)
from bot.ports.storage import Reading, UnitOfWork
from bot.services.deliver import LEASE, Deliverer
from bot.services.patience import Patience
from bot.services.publish import publish
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.builders import channel_ref, draft, new_channel, new_source, opinion
from tests.fakes.beats import FakeBeats
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.platform import FakePlatform


def failing(*errors: BaseException) -> Callable[[], None]:
    """Raise each error once, then none."""
    waiting = list(errors)

    def trouble() -> None:
        if waiting:
            raise waiting.pop(0)

    return trouble


class Storage:
    """A database that is gone when it is told to be: for one write, until it is back, or at the next COMMIT, whose
    answer is lost.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fails = False
        self._loses_answer = False
        self.is_gone = False
        self.on_reading: Callable[[], None] = lambda: None
        self.close = database.close

    def fail_once(self) -> None:
        self._fails = True

    def lose_answer(self) -> None:
        self._loses_answer = True

    def go(self) -> None:
        self.is_gone = True

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        if self.is_gone:
            raise ConnectionResetError("the database is gone")
        self.on_reading()
        return self._database.reading()

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        if self._fails or self.is_gone:
            self._fails = False
            raise ConnectionResetError("the database is gone")
        return self._unanswered() if self._loses_answer else self._database.writing()

    @asynccontextmanager
    async def _unanswered(self) -> AsyncIterator[UnitOfWork]:
        async with self._database.writing() as work:
            commit = work.commit

            async def commit_unheard() -> None:
                await commit()
                self._loses_answer = False
                raise ConnectionResetError("the connection was cut before the answer")

            work.commit = commit_unheard  # type: ignore[method-assign]  # all else of it is real
            yield work


class Outbox:
    """A deliverer with what it works on."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database, self.topics, self.clock = database, topics, clock
        self.platform = FakePlatform()
        self.events = FakeEvents()
        self.storage = Storage(database)
        self.deliverer = self.another()

    def another(self, patience: Patience | None = None) -> Deliverer:
        platforms = {self.platform.name: self.platform}
        return Deliverer(self.storage, platforms, self.clock, self.events, patience=patience)

    async def passes_until(self, holds: Callable[[], bool]) -> None:
        """Time passes until it holds."""
        async with asyncio.timeout(20):
            while not holds():
                self.clock.pass_on(0.1)
                await asyncio.sleep(0)

    async def promise(self, *titles: str, places: tuple[str, ...] = ("100",), announce: int = 100) -> list[StoryId]:
        async with self.database.writing() as work:
            for place in places:
                channel = await work.channels.meet(new_channel(place), now=self.clock.now())
                await work.subscriptions.add(channel.id, Everything(), now=self.clock.now())
            source = await work.sources.at("https://wire.example/feed") or await work.sources.add(
                new_source(), now=self.clock.now()
            )
            published = await publish(
                work,
                self.topics,
                source,
                [draft(title, guid=title) for title in reversed(titles)],
                now=self.clock.now(),
                announce=announce,
                rest_since=self.clock.now() - timedelta(days=1),
                refresh_delay=timedelta(0),
            )
            await work.commit()
        return list(published.new)

    async def lease(self) -> Lease:
        return await stored.leased(self.database, self.platform.name)

    async def connect(self) -> int:
        return await self.deliverer.connect(self.platform.name, await self.lease())

    async def counts(self) -> dict[DeliveryState, int]:
        async with self.database.reading() as look:
            return {state: number for state, number in (await look.deliveries.counts()).items() if number}

    async def refresh(self, story_id: StoryId) -> None:
        async with self.database.writing() as work:
            await work.opinions.save(opinion(story_id, words="So it is."))
            await work.deliveries.refresh(story_id, due=self.clock.now())
            await work.commit()

    async def spoil(self, story_id: StoryId) -> None:
        """Nobody can read the story any more."""
        async with self.database.changing() as connection:
            await connection.exec_driver_sql(
                "UPDATE articles SET first_seen_at = 'never' WHERE story_id = ?", (story_id,)
            )
            await connection.commit()

    async def prefer(self, prefers: Prefers) -> None:
        """What every channel wants of posts of unknown outcome."""
        async with self.database.changing() as connection:
            await connection.exec_driver_sql("UPDATE channels SET prefers = ?", (prefers.value,))
            await connection.commit()

    async def settle_down(self, sent: int) -> None:
        """Let time pass until so many posts were sent, and known to be."""
        while (await self.counts()).get(DeliveryState.SENT) != sent:
            self.clock.pass_on(1.0)

    async def die_while_sending(self) -> None:
        """Claim as a process that then is killed."""
        async with self.database.writing() as work:
            await work.deliveries.claim(
                [self.platform.name], holder="dead", limit=10, now=self.clock.now(), lease=timedelta(seconds=90)
            )
            await work.commit()


@pytest.fixture
def outbox(database: Database, topics: Topics, clock: HeldClock) -> Outbox:
    return Outbox(database, topics, clock)


async def test_stories_leave_in_order_one_at_a_time_in_a_channel(outbox: Outbox) -> None:
    await outbox.promise("One", "Two", "Three")
    await outbox.connect()
    while await outbox.deliverer.deliver_due():
        pass
    assert outbox.platform.titles == ["One", "Two", "Three"]
    assert outbox.platform.most_in_flight == 1
    assert await outbox.counts() == {DeliveryState.SENT: 3}


async def test_channels_are_served_at_the_same_time(outbox: Outbox) -> None:
    await outbox.promise("One", places=tuple(str(n) for n in range(20)))
    await outbox.connect()
    outbox.platform.gate.clear()
    sending = asyncio.create_task(outbox.deliverer.deliver_due())
    await outbox.platform.flying(20)
    outbox.platform.gate.set()
    assert await sending == 20


async def test_nothing_is_claimed_for_a_platform_that_is_not_connected(outbox: Outbox) -> None:
    await outbox.promise("One")
    assert await outbox.deliverer.deliver_due() == 0
    assert await outbox.counts() == {DeliveryState.PENDING: 1}


async def test_a_pause_that_the_platform_asked_for_is_kept_by_whoever_sends_next(outbox: Outbox) -> None:
    await outbox.connect()
    await outbox.promise("Ferries return", places=("100", "200"))
    outbox.platform.trouble_at[channel_ref("200")] = failing(
        TryLaterError("asked for a pause", wait_s=30, limit=RateLimit.ASKED)
    )
    await outbox.deliverer.deliver_due()
    assert outbox.platform.left_alone == {}
    outbox.clock.pass_on(10)
    await outbox.another().connect(outbox.platform.name, await outbox.lease())
    assert outbox.platform.left_alone == {channel_ref("200"): 20}


async def test_a_rate_limit_puts_it_back_for_exactly_as_long_as_asked(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(TryLaterError("slow down", wait_s=7.5))
    await outbox.deliverer.deliver_due()
    outbox.clock.pass_on(7.4)
    assert await outbox.deliverer.deliver_due() == 0
    outbox.clock.pass_on(0.1)
    assert await outbox.deliverer.deliver_due() == 1
    assert outbox.platform.titles == ["One"]


async def test_what_it_waits_for_is_remembered(outbox: Outbox) -> None:
    (story_id,) = await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(TryLaterError("asked for a pause", wait_s=7.5, limit=RateLimit.ASKED))
    await outbox.deliverer.deliver_due()
    async with outbox.database.reading() as look:
        channel = await look.channels.find(channel_ref())
        assert channel
        now = outbox.clock.now()
        [attempt] = await look.deliveries.attempts(channel.id, since=now, until=now)
        [trace] = await look.deliveries.traces(channel.id, story_id)
    assert (attempt.delivery_id, attempt.limit, attempt.reason) == (trace.id, RateLimit.ASKED, "asked for a pause")
    assert attempt.again_at == now + timedelta(seconds=7.5)


async def test_a_lost_channel_is_paused_with_all_that_waits_for_it_and_goes_on_when_let_in(outbox: Outbox) -> None:
    await outbox.promise("One", "Two")
    await outbox.connect()
    outbox.platform.trouble = failing(ChannelLostError("the bot was kicked"))
    await outbox.deliverer.deliver_due()
    assert await outbox.deliverer.deliver_due() == 0
    async with outbox.database.writing() as work:
        channel = await work.channels.find(channel_ref())
        assert channel
        assert channel.paused_because == "the bot was kicked"
        assert await work.channels.resume(channel.id, now=outbox.clock.now())
        await work.commit()
    while await outbox.deliverer.deliver_due():
        pass
    assert outbox.platform.titles == ["One", "Two"]


async def test_a_channel_that_moved_gets_its_post_once_at_its_new_place(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(ChannelLostError("it is a supergroup now", moved_to=channel_ref("-200")))
    await outbox.deliverer.deliver_due()
    await outbox.deliverer.deliver_due()
    assert [to.id for to, _, _ in outbox.platform.sent] == ["-200"]


async def test_a_refused_post_is_buried_and_the_next_one_goes_out(outbox: Outbox) -> None:
    await outbox.promise("One", "Two")
    await outbox.connect()
    outbox.platform.trouble = failing(PostRefusedError("harmful link"))
    while await outbox.deliverer.deliver_due():
        pass
    assert outbox.platform.titles == ["Two"]
    assert await outbox.counts() == {DeliveryState.BURIED: 1, DeliveryState.SENT: 1}


async def test_where_a_repeat_is_recognised_an_unknown_outcome_is_repeated_with_the_same_key(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.connect()
    keys: list[str] = []
    sent = outbox.platform.send

    async def lose_three_answers(to: object, post: object, *, once: str) -> Receipt:
        keys.append(once)
        if len(keys) <= 3:
            raise UncertainError("connection reset")
        return await sent(to, post, once=once)  # type: ignore[arg-type]  # passed on as they came

    outbox.platform.send = lose_three_answers  # type: ignore[method-assign]  # a fake of a fake
    for _ in range(4):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(1)
    assert len(set(keys)) == 1
    assert await outbox.counts() == {DeliveryState.SENT: 1}


async def test_elsewhere_an_unknown_outcome_is_repeated_once_and_then_left_to_a_person(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(*[UncertainError("timed out") for _ in range(9)])
    for _ in range(5):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(60)
    assert await outbox.counts() == {DeliveryState.PARKED: 1}


async def test_a_send_that_breaks_on_our_side_may_have_arrived_and_is_repeated_once(outbox: Outbox) -> None:
    await outbox.promise("One", places=("1", "2"))
    await outbox.connect()
    outbox.platform.trouble = failing(*[ZeroDivisionError() for _ in range(10)])
    for _ in range(6):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(64)
    assert await outbox.counts() == {DeliveryState.PARKED: 2}


async def test_an_edit_that_breaks_on_our_side_is_given_up_after_five_tries_and_holds_up_nobody(
    outbox: Outbox,
) -> None:
    (story_id,) = await outbox.promise("One", places=("1", "2"))
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    await outbox.refresh(story_id)
    outbox.platform.trouble = failing(*[ZeroDivisionError() for _ in range(10)])
    for _ in range(6):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(64)
    assert (await outbox.counts())[DeliveryState.BURIED] == 2
    assert outbox.events.troubles


@pytest.mark.parametrize(("repeat_safe_s", "copies"), [(60.0, 1), (0.0, 1)])
async def test_what_a_dead_process_was_sending_is_sent_again_once(
    outbox: Outbox, repeat_safe_s: float, copies: int
) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=repeat_safe_s)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    assert await outbox.connect() == 1
    outbox.clock.pass_on(1)
    await outbox.deliverer.deliver_due()
    assert outbox.platform.titles == ["One"] * copies


async def test_a_process_that_dies_twice_on_the_same_send_leaves_it_to_a_person(outbox: Outbox) -> None:
    await outbox.promise("One")
    for _ in range(2):
        await outbox.die_while_sending()
        await outbox.connect()
        outbox.clock.pass_on(1)
    assert await outbox.counts() == {DeliveryState.PARKED: 1}


async def test_our_own_sends_are_left_alone_until_they_have_taken_longer_than_any_may(outbox: Outbox) -> None:
    await outbox.promise("One")
    lease = await outbox.lease()
    async with outbox.database.writing() as work:
        await work.deliveries.claim(["discord"], holder=lease.turn, limit=1, now=outbox.clock.now(), lease=LEASE)
        await work.commit()
    assert await outbox.deliverer.connect("discord", lease) == 0
    assert await outbox.deliverer.recover("discord") == 0
    outbox.clock.pass_on(91)
    assert await outbox.deliverer.recover("discord") == 1


async def test_one_whose_turn_is_over_takes_nothing_more(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    await outbox.lease()
    assert await outbox.deliverer.deliver_due() == 0
    assert await outbox.counts() == {DeliveryState.PENDING: 1}


async def test_a_turn_that_ends_cuts_what_is_under_way(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.gate.clear()
    sending = asyncio.create_task(outbox.deliverer.deliver_due())
    await outbox.platform.flying(1)
    outbox.deliverer.disconnect("discord")
    outbox.platform.gate.set()
    await sending
    assert outbox.platform.sent == []
    assert await outbox.counts() == {DeliveryState.SENDING: 1}, "whoever comes next decides about it"
    assert await outbox.connect() == 1


async def test_what_comes_late_from_a_turn_before_is_refused(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    late, outbox.deliverer = outbox.deliverer, outbox.another()
    outbox.platform.gate.clear()
    frozen = asyncio.create_task(late.deliver_due())
    await outbox.platform.flying(1)
    assert await outbox.connect() == 1, "the next turn need not wait for the claim's own end"
    outbox.clock.pass_on(1)
    sending = asyncio.create_task(outbox.deliverer.deliver_due())
    await outbox.platform.flying(2)
    outbox.platform.gate.set()
    await asyncio.gather(frozen, sending)
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.sent[0][2] == outbox.platform.sent[1][2], "a repeat that the platform can recognise"


async def test_what_has_arrived_is_written_down_before_the_next_turn_decides(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = outbox.storage.fail_once
    with pytest.raises(ConnectionResetError):
        await outbox.deliverer.deliver_due()
    assert await outbox.connect() == 0
    assert await outbox.counts() == {DeliveryState.SENT: 1}


async def test_what_arrives_while_the_database_is_gone_is_written_down_when_it_is_back(outbox: Outbox) -> None:
    await outbox.promise("One", "Two", places=("100", "200"))
    await outbox.connect()
    outbox.platform.gate.clear()
    beats = FakeBeats()
    running = asyncio.create_task(outbox.deliverer.run(beats))
    await outbox.platform.flying(2)
    outbox.storage.go()
    outbox.deliverer.wake()
    await outbox.clock.asleep(1.0)
    outbox.platform.gate.set()
    await outbox.platform.shown(2)
    assert await outbox.counts() == {DeliveryState.SENDING: 2, DeliveryState.PENDING: 2}
    outbox.storage.is_gone = False
    await outbox.settle_down(4)
    outbox.deliverer.stop()
    await running
    assert sorted(map(str, outbox.platform.titles)) == ["One", "One", "Two", "Two"]
    assert await outbox.counts() == {DeliveryState.SENT: 4}
    assert [event for event, _ in outbox.events.troubles if event == "outbox out of reach"] == ["outbox out of reach"]
    assert any("database cannot be used" in (trouble or "") for trouble in beats.heard)
    assert beats.heard[-1] is None


async def test_what_we_know_ourselves_is_written_down_before_it_is_guessed(outbox: Outbox) -> None:
    await outbox.promise("One", places=("100", "200"))
    await outbox.connect()
    outbox.platform.trouble_at[channel_ref("100")] = failing(TryLaterError("slow down", wait_s=600))
    outbox.platform.trouble_at[channel_ref("200")] = outbox.storage.go
    with pytest.raises(ConnectionResetError):
        await outbox.deliverer.deliver_due()
    outbox.clock.pass_on(LEASE.total_seconds() + 1)
    outbox.storage.is_gone = False
    assert await outbox.deliverer.recover(outbox.platform.name) == 0
    assert await outbox.counts() == {DeliveryState.SENT: 1, DeliveryState.PENDING: 1}


async def test_nothing_new_is_taken_while_a_result_cannot_be_written_down(outbox: Outbox) -> None:
    await outbox.promise("One", "Two")
    await outbox.connect()
    outbox.platform.trouble_at[channel_ref("100")] = outbox.storage.fail_once
    running = asyncio.create_task(outbox.deliverer.run())
    await outbox.clock.asleep(1.0)
    assert outbox.platform.titles == ["One"], "its result waits, and the next one with it"
    await outbox.settle_down(2)
    outbox.deliverer.stop()
    await running
    assert outbox.platform.titles == ["One", "Two"]


async def test_a_story_that_cannot_be_read_is_given_up_after_five_tries_and_holds_up_no_other(outbox: Outbox) -> None:
    odd, _ = await outbox.promise("Odd", "Two", places=tuple(str(number) for number in range(8)))
    await outbox.spoil(odd)
    await outbox.connect()
    for _ in range(20):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(32)
    assert set(outbox.platform.titles) == {"Two"}
    assert await outbox.counts() == {DeliveryState.SENT: 8, DeliveryState.BURIED: 8}


async def test_waiting_for_a_platform_many_times_makes_no_story_a_poisoned_one(outbox: Outbox) -> None:
    [odd] = await outbox.promise("Odd")
    outbox.platform.trouble = failing(*[TryLaterError("busy", wait_s=1) for _ in range(6)])
    await outbox.connect()
    for _ in range(6):
        await outbox.deliverer.deliver_due()
        outbox.clock.pass_on(1)
    await outbox.spoil(odd)
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.PENDING: 1}


async def test_a_story_that_cannot_be_read_holds_up_no_other_when_a_crash_is_decided_about(outbox: Outbox) -> None:
    odd, _ = await outbox.promise("Odd", "Two", places=("100", "200"))
    await outbox.spoil(odd)
    await outbox.die_while_sending()
    async with outbox.database.writing() as work:
        [one, *_] = await work.deliveries.abandoned(now=outbox.clock.now(), holder="other")
        await work.deliveries.settle([Settled(claim=one, outcome=Buried(reason="taken down"))], now=outbox.clock.now())
        await work.commit()
    await outbox.die_while_sending()
    assert await outbox.connect() == 2
    outbox.clock.pass_on(1)
    await outbox.deliverer.deliver_due()
    assert set(outbox.platform.titles) == {"Two"}
    outbox.clock.pass_on(2)
    await outbox.die_while_sending()
    await outbox.connect()
    assert (await outbox.counts())[DeliveryState.PARKED] == 1, "of what may have arrived there are two at most"


@pytest.mark.parametrize("prefers", list(Prefers))
async def test_what_was_claimed_without_our_hearing_of_it_leaves_as_soon_as_the_database_answers(
    outbox: Outbox, prefers: Prefers
) -> None:
    await outbox.promise("One", "Two", places=("100", "200"))
    await outbox.prefer(prefers)
    await outbox.connect()
    outbox.storage.lose_answer()
    with pytest.raises(ConnectionResetError):
        await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENDING: 2, DeliveryState.PENDING: 2}
    assert await outbox.deliverer.recover("discord") == 0, "nobody needs to guess: nothing was sent"

    assert await outbox.deliverer.deliver_due() == 2
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENT: 4}
    assert sorted(map(str, outbox.platform.titles)) == ["One", "One", "Two", "Two"]


async def test_a_claim_that_was_undone_unheard_is_nobody_s(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.storage.lose_answer()
    with pytest.raises(ConnectionResetError):
        await outbox.deliverer.deliver_due()
    async with outbox.database.changing() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET state = 'pending', attempt = 0, holder = NULL")
        await connection.commit()
    await outbox.die_while_sending()
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENDING: 1}, "another's claim of the same attempt stays"


async def test_what_a_loop_was_sending_that_was_begun_again_is_decided_about_at_the_next_look(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.gate.clear()
    running = asyncio.create_task(outbox.deliverer.run())
    await outbox.platform.flying(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    outbox.platform.gate.set()
    assert await outbox.deliverer.recover("discord") == 1
    assert await outbox.deliverer.recover("discord") == 0
    outbox.clock.pass_on(1)
    await outbox.deliverer.deliver_due()
    assert outbox.platform.titles == ["One"]


async def test_what_was_taken_at_the_very_end_of_a_turn_counts_as_not_sent(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.prefer(Prefers.NO_DUPLICATE)
    await outbox.connect()
    outbox.storage.on_reading = lambda: outbox.deliverer.disconnect("discord")
    await outbox.deliverer.deliver_due()
    outbox.storage.on_reading = lambda: None
    assert await outbox.counts() == {DeliveryState.PENDING: 1}
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    assert outbox.platform.titles == ["One"]


async def test_long_after_a_crash_the_channel_s_history_decides(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    outbox.clock.pass_on(3600)
    outbox.platform.found = Receipt(channel=channel_ref(), message_ids=("77",))
    await outbox.connect()
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.sent == []


async def test_long_after_an_unknown_outcome_the_history_decides_before_it_is_sent_again(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(UncertainError("connection reset"))
    await outbox.deliverer.deliver_due()
    outbox.clock.pass_on(3600)
    outbox.platform.found = Receipt(channel=channel_ref(), message_ids=("77",))
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.sent == []


async def test_what_the_history_does_not_show_is_sent(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(UncertainError("connection reset"))
    await outbox.deliverer.deliver_due()
    outbox.clock.pass_on(3600)
    await outbox.deliverer.deliver_due()
    assert outbox.platform.titles == ["One"]


async def test_a_platform_in_distress_is_not_hurried_while_its_history_shows_nothing(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.trouble = failing(*[UncertainError("status 502") for _ in range(3)])
    await outbox.deliverer.deliver_due()
    outbox.clock.pass_on(3600)
    assert await outbox.deliverer.deliver_due() == 1
    outbox.clock.pass_on(1.9)
    assert await outbox.deliverer.deliver_due() == 0
    outbox.clock.pass_on(0.1)
    assert await outbox.deliverer.deliver_due() == 1


async def test_the_history_is_read_from_before_the_first_attempt_as_clocks_differ(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    began = outbox.clock.now()
    await outbox.die_while_sending()
    outbox.clock.pass_on(3600)
    await outbox.connect()
    assert outbox.platform.searched == [began - timedelta(hours=25)]


async def test_a_clock_set_back_makes_nothing_safe_to_repeat(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    outbox.clock.pass_on(-3600)
    await outbox.connect()
    assert outbox.platform.searched
    assert not outbox.platform.sent


async def test_a_clock_set_back_lets_nothing_wait_for_what_it_said_before(outbox: Outbox) -> None:
    await outbox.promise("One")
    outbox.platform.trouble = failing(TryLaterError("busy", wait_s=5))
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    await outbox.promise("Two", places=("200",))
    outbox.clock.pass_on(-86400)
    assert await outbox.deliverer.deliver_due() == 0
    await outbox.deliverer.recover("discord")
    await outbox.deliverer.deliver_due()
    assert set(outbox.platform.titles) == {"One", "Two"}


async def test_a_clock_set_ahead_ends_no_lease_of_what_is_under_way(outbox: Outbox) -> None:
    await outbox.promise("One")
    await outbox.connect()
    outbox.platform.gate.clear()
    sending = asyncio.create_task(outbox.deliverer.deliver_due())
    await outbox.platform.flying(1)
    outbox.clock.pass_on(86400)
    assert await outbox.deliverer.recover("discord") == 0
    outbox.platform.gate.set()
    await sending
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.titles == ["One"]


async def test_what_may_have_arrived_in_a_place_that_shuts_us_out_is_looked_for_once_we_are_let_in(
    outbox: Outbox,
) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    outbox.clock.pass_on(3600)
    outbox.platform.trouble_with_history = failing(*[ChannelLostError("missing access") for _ in range(2)])
    await outbox.connect()
    outbox.clock.pass_on(1)
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.PAUSED: 1}
    outbox.platform.found = Receipt(channel=channel_ref(), message_ids=("77",))
    async with outbox.database.writing() as work:
        channel = await work.channels.find(channel_ref())
        assert channel
        await work.channels.resume(channel.id, now=outbox.clock.now())
        await work.commit()
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.sent == []


async def test_where_nobody_can_look_it_is_repeated_once_and_then_left_to_a_person(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.platform.is_blind = True
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    outbox.clock.pass_on(3600)
    await outbox.connect()
    outbox.clock.pass_on(1)
    outbox.platform.trouble = failing(UncertainError("timed out"))
    assert await outbox.deliverer.deliver_due() == 1
    assert await outbox.counts() == {DeliveryState.PARKED: 1}
    assert not outbox.events.troubles


async def test_while_the_history_cannot_be_read_nothing_is_sent_again(outbox: Outbox) -> None:
    outbox.platform = FakePlatform(repeat_safe_s=60, can_find=True)
    outbox.deliverer = outbox.another()
    await outbox.promise("One")
    await outbox.die_while_sending()
    outbox.clock.pass_on(3600)
    outbox.platform.trouble_with_history = failing(*[TryLaterError("status 502", wait_s=5) for _ in range(3)])
    await outbox.connect()
    for _ in range(2):
        outbox.clock.pass_on(5)
        assert await outbox.deliverer.deliver_due() == 1
    assert outbox.platform.sent == []
    outbox.platform.found = Receipt(channel=channel_ref(), message_ids=("77",))
    outbox.clock.pass_on(5)
    await outbox.deliverer.deliver_due()
    assert await outbox.counts() == {DeliveryState.SENT: 1}
    assert outbox.platform.sent == []


async def test_a_platform_that_answers_nothing_is_left_alone_but_for_one_try_each_half_minute(outbox: Outbox) -> None:
    await outbox.promise("One", places=tuple(str(number) for number in range(30)))
    await outbox.connect()
    outbox.platform.trouble = failing(*[TryLaterError("unreachable", wait_s=5) for _ in range(31)])
    assert await outbox.deliverer.deliver_due() == 30
    outbox.clock.pass_on(29)
    assert await outbox.deliverer.deliver_due() == 0
    outbox.clock.pass_on(1)
    assert await outbox.deliverer.deliver_due() == 1
    assert await outbox.deliverer.deliver_due() == 0
    outbox.clock.pass_on(30)
    assert await outbox.deliverer.deliver_due() == 1
    assert await outbox.deliverer.deliver_due() == 29
    assert [event for event, _ in outbox.events.warnings] == ["platform answers nothing, left alone"]


async def test_a_card_is_brought_up_to_date_where_it_stands(outbox: Outbox) -> None:
    (story_id,) = await outbox.promise("One", places=("1", "2"))
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    for _ in range(20):
        await outbox.refresh(story_id)
    while await outbox.deliverer.deliver_due():
        pass
    assert [receipt.message_ids for receipt, _ in outbox.platform.edited] == [("1",), ("2",)]
    assert "So it is." in repr(outbox.platform.edited[0][1])


async def test_a_card_that_is_gone_is_edited_no_more(outbox: Outbox) -> None:
    (story_id,) = await outbox.promise("One")
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    await outbox.refresh(story_id)
    outbox.platform.trouble = failing(PostRefusedError("unknown message"))
    await outbox.deliverer.deliver_due()
    assert await outbox.deliverer.deliver_due() == 0
    assert (await outbox.counts())[DeliveryState.BURIED] == 1


async def test_stopping_lets_what_is_under_way_arrive_and_takes_nothing_new(outbox: Outbox) -> None:
    await outbox.promise("One", "Two")
    await outbox.connect()
    outbox.platform.gate.clear()
    running = asyncio.create_task(outbox.deliverer.run())
    await outbox.platform.flying(1)
    outbox.deliverer.stop()
    outbox.platform.gate.set()
    await running
    assert outbox.platform.titles == ["One"]
    assert await outbox.counts() == {DeliveryState.PENDING: 1, DeliveryState.SENT: 1}


async def test_a_platform_that_answers_nothing_holds_up_no_other(outbox: Outbox) -> None:
    other = FakePlatform("telegram")
    both = Deliverer(outbox.storage, {"discord": outbox.platform, "telegram": other}, outbox.clock, outbox.events)
    async with outbox.database.writing() as work:
        channel = await work.channels.meet(new_channel("7", platform="telegram"), now=outbox.clock.now())
        await work.subscriptions.add(channel.id, Everything(), now=outbox.clock.now())
        await work.commit()
    await outbox.promise("One", "Two", places=tuple(str(number) for number in range(IN_FLIGHT + 10)))
    for platform in ("discord", "telegram"):
        await both.connect(platform, await stored.leased(outbox.database, platform))
    outbox.platform.gate.clear()
    running = asyncio.create_task(both.run())
    await outbox.platform.flying(IN_FLIGHT)
    await other.shown(2)
    assert other.titles == ["One", "Two"]
    assert outbox.platform.most_in_flight == IN_FLIGHT
    outbox.platform.gate.set()
    both.stop()
    await running


async def test_a_send_that_never_ends_is_cut_and_repeated_as_one_of_unknown_outcome(outbox: Outbox) -> None:
    await outbox.promise("One")
    outbox.deliverer = outbox.another(Patience(outbox.events, ends_in_s=0.01))
    await outbox.connect()
    outbox.platform.gate.clear()
    await outbox.deliverer.deliver_due()
    outbox.platform.gate.set()
    assert outbox.events.warnings == [("platform hangs, call cut", {"platform": "discord"})]
    outbox.clock.pass_on(1)
    await outbox.deliverer.deliver_due()
    assert outbox.platform.titles == ["One"]
    assert await outbox.counts() == {DeliveryState.SENT: 1}


async def test_sends_that_hang_are_no_progress_until_one_ends(outbox: Outbox) -> None:
    await outbox.promise("One", places=("1", "2", "3"))
    outbox.platform = FakePlatform(repeat_safe_s=1e6)
    outbox.deliverer = outbox.another(Patience(outbox.events, ends_in_s=0.05))
    await outbox.connect()
    outbox.platform.gate.clear()
    beats = FakeBeats()
    delivering = asyncio.create_task(outbox.deliverer.run(beats))
    await outbox.passes_until(lambda: len(outbox.events.warnings) >= 3)
    heard = len(beats.heard)
    await outbox.passes_until(lambda: len(outbox.events.warnings) > 3)
    assert len(beats.heard) == heard
    outbox.platform.gate.set()
    await outbox.passes_until(lambda: len(beats.heard) > heard)
    assert outbox.platform.titles
    outbox.deliverer.stop()
    await delivering


async def test_one_post_is_made_for_all_channels_that_show_the_same(outbox: Outbox) -> None:
    await outbox.promise("One", "Two", places=("100", "200", "300"))
    await outbox.connect()
    while await outbox.deliverer.deliver_due():
        pass
    shown = [post for _, post, _ in outbox.platform.sent]
    assert len(shown) == 6
    assert len({id(post) for post in shown}) == 2


async def test_every_kind_of_send_error_has_an_outcome() -> None:
    assert set(SendError.__subclasses__()) == {TryLaterError, ChannelLostError, PostRefusedError, UncertainError}


async def test_a_digest_that_was_being_sent_when_the_process_died_is_sent_once_more_and_once_in_all(
    outbox: Outbox,
) -> None:
    await outbox.promise("One", "Two", "Three", announce=1)
    await outbox.connect()
    await outbox.deliverer.deliver_due()
    await outbox.die_while_sending()
    alive = outbox.another()
    await alive.connect(outbox.platform.name, await outbox.lease())
    outbox.clock.pass_on(1)
    while await alive.deliver_due():
        pass
    assert outbox.platform.titles == ["Three", "2 more stories from The Wire while we were away"]
    assert await outbox.counts() == {DeliveryState.SENT: 2}
