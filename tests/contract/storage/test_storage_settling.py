"""What the port promises about writing down what became of claims."""

from datetime import timedelta

from bot.domain.article import StoryId
from bot.domain.delivery import (
    Buried,
    ChannelPaused,
    DeliveryKind,
    DeliveryState,
    Outcome,
    Parked,
    Sent,
    Settled,
    Waiting,
)
from storage import Database
from tests import stored
from tests.builders import NOON, new_channel, receipt

_SECOND = timedelta(seconds=1)


async def _in_flight(storage: Database, channels: int = 1, *, stories: int = 1) -> StoryId:
    """The number of the last story."""
    for place in range(channels):
        await stored.channel(storage, str(place))
    numbers = [await stored.story(storage, f"Story {number}") for number in range(stories)]
    for story_id in numbers:
        await stored.promised(storage, story_id)
    return numbers[-1]


async def _counts(storage: Database) -> dict[DeliveryState, int]:
    async with storage.reading() as look:
        return {state: rows for state, rows in (await look.deliveries.counts()).items() if rows}


async def test_each_outcome_has_its_state(storage: Database) -> None:
    await _in_flight(storage, 5)
    claims = await stored.claimed(storage)
    outcomes: list[Outcome] = [
        Sent(receipt=receipt("1")),
        Waiting(not_before=NOON, reason="429"),
        Parked(reason="timeout"),
        ChannelPaused(reason="kicked"),
        Buried(reason="too long"),
    ]
    await stored.settled(storage, *zip(claims, outcomes, strict=True))

    assert await _counts(storage) == {
        DeliveryState.SENT: 1,
        DeliveryState.PENDING: 1,
        DeliveryState.PARKED: 1,
        DeliveryState.PAUSED: 1,
        DeliveryState.BURIED: 1,
    }


async def test_hundreds_are_settled_at_once(storage: Database) -> None:
    await _in_flight(storage, 150)
    claims = await stored.claimed(storage, limit=500)
    await stored.settled(storage, *((claim, Sent(receipt=receipt(str(claim.id)))) for claim in claims))

    assert await _counts(storage) == {DeliveryState.SENT: 150}


async def test_a_rate_limit_puts_it_back_for_exactly_as_long_as_asked(storage: Database) -> None:
    await _in_flight(storage)
    [claim] = await stored.claimed(storage)
    wait = timedelta(seconds=17, microseconds=250_001)
    await stored.settled(storage, (claim, Waiting(not_before=NOON + wait, reason="429")))

    assert await stored.claimed(storage, now=NOON + wait - timedelta(microseconds=1)) == []
    [again] = await stored.claimed(storage, now=NOON + wait)
    assert (again.once, again.attempt, again.uncertain) == (claim.once, 2, 0)
    assert again.first_attempt_at == claim.first_attempt_at


async def test_attempts_of_unknown_outcome_are_counted(storage: Database) -> None:
    await _in_flight(storage)
    for attempt, was_uncertain in enumerate((True, False, True), start=1):
        [claim] = await stored.claimed(storage)
        assert claim.attempt == attempt
        await stored.settled(storage, (claim, Waiting(not_before=NOON, reason="?", was_uncertain=was_uncertain)))

    [claim] = await stored.claimed(storage)
    assert (claim.attempt, claim.uncertain) == (4, 2)


async def test_what_is_sent_parked_or_buried_is_not_sent_again(storage: Database) -> None:
    await _in_flight(storage, 3)
    sent, parked, buried = await stored.claimed(storage)
    await stored.settled(
        storage,
        (sent, Sent(receipt=receipt("1"))),
        (parked, Parked(reason="timeout")),
        (buried, Buried(reason="too long")),
    )

    assert await stored.claimed(storage, now=NOON + timedelta(days=30)) == []


async def test_a_paused_channel_keeps_everything_and_takes_nothing(storage: Database) -> None:
    await _in_flight(storage, 2, stories=3)
    paused, other = await stored.claimed(storage)
    await stored.settled(storage, (paused, ChannelPaused(reason="bot was kicked")), (other, Sent(receipt=receipt("1"))))

    assert await _counts(storage) == {DeliveryState.PAUSED: 3, DeliveryState.PENDING: 2, DeliveryState.SENT: 1}
    async with storage.reading() as look:
        channel = await look.channels.find(paused.channel)
        assert channel is not None
        assert channel.paused_because == "bot was kicked"
        neighbour = await look.channels.find(other.channel)
        assert neighbour is not None
        assert neighbour.paused_because is None
    assert {claim.channel_id for claim in await stored.claimed(storage)} == {other.channel_id}


