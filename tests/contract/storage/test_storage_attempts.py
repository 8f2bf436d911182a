"""What the port promises about the past of deliveries, and that none ever goes where none may go."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.channel import ChannelId
from bot.domain.delivery import (
    Buried,
    ChannelPaused,
    Claim,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    Outcome,
    Parked,
    RateLimit,
    Sent,
    Waited,
    Waiting,
    may_become,
)
from bot.domain.history import Attempt, GivenUp, Trace
from bot.domain.subscription import Everything
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, receipt

_SECOND = timedelta(seconds=1)
_WEEK = timedelta(days=7)


async def _in_flight(storage: Database, place: str = "100", *, platform: str = "discord") -> Claim:
    await stored.channel(storage, place, Everything(), platform=platform)
    await stored.promised(storage, await stored.story(storage))
    [claim] = await stored.claimed(storage)
    return claim


async def _attempts(storage: Database, channel_id: ChannelId) -> list[Attempt]:
    async with storage.reading() as look:
        return await look.deliveries.attempts(channel_id, since=NOON - _WEEK, until=NOON + _WEEK)


async def _trace(storage: Database, claim: Claim) -> Trace:
    async with storage.reading() as look:
        [trace] = await look.deliveries.traces(claim.channel_id, stored.story_of(claim))
    return trace


async def test_attempts_that_did_not_arrive_are_remembered(storage: Database) -> None:
    outcomes: list[tuple[Outcome, DeliveryState, bool]] = [
        (Waiting(not_before=NOON + _SECOND, reason="slow down"), DeliveryState.PENDING, False),
        (Waiting(not_before=NOON + _SECOND, reason="cut", was_uncertain=True), DeliveryState.PENDING, True),
        (Parked(reason="cut"), DeliveryState.PARKED, True),
        (ChannelPaused(reason="kicked"), DeliveryState.PAUSED, False),
        (Buried(reason="too long"), DeliveryState.BURIED, False),
    ]
    for place in range(len(outcomes)):
        await stored.channel(storage, str(place))
    await stored.promised(storage, await stored.story(storage))
    claims = await stored.claimed(storage)
    pairs = [(claim, outcome) for claim, (outcome, _, _) in zip(claims, outcomes, strict=True)]
    await stored.settled(storage, *pairs, now=NOON + _SECOND)

    for claim, (outcome, became, was_uncertain) in zip(claims, outcomes, strict=True):
        [attempt] = await _attempts(storage, claim.channel_id)
        assert (attempt.delivery_id, attempt.number) == (claim.id, 1)
        assert (attempt.started_at, attempt.ended_at) == (NOON, NOON + _SECOND)
        assert (attempt.became, attempt.was_uncertain) == (became, was_uncertain)
        assert not isinstance(outcome, Sent)
        assert attempt.reason == outcome.reason
        assert (await _trace(storage, claim)).state is became


async def test_what_was_given_up_is_told_by_its_title_and_reason_the_latest_first(storage: Database) -> None:
    channel = await stored.channel(storage)
    outcomes: tuple[Outcome, ...] = (Buried(reason="too long"), Parked(reason="cut"), Buried(reason="our fault"))
    for number, outcome in enumerate(outcomes):
        await stored.promised(storage, await stored.story(storage, f"Story {number}"))
        [claim] = await stored.claimed(storage)
        await stored.settled(storage, (claim, outcome), now=NOON + number * _SECOND)
    async with storage.reading() as look:
        all_of_them = await look.deliveries.given_up(channel.id, since=NOON, limit=9)
        assert all_of_them == [
            GivenUp(title="Story 2", reason="our fault"),
            GivenUp(title="Story 0", reason="too long"),
        ]
        assert await look.deliveries.given_up(channel.id, since=NOON, limit=1) == all_of_them[:1]
        assert await look.deliveries.given_up(channel.id, since=NOON + _SECOND, limit=9) == all_of_them[:1]


async def test_a_wait_says_for_which_limit_and_until_when(storage: Database) -> None:
    claim = await _in_flight(storage)
    outcome = Waiting(not_before=NOON + 17 * _SECOND, reason="slow down", limit=RateLimit.ASKED)
    await stored.settled(storage, (claim, outcome))

    [attempt] = await _attempts(storage, claim.channel_id)
    assert (attempt.limit, attempt.again_at) == (RateLimit.ASKED, NOON + 17 * _SECOND)


async def test_the_pauses_that_a_platform_asked_for_are_known_until_they_are_over(storage: Database) -> None:
    waits = {
        "asked": Waiting(not_before=NOON + 17 * _SECOND, reason="slow down", limit=RateLimit.ASKED),
        "our own": Waiting(not_before=NOON + 17 * _SECOND, reason="slow down", limit=RateLimit.CHANNEL),
        "unreachable": Waiting(not_before=NOON + 17 * _SECOND, reason="cut"),
    }
    for place in waits:
        await stored.channel(storage, place)
    await stored.channel(storage, "elsewhere", platform="telegram")
    await stored.promised(storage, await stored.story(storage))
    claims = {claim.channel.id: claim for claim in await stored.claimed(storage)}
    await stored.settled(storage, *((claims[place], wait) for place, wait in waits.items()))
    await stored.settled(storage, (claims["elsewhere"], waits["asked"]))

    async with storage.reading() as look:
        asked = look.deliveries.asked_to_wait
        assert await asked("discord", now=NOON) == {channel_ref("asked"): NOON + 17 * _SECOND}
        assert await asked("discord", now=NOON + 17 * _SECOND) == {}
        assert await asked("discord", now=NOON - _SECOND) == {}, "told by a clock that was ahead"
        assert [ref.platform for ref in await asked("telegram", now=NOON)] == ["telegram"]


async def test_what_arrived_at_once_leaves_no_attempt_and_its_row_says_when(storage: Database) -> None:
    claim = await _in_flight(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7"))), now=NOON + _SECOND)

    assert await _attempts(storage, claim.channel_id) == []
    assert await _trace(storage, claim) == Trace(
        id=claim.id,
        kind=DeliveryKind.HEADLINE,
        story_id=stored.story_of(claim),
        state=DeliveryState.SENT,
        attempt=1,
        uncertain=0,
        wanted_at=NOON,
        due_at=NOON,
        first_attempt_at=NOON,
        tried_at=NOON,
        settled_at=NOON + _SECOND,
        receipt=receipt("7"),
    )


async def test_what_waited_for_its_turn_before_it_left_says_how_long_and_for_what(storage: Database) -> None:
    claim = await _in_flight(storage)
    waited = Waited(limit=RateLimit.OVERALL, seconds=0.75)
    given = receipt("7")
    told = type(given)(channel=given.channel, message_ids=given.message_ids, waited=waited)
    await stored.settled(storage, (claim, Sent(receipt=told)))

    assert (await _trace(storage, claim)).waited == waited


async def test_a_writer_that_lost_its_claim_leaves_no_attempt(storage: Database) -> None:
    claim = await _in_flight(storage)
    for _ in range(2):
        await stored.settled(storage, (claim, Waiting(not_before=NOON, reason="slow down")))

    assert len(await _attempts(storage, claim.channel_id)) == 1


async def test_attempts_are_told_for_the_time_that_is_asked_for_in_their_order(storage: Database) -> None:
    claim = await _in_flight(storage)
    for second in range(5):
        then = NOON + second * _SECOND
        [claim] = await stored.claimed(storage, now=then) if second else [claim]
        await stored.settled(storage, (claim, Waiting(not_before=then, reason=str(second))), now=then)

    async with storage.reading() as look:
        told = await look.deliveries.attempts(claim.channel_id, since=NOON + _SECOND, until=NOON + 3 * _SECOND)
    assert [(attempt.number, attempt.reason) for attempt in told] == [(2, "1"), (3, "2"), (4, "3")]


async def test_old_attempts_are_forgotten_some_at_a_time_oldest_first(storage: Database) -> None:
    claim = await _in_flight(storage)
    for second in range(4):
        then = NOON + second * _SECOND
        [claim] = await stored.claimed(storage, now=then) if second else [claim]
        await stored.settled(storage, (claim, Waiting(not_before=then, reason=str(second))), now=then)

    async with storage.writing() as work:
        assert await work.deliveries.forget_attempts(before=NOON + 3 * _SECOND, limit=2) == 2
        await work.commit()
    assert [attempt.reason for attempt in await _attempts(storage, claim.channel_id)] == ["2", "3"]
    async with storage.writing() as work:
        assert await work.deliveries.forget_attempts(before=NOON + 3 * _SECOND, limit=2) == 1
        await work.commit()
    assert [attempt.reason for attempt in await _attempts(storage, claim.channel_id)] == ["3"]


async def test_attempts_follow_a_place_that_becomes_one_with_another(storage: Database) -> None:
    claim = await _in_flight(storage, "-1", platform="telegram")
    await stored.settled(storage, (claim, Waiting(not_before=NOON, reason="slow down")))
    new = await stored.channel(storage, "-1001", platform="telegram")
    async with storage.writing() as work:
        await work.channels.moved(channel_ref("-1", platform="telegram"), channel_ref("-1001", platform="telegram"))
        await work.commit()

    [attempt] = await _attempts(storage, new.id)
    assert attempt.reason == "slow down"


async def test_a_story_that_was_merged_is_traced_under_the_one_that_tells_it_now(storage: Database) -> None:
    claim = await _in_flight(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7"))))
    kept = await stored.story(storage, "The same, told by another")
    async with storage.writing() as work:
        await work.stories.merge(kept, stored.story_of(claim))
        await work.commit()

    async with storage.reading() as look:
        [trace] = await look.deliveries.traces(claim.channel_id, kept)
    assert (trace.id, trace.receipt) == (claim.id, receipt("7"))


_OUTCOMES: tuple[Outcome, ...] = (
    Sent(receipt=receipt("1")),
    Sent(receipt=None),
    Waiting(not_before=NOON, reason="slow down"),
    Parked(reason="cut"),
    ChannelPaused(reason="kicked"),
    Buried(reason="too long"),
)


async def _rows_in_every_state(storage: Database) -> list[Claim]:
    """A row in each state in a channel of its own, those that were sent with a refresh that waits or was done."""
    for place in range(len(_OUTCOMES) + 3):
        await stored.channel(storage, str(place))
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    claims = await stored.claimed(storage, limit=len(_OUTCOMES) + 2)
    await stored.settled(
        storage,
        *zip(claims, (*_OUTCOMES, Sent(receipt=receipt("2"))), strict=False),  # the last stays in flight
    )
    await stored.refreshed(storage, story_id)
    refreshes = [claim for claim in await stored.claimed(storage) if claim.kind is DeliveryKind.REFRESH]
    await stored.settled(storage, (refreshes[0], Sent(receipt=receipt("1"))))
    return [*claims, *refreshes]


async def _states(storage: Database, claims: list[Claim]) -> dict[DeliveryId, tuple[DeliveryKind, DeliveryState]]:
    found: dict[DeliveryId, tuple[DeliveryKind, DeliveryState]] = {}
    async with storage.reading() as look:
        for number in range(1, 20):
            for trace in await look.deliveries.traces(ChannelId(number), stored.story_of(claims[0])):
                found[trace.id] = trace.kind, trace.state
    return found


async def _settle_all_as(outcome: Outcome, storage: Database, claims: list[Claim]) -> None:
    await stored.settled(storage, *((claim, outcome) for claim in claims))


async def _refresh(storage: Database, claims: list[Claim]) -> None:
    await stored.refreshed(storage, stored.story_of(claims[0]))


async def _promise(storage: Database, claims: list[Claim]) -> None:
    await stored.promised(storage, stored.story_of(claims[0]))


async def _claim(storage: Database, _claims: list[Claim]) -> None:
    await stored.claimed(storage, now=NOON + _WEEK)


async def _resume(storage: Database, claims: list[Claim]) -> None:
    async with storage.writing() as work:
        for claim in claims:
            await work.channels.resume(claim.channel_id, now=NOON)
        await work.commit()


async def _move(storage: Database, claims: list[Claim]) -> None:
    async with storage.writing() as work:
        for claim, other in itertools.pairwise(claims):
            await work.channels.moved(claim.channel, other.channel)
        await work.commit()


@pytest.mark.parametrize(
    "happens",
    [_claim, _resume, _refresh, _promise, _move],
    ids=lambda happens: happens.__name__.strip("_"),
)
async def test_whatever_happens_to_it_no_delivery_goes_where_none_may_go(
    storage: Database, happens: Callable[[Database, list[Claim]], Awaitable[None]]
) -> None:
    claims = await _rows_in_every_state(storage)
    before = await _states(storage, claims)
    assert {state for _, state in before.values()} == set(DeliveryState)
    await happens(storage, claims)
    after = await _states(storage, claims)

    for number, (kind, state) in before.items():
        if number in after and after[number][1] is not state:
            assert may_become(kind, state, after[number][1]), (kind, state, after[number])


@pytest.mark.parametrize("outcome", [_OUTCOMES[0], _OUTCOMES[2], _OUTCOMES[4]], ids=("sent", "waiting", "paused"))
async def test_settling_moves_only_what_is_being_sent(storage: Database, outcome: Outcome) -> None:
    claims = await _rows_in_every_state(storage)
    before = await _states(storage, claims)
    await _settle_all_as(outcome, storage, claims)
    after = await _states(storage, claims)

    moved = {number for number, (_, state) in before.items() if after.get(number, (None, state))[1] is not state}
    assert moved
    assert {before[number][1] for number in moved} <= {DeliveryState.SENDING, DeliveryState.PENDING}
    for number in moved:
        assert may_become(before[number][0], before[number][1], after[number][1])
