"""What the port promises about posts that wait for a person's word, and about channels that open and close."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.channel import Channel, Loss, Prefers
from bot.domain.delivery import ChannelPaused, DeliveryState, Parked, Sent
from bot.domain.notice import NewNotice, NoticeKind
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, receipt

_LATER = NOON + timedelta(days=1)


async def _paused_with(storage: Database, number: int) -> tuple[Channel, list[StoryId]]:
    """A paused channel for which that many stories have gathered."""
    channel = await stored.channel(storage)
    stories = [await stored.story(storage, f"Story {one}") for one in range(number)]
    for story_id in stories:
        await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked", loss=Loss.SHUT_OUT)))
    return channel, stories


async def _resume(storage: Database, channel: Channel, *, most: int) -> int:
    async with storage.writing() as work:
        assert await work.channels.resume(channel.id, now=_LATER, most=most)
        held = await work.deliveries.held(channel.id)
        await work.commit()
    return held


async def _sent_now(storage: Database) -> list[StoryId]:
    """What leaves, in order."""
    left = []
    while claims := await stored.claimed(storage, now=_LATER):
        for number, claim in enumerate(claims):
            assert claim.story_id is not None
            left.append(claim.story_id)
            await stored.settled(storage, (claim, Sent(receipt=receipt(str(number)))), now=_LATER)
    return left


async def _counts(storage: Database) -> dict[DeliveryState, int]:
    async with storage.reading() as look:
        return {state: number for state, number in (await look.deliveries.counts()).items() if number}


async def test_a_few_stories_that_gathered_simply_arrive(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 3)
    assert await _resume(storage, channel, most=3) == 0
    assert await _sent_now(storage) == stories


async def test_more_stay_held_while_new_ones_go_out(storage: Database) -> None:
    channel, _ = await _paused_with(storage, 4)
    assert await _resume(storage, channel, most=3) == 4
    fresh = await stored.story(storage, "Fresh")
    await stored.promised(storage, fresh)
    assert await _sent_now(storage) == [fresh]
    assert await _counts(storage) == {DeliveryState.SENT: 1, DeliveryState.PAUSED: 4}


async def test_catching_up_lets_the_newest_out_in_order_and_says_why_the_others_are_not_sent(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 5)
    await _resume(storage, channel, most=2)
    async with storage.writing() as work:
        left = await work.deliveries.catch_up(channel.id, most=2, now=_LATER)
        assert left == stories[2::-1]
        assert await work.deliveries.catch_up(channel.id, most=2, now=_LATER) == []
        await work.commit()
    assert await _sent_now(storage) == stories[3:]
    assert await _counts(storage) == {DeliveryState.SENT: 2, DeliveryState.BURIED: 3}


async def test_who_catches_up_a_moment_later_takes_nothing_back_that_is_being_sent(
    storage: Database, other_process: Database
) -> None:
    channel, stories = await _paused_with(storage, 2)
    await _resume(storage, channel, most=1)

    async def catch_up_too() -> None:
        async with other_process.writing() as work:
            await work.deliveries.catch_up(channel.id, most=1, now=_LATER)
            await work.commit()

    async with storage.writing() as work:
        await work.deliveries.catch_up(channel.id, most=1, now=_LATER)
        [claim] = await work.deliveries.claim(["discord"], holder="us", limit=9, now=_LATER, lease=stored.LEASE)
        later = asyncio.create_task(catch_up_too())
        await asyncio.wait([later], timeout=0.1)
        await work.commit()
    await later
    assert claim.story_id == stories[1]
    assert await _counts(storage) == {DeliveryState.SENDING: 1, DeliveryState.BURIED: 1}


async def test_what_is_not_posted_one_by_one_is_told_in_one_digest_of_that_channel_alone(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 3)
    await _resume(storage, channel, most=0)
    async with storage.writing() as work:
        left = await work.deliveries.catch_up(channel.id, most=1, now=_LATER)
        digest_id = await work.digests.gather(channel.id, left, now=_LATER)
        digest = await work.digests.find(digest_id, headlines=1)
        await work.commit()
    assert digest is not None
    assert (digest.source, digest.count) == (None, 2)
    assert [headline.id for headline in digest.headlines] == [stories[1]]
    [headline] = await stored.claimed(storage, now=_LATER)
    assert headline.story_id == stories[2]
    await stored.settled(storage, (headline, Sent(receipt=receipt("1"))), now=_LATER)
    [claim] = await stored.claimed(storage, now=_LATER)
    assert (claim.digest_id, claim.channel_id) == (digest_id, channel.id)


async def test_leaving_out_what_gathered_takes_its_refreshes_along(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 3)
    await stored.refreshed(storage, stories[0])
    await _resume(storage, channel, most=0)
    async with storage.writing() as work:
        assert await work.deliveries.leave_out(channel.id, now=_LATER, reason="from now on") == 3
        await work.commit()
    assert await _sent_now(storage) == []
    assert await _counts(storage) == {DeliveryState.BURIED: 3}


async def test_a_held_story_is_not_promised_again(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 2)
    await _resume(storage, channel, most=0)
    assert await stored.promised(storage, stories[1]) == 0


async def test_a_channel_that_closes_again_keeps_what_is_held(storage: Database) -> None:
    channel, stories = await _paused_with(storage, 2)
    await _resume(storage, channel, most=0)
    async with storage.writing() as work:
        assert await work.channels.pause([channel.ref], reason="kicked", loss=Loss.SHUT_OUT, now=_LATER)
        await work.commit()
    assert await _resume(storage, channel, most=2) == 0
    assert await _sent_now(storage) == stories


async def _parked(storage: Database, number: int) -> tuple[Channel, list[StoryId]]:
    channel = await stored.channel(storage)
    stories = []
    for one in range(number):
        stories.append(await stored.story(storage, f"Story {one}"))
        await stored.promised(storage, stories[-1])
        [claim] = await stored.claimed(storage)
        await stored.settled(storage, (claim, Parked(reason="cut")))
    return channel, stories


async def test_parked_posts_are_listed_newest_first_and_sent_again_in_order(storage: Database) -> None:
    channel, stories = await _parked(storage, 3)
    async with storage.writing() as work:
        parked = await work.deliveries.parked(channel.id)
        assert [post.story_id for post in parked] == stories[::-1]
        assert await work.deliveries.channel_of(parked[0].id) == channel.id
        assert await work.deliveries.resend(channel.id, up_to=parked[1].id, now=_LATER) == 2
        assert await work.deliveries.resend(channel.id, up_to=parked[1].id, now=_LATER) == 0
        assert [post.story_id for post in await work.deliveries.parked(channel.id)] == stories[2:]
        await work.commit()
    assert await _sent_now(storage) == stories[:2]


async def test_a_parked_digest_is_listed_and_sent_again_and_a_parked_notice_is_not(storage: Database) -> None:
    channel = await stored.channel(storage)
    stories = [await stored.story(storage, f"Story {number}") for number in range(2)]
    async with storage.writing() as work:
        await work.notices.keep(channel.id, channel.id, now=NOON)
        await work.digests.gather(channel.id, stories, now=NOON)
        notice = NewNotice(kind=NoticeKind.POSTS_PARKED, key="parked", about="", channel_id=channel.id)
        assert await work.notices.tell(notice, now=NOON) == 1
        await work.commit()
    for _ in range(2):
        [claim] = await stored.claimed(storage)
        await stored.settled(storage, (claim, Parked(reason="cut")))
    async with storage.writing() as work:
        [digest] = await work.deliveries.parked(channel.id)
        assert digest.story_id is None
        assert await work.deliveries.resend(channel.id, up_to=digest.id, now=_LATER) == 1
        await work.commit()
    [again] = await stored.claimed(storage, now=_LATER)
    assert again.digest_id is not None


async def test_a_parked_post_that_is_left_is_not_sent(storage: Database) -> None:
    channel, _ = await _parked(storage, 2)
    async with storage.writing() as work:
        newest = (await work.deliveries.parked(channel.id))[0].id
        assert await work.deliveries.leave(channel.id, up_to=newest, now=_LATER) == 2
        assert await work.deliveries.parked(channel.id) == []
        await work.commit()
    assert await _sent_now(storage) == []
    assert await _counts(storage) == {DeliveryState.BURIED: 2}


async def test_only_the_channels_own_parked_posts_are_meant(storage: Database) -> None:
    channel, _ = await _parked(storage, 1)
    other = await stored.channel(storage, "200")
    async with storage.writing() as work:
        newest = (await work.deliveries.parked(channel.id))[0].id
        assert await work.deliveries.resend(other.id, up_to=newest, now=_LATER) == 0
        assert await work.deliveries.leave(other.id, up_to=newest, now=_LATER) == 0
        assert len(await work.deliveries.parked(channel.id)) == 1


async def test_a_place_that_closes_takes_its_threads_along_and_a_thread_only_itself(storage: Database) -> None:
    place = await stored.channel(storage, "100")
    thread, other = (await stored.channel(storage, "100", thread="5"), await stored.channel(storage, "200"))
    story = await stored.story(storage)
    assert await stored.promised(storage, story) == 3
    async with storage.writing() as work:
        closed = await work.channels.pause([thread.ref], reason="gone", loss=Loss.GONE, now=NOON)
        assert closed == [thread.id]
        assert await work.channels.pause([place.ref], reason="kicked", loss=Loss.SHUT_OUT, now=NOON) == [place.id]
        assert [one.id for one in await work.channels.paused("discord")] == [place.id, thread.id]
        assert await work.channels.paused("telegram") == []
        assert [one.id for one in await work.channels.around(place.ref)] == [place.id, thread.id]
        assert [one.id for one in await work.channels.around(thread.ref)] == [thread.id]
        told = await work.channels.numbered(thread.id)
        await work.commit()
    assert told is not None
    assert (told.paused_because, told.paused_as, told.paused_at) == ("gone", Loss.GONE, NOON)
    assert [claim.channel_id for claim in await stored.claimed(storage)] == [other.id]


async def test_a_pause_says_what_kind_it_is_and_since_when(storage: Database) -> None:
    channel, _ = await _paused_with(storage, 1)
    async with storage.reading() as look:
        paused = await look.channels.find(channel.ref)
    assert paused is not None
    assert (paused.paused_because, paused.paused_as, paused.paused_at) == ("kicked", Loss.SHUT_OUT, NOON)


async def test_what_waits_for_an_answer_still_does_after_a_move_and_what_waited_for_the_old_place_goes_on(
    storage: Database,
) -> None:
    held, _ = await _paused_with(storage, 2)
    await _resume(storage, held, most=0)
    old = await stored.channel(storage, "200")
    fresh = await stored.story(storage, "Fresh")
    async with storage.writing() as work:
        await work.channels.pause([old.ref], reason="kicked", loss=Loss.SHUT_OUT, now=_LATER)
        await work.channels.prefer(old.id, Prefers.NO_DUPLICATE)
        await work.deliveries.promise_to(old.id, [fresh], now=_LATER)
        await work.channels.moved(old.ref, held.ref)
        assert await work.deliveries.held(held.id) == 2
        await work.commit()
    [claim] = await stored.claimed(storage, now=_LATER)
    assert (claim.story_id, claim.channel_id, claim.prefers) == (fresh, held.id, Prefers.NO_DUPLICATE)


@pytest.mark.parametrize("prefers", Prefers)
async def test_what_a_channel_prefers_reaches_its_claims(storage: Database, prefers: Prefers) -> None:
    channel = await stored.channel(storage)
    await stored.promised(storage, await stored.story(storage))
    async with storage.writing() as work:
        await work.channels.prefer(channel.id, prefers)
        await work.commit()
    async with storage.reading() as look:
        known = await look.channels.find(channel_ref("100"))
    [claim] = await stored.claimed(storage)
    assert known is not None
    assert (known.prefers, claim.prefers) == (prefers, prefers)