async def test_a_channel_that_is_let_in_again_gets_all_in_the_old_order(storage: Database) -> None:
    await _in_flight(storage, 1, stories=3)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked")))
    later = NOON + timedelta(days=1)
    async with storage.writing() as work:
        assert await work.channels.resume(claim.channel_id, now=later)
        await work.commit()

    left = []
    while claims := await stored.claimed(storage, now=later):
        left.append(claims[0].id)
        await stored.settled(storage, (claims[0], Sent(receipt=receipt("1"))))
    assert left == sorted(left)
    assert left[0] == claim.id
    assert len(left) == 3


async def test_meeting_a_paused_channel_again_does_not_let_posts_out(storage: Database) -> None:
    await _in_flight(storage)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked")))
    async with storage.writing() as work:
        met = await work.channels.meet(new_channel("0", title="New title"), now=NOON)
        await work.commit()

    assert met.paused_because == "kicked"
    assert await stored.claimed(storage) == []


async def test_a_late_writer_changes_nothing_once_another_holds_the_row(storage: Database) -> None:
    story_id = await _in_flight(storage)
    [stale] = await stored.claimed(storage, holder="frozen")
    over = NOON + stored.LEASE
    async with storage.reading() as look:
        [abandoned] = await look.deliveries.abandoned(now=over)
    await stored.settled(storage, (abandoned, Waiting(not_before=over, reason="died", was_uncertain=True)), now=over)
    [held] = await stored.claimed(storage, holder="alive", now=over)

    for outcome in (
        Sent(receipt=receipt("666")),
        Waiting(not_before=over, reason="late"),
        Parked(reason="late"),
        ChannelPaused(reason="late"),
        Buried(reason="late"),
    ):
        await stored.settled(storage, (stale, outcome), now=over)
        assert await _counts(storage) == {DeliveryState.SENDING: 1}
    async with storage.reading() as look:
        channel = await look.channels.find(stale.channel)
        assert channel is not None
        assert channel.paused_because is None

    await stored.settled(storage, (held, Sent(receipt=receipt("7"))), now=over)
    await stored.settled(storage, (stale, Sent(receipt=receipt("666"))), now=over)
    await stored.refreshed(storage, story_id, due=over)
    [refresh] = await stored.claimed(storage, now=over)
    assert refresh.receipt == receipt("7")


async def test_the_claim_of_an_earlier_wish_does_not_settle_a_later_one(storage: Database) -> None:
    story_id = await _in_flight(storage)
    [headline] = await stored.claimed(storage)
    await stored.settled(storage, (headline, Sent(receipt=receipt("7"))))
    await stored.refreshed(storage, story_id)
    [first] = await stored.claimed(storage)
    await stored.settled(storage, (first, Sent(receipt=receipt("7"))))
    await stored.refreshed(storage, story_id)
    [second] = await stored.claimed(storage)
    assert (second.id, second.attempt) == (first.id, first.attempt)

    await stored.settled(storage, (first, Buried(reason="late")))
    assert (await _counts(storage))[DeliveryState.SENDING] == 1


async def test_an_answer_that_was_read_is_written_down_though_the_lease_is_over(storage: Database) -> None:
    await _in_flight(storage)
    [claim] = await stored.claimed(storage)
    late = NOON + timedelta(hours=1)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7"))), now=late)

    assert await _counts(storage) == {DeliveryState.SENT: 1}
    assert await stored.claimed(storage, now=late) == []


async def test_settling_twice_is_settling_once(storage: Database) -> None:
    await _in_flight(storage)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7"))))
    await stored.settled(storage, (claim, Waiting(not_before=NOON, reason="again")))

    assert await _counts(storage) == {DeliveryState.SENT: 1}


async def test_an_edit_may_give_another_receipt(storage: Database) -> None:
    story_id = await _in_flight(storage)
    [headline] = await stored.claimed(storage)
    first = receipt("7", "8", place="thread", thread="t")
    await stored.settled(storage, (headline, Sent(receipt=first)))
    for expected, given in ((first, receipt("9")), (receipt("9"), None), (receipt("9"), receipt("9", "10"))):
        await stored.refreshed(storage, story_id)
        [refresh] = await stored.claimed(storage)
        assert (refresh.kind, refresh.receipt) == (DeliveryKind.REFRESH, expected)
        await stored.settled(storage, (refresh, Sent(receipt=given)))

    await stored.refreshed(storage, story_id)
    [refresh] = await stored.claimed(storage)
    assert refresh.receipt == receipt("9", "10")


async def test_settling_that_is_undone_never_happened(storage: Database) -> None:
    await _in_flight(storage)
    [claim] = await stored.claimed(storage)
    async with storage.writing() as work:
        await work.deliveries.settle([], now=NOON)
        await work.deliveries.settle([Settled(claim=claim, outcome=Buried(reason="no"))], now=NOON)

    assert await _counts(storage) == {DeliveryState.SENDING: 1}
