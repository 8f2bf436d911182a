"""What the port promises about taking deliveries for sending."""

import asyncio
from datetime import timedelta

from bot.domain.delivery import ChannelPaused, DeliveryKind, DeliveryState, Sent, Waiting
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, receipt

_SECOND = timedelta(seconds=1)


async def _backlog(storage: Database, *, channels: int, stories: int) -> None:
    for place in range(channels):
        await stored.channel(storage, str(place))
    for number in range(stories):
        story_id = await stored.story(storage, f"Story {number}", at=NOON + number * _SECOND)
        await stored.promised(storage, story_id, now=NOON + number * _SECOND)


async def test_a_claim_tells_all_that_a_sender_needs(storage: Database) -> None:
    story_id = await stored.story(storage)
    channel = await stored.channel(storage, "100", thread="5")
    await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage, now=NOON + _SECOND)

    assert (claim.kind, claim.story_id) == (DeliveryKind.HEADLINE, story_id)
    assert (claim.channel_id, claim.channel) == (channel.id, channel_ref("100", thread="5"))
    assert (claim.attempt, claim.uncertain, claim.revision) == (1, 0, 0)
    assert claim.first_attempt_at == NOON + _SECOND
    assert claim.leased_until == NOON + _SECOND + stored.LEASE
    assert claim.receipt is None


async def test_what_is_claimed_is_nobody_elses(storage: Database, other_process: Database) -> None:
    await _backlog(storage, channels=5, stories=1)

    assert len(await stored.claimed(storage, limit=3)) == 3
    assert len(await stored.claimed(other_process)) == 2
    assert await stored.claimed(storage, now=NOON + timedelta(days=1)) == []


async def test_a_claim_that_is_undone_is_free_again(storage: Database) -> None:
    await _backlog(storage, channels=1, stories=1)
    async with storage.writing() as work:
        claims = await work.deliveries.claim(["discord"], holder="here", limit=1, now=NOON, lease=stored.LEASE)
        assert len(claims) == 1

    [claim] = await stored.claimed(storage)
    assert claim.attempt == 1


async def test_the_oldest_come_first_and_no_more_than_wanted(storage: Database) -> None:
    await stored.channel(storage, "1")
    older, newer = await stored.story(storage, "Older"), await stored.story(storage, "Newer")
    await stored.promised(storage, older, now=NOON)
    await stored.channel(storage, "2")
    await stored.channel(storage, "3")
    await stored.promised(storage, newer, now=NOON + _SECOND)
    now = NOON + 2 * _SECOND

    [first] = await stored.claimed(storage, limit=1, now=now)
    assert first.story_id == older
    [second, third] = await stored.claimed(storage, limit=5, now=now)
    assert [second.story_id, third.story_id] == [newer, newer]
    assert await stored.claimed(storage, limit=0, now=now) == []


async def test_a_channel_has_one_in_flight_and_gives_one_to_a_batch(storage: Database) -> None:
    await _backlog(storage, channels=2, stories=5)
    now = NOON + timedelta(minutes=1)

    claims = await stored.claimed(storage, now=now)
    assert len(claims) == 2
    assert len({claim.channel_id for claim in claims}) == 2
    assert await stored.claimed(storage, now=now) == []
    await stored.settled(storage, (claims[0], Sent(receipt=receipt("1"))), now=now)
    [after] = await stored.claimed(storage, now=now)
    assert after.channel_id == claims[0].channel_id


async def test_a_long_queue_in_one_channel_starves_no_other(storage: Database) -> None:
    await stored.channel(storage, "busy")
    for number in range(30):
        await stored.promised(storage, await stored.story(storage, f"Story {number}"))
    last = await stored.story(storage, "Last")
    for place in ("a", "b"):
        await stored.channel(storage, place)
    await stored.promised(storage, last)

    claims = await stored.claimed(storage, limit=3)
    assert {claim.channel.id for claim in claims} == {"busy", "a", "b"}


async def test_breaking_news_overtakes_whatever_waits_but_what_was_tried_already(storage: Database) -> None:
    await _backlog(storage, channels=3, stories=2)
    now = NOON + timedelta(minutes=1)
    [tried] = await stored.claimed(storage, limit=1, now=now)
    await stored.settled(storage, (tried, Waiting(not_before=now + timedelta(hours=1), reason="later")), now=now)
    breaking = await stored.story(storage, "Breaking")
    await stored.promised(storage, breaking, now=now, is_breaking=True)

    claims = await stored.claimed(storage, now=now)
    assert [claim.story_id for claim in claims] == [breaking, breaking]
    assert tried.channel_id not in {claim.channel_id for claim in claims}


async def test_headlines_come_before_refreshes(storage: Database) -> None:
    await stored.channel(storage, "1")
    await stored.channel(storage, "2")
    story_id = await stored.story(storage, "Shown")
    await stored.promised(storage, story_id)
    first, second = await stored.claimed(storage)
    await stored.settled(storage, (first, Sent(receipt=receipt("1"))), (second, Sent(receipt=receipt("2"))))
    await stored.refreshed(storage, story_id, due=NOON)
    await stored.promised(storage, await stored.story(storage, "News"), now=NOON + _SECOND)
    now = NOON + _SECOND

    claims = await stored.claimed(storage, limit=2, now=now)
    assert [claim.kind for claim in claims] == [DeliveryKind.HEADLINE] * 2
    assert await stored.claimed(storage, now=now) == []
    await stored.settled(storage, *((claim, Sent(receipt=receipt("3"))) for claim in claims), now=now)
    assert [claim.kind for claim in await stored.claimed(storage, now=now)] == [DeliveryKind.REFRESH] * 2


async def test_refreshes_of_one_channel_go_one_by_one(storage: Database) -> None:
    await stored.channel(storage)
    stories = [await stored.story(storage, f"Story {number}") for number in range(3)]
    for story_id in stories:
        await stored.promised(storage, story_id)
        [claim] = await stored.claimed(storage)
        await stored.settled(storage, (claim, Sent(receipt=receipt(str(story_id)))))
    for number, story_id in enumerate(stories):
        await stored.refreshed(storage, story_id, due=NOON + number * _SECOND)

    edited = []
    while claims := await stored.claimed(storage, now=NOON + timedelta(minutes=1)):
        [claim] = claims
        edited.append(claim.story_id)
        await stored.settled(storage, (claim, Sent(receipt=claim.receipt)))
    assert edited == stories


async def test_a_headline_that_must_wait_holds_up_those_behind_it_and_no_other_channel(storage: Database) -> None:
    await _backlog(storage, channels=2, stories=2)
    now = NOON + timedelta(minutes=1)
    slow, quick = await stored.claimed(storage, now=now)
    await stored.settled(
        storage,
        (slow, Waiting(not_before=now + 30 * _SECOND, reason="slow mode")),
        (quick, Sent(receipt=receipt("1"))),
    )

    [claim] = await stored.claimed(storage, now=now + 29 * _SECOND)
    assert claim.channel_id == quick.channel_id
    [again] = await stored.claimed(storage, now=now + 30 * _SECOND)
    assert (again.id, again.attempt) == (slow.id, 2)


async def test_only_the_platforms_named_are_claimed(storage: Database) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage, "1", platform="discord")
    await stored.channel(storage, "1", platform="telegram")
    await stored.promised(storage, story_id)

    [claim] = await stored.claimed(storage, "telegram")
    assert claim.channel.platform == "telegram"
    assert await stored.claimed(storage, "telegram") == []
    assert await stored.claimed(storage, "elsewhere") == []
    assert len(await stored.claimed(storage, "telegram", "discord")) == 1


async def test_what_is_not_due_is_left(storage: Database) -> None:
    await stored.channel(storage)
    await stored.promised(storage, await stored.story(storage), now=NOON + _SECOND)

    assert await stored.claimed(storage, now=NOON + _SECOND - timedelta(microseconds=1)) == []
    assert len(await stored.claimed(storage, now=NOON + _SECOND)) == 1


async def test_the_next_due_time_is_when_a_claim_will_give_something(storage: Database) -> None:
    async def next_due(*platforms: str) -> object:
        async with storage.reading() as look:
            return await look.deliveries.next_due(platforms)

    assert await next_due("discord") is None
    await _backlog(storage, channels=1, stories=2)
    assert await next_due("discord") == NOON
    assert await next_due("telegram") is None
    [claim] = await stored.claimed(storage, now=NOON + timedelta(minutes=1))
    assert await next_due("discord") is None  # the channel's next one waits for the one in flight
    await stored.settled(storage, (claim, Waiting(not_before=NOON + timedelta(hours=1), reason="later")))
    assert await next_due("discord", "telegram") == NOON + timedelta(hours=1)
    [claim] = await stored.claimed(storage, now=NOON + timedelta(hours=1))
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked")))
    assert await next_due("discord") is None


async def test_a_claim_is_abandoned_when_its_lease_is_over(storage: Database) -> None:
    await _backlog(storage, channels=2, stories=1)
    [early] = await stored.claimed(storage, limit=1, now=NOON)
    [late] = await stored.claimed(storage, limit=1, now=NOON + 10 * _SECOND)
    over = NOON + stored.LEASE

    async with storage.reading() as look:
        assert await look.deliveries.abandoned(now=over - _SECOND) == []
        assert await look.deliveries.abandoned(now=over) == [early]
        assert await look.deliveries.abandoned(now=over + 10 * _SECOND) == [early, late]


async def test_what_waits_by_a_clock_that_was_ahead_is_set_right_and_nothing_else(storage: Database) -> None:
    day, ahead = timedelta(days=1), NOON + timedelta(days=1)
    tried, untried, asked_to_wait = [await stored.story(storage, title) for title in ("Tried", "Untried", "Asked")]
    for place, told, now in (("1", tried, ahead), ("2", untried, ahead), ("3", asked_to_wait, NOON)):
        channel = await stored.channel(storage, place)
        async with storage.writing() as work:
            await work.deliveries.promise_to(channel.id, [told], now=now)
            await work.commit()
        if told is not untried:
            [claim] = await stored.claimed(storage, now=now)
            await stored.settled(storage, (claim, Waiting(not_before=now + day, reason="busy")), now=now)
    async with storage.writing() as work:
        assert await work.deliveries.set_right(now=NOON) == 2
        assert await work.deliveries.set_right(now=NOON) == 0
        await work.commit()
    assert {stored.story_of(claim) for claim in await stored.claimed(storage, now=NOON)} == {tried, untried}


async def test_all_claims_of_others_are_abandoned_when_the_others_are_dead(storage: Database) -> None:
    await _backlog(storage, channels=3, stories=1)
    [dead] = await stored.claimed(storage, limit=1, holder="dead")
    [mine] = await stored.claimed(storage, limit=1, holder="me")

    async with storage.reading() as look:
        assert await look.deliveries.abandoned(now=NOON, holder="me") == [dead]
        assert await look.deliveries.abandoned(now=NOON, holder="dead") == [mine]
        assert await look.deliveries.abandoned(now=NOON) == []


async def test_an_abandoned_claim_stays_claimed_until_it_is_settled(storage: Database) -> None:
    await _backlog(storage, channels=1, stories=2)
    [claim] = await stored.claimed(storage, holder="dead")
    later = NOON + timedelta(hours=1)
    assert await stored.claimed(storage, now=later) == []

    async with storage.reading() as look:
        [abandoned] = await look.deliveries.abandoned(now=later)
    await stored.settled(storage, (abandoned, Waiting(not_before=later, reason="died", was_uncertain=True)), now=later)
    [again] = await stored.claimed(storage, now=later)
    assert (again.id, again.once) == (claim.id, claim.once)
    assert (again.attempt, again.uncertain) == (2, 1)
    assert again.first_attempt_at == claim.first_attempt_at


async def test_rows_are_counted_by_state(storage: Database) -> None:
    async with storage.reading() as look:
        assert await look.deliveries.counts() == dict.fromkeys(DeliveryState, 0)
    await _backlog(storage, channels=3, stories=1)
    claim, *_ = await stored.claimed(storage, limit=2)
    await stored.settled(storage, (claim, Sent(receipt=receipt("1"))))

    async with storage.reading() as look:
        counts = await look.deliveries.counts()
    assert counts == dict.fromkeys(DeliveryState, 0) | {
        DeliveryState.PENDING: 1,
        DeliveryState.SENDING: 1,
        DeliveryState.SENT: 1,
    }


async def test_what_was_taken_in_a_turn_is_found_until_it_is_settled(storage: Database) -> None:
    await _backlog(storage, channels=3, stories=1)
    ours = await stored.claimed(storage, limit=2, holder="here 7")
    [theirs] = await stored.claimed(storage, holder="there 8")
    await stored.settled(storage, (ours[0], Waiting(not_before=NOON, reason="later")))

    async with storage.writing() as work:
        assert await work.deliveries.claimed_in("here 7") == ours[1:]
        assert await work.deliveries.claimed_in("there 8") == [theirs]
        assert await work.deliveries.claimed_in("here") == []


async def test_a_claim_that_is_just_being_committed_is_waited_for(storage: Database, other_process: Database) -> None:
    await _backlog(storage, channels=1, stories=1)

    async def found() -> int:
        async with other_process.writing() as work:
            return len(await work.deliveries.claimed_in("here"))

    async with storage.writing() as work:
        await work.deliveries.claim(["discord"], holder="here", limit=1, now=NOON, lease=stored.LEASE)
        looking = asyncio.create_task(found())
        await asyncio.wait([looking], timeout=0.05)
        await work.commit()
    assert await looking == 1
