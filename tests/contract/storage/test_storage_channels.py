"""What the port promises about channels."""

from datetime import timedelta

from bot.domain.channel import ChannelKind
from bot.domain.delivery import ChannelPaused, DeliveryState, Sent
from bot.domain.subscription import Everything, FromTopic, Target
from bot.domain.topic import TopicId
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, new_channel, receipt

_IRAN = FromTopic(topic_id=TopicId("iran"), label="Iran")


async def test_a_place_is_met_once_and_its_new_title_is_taken_over(storage: Database) -> None:
    async with storage.writing() as work:
        first = await work.channels.meet(new_channel("100", title="#news"), now=NOON)
        again = await work.channels.meet(new_channel("100", title="#world-news"), now=NOON + timedelta(days=1))

        assert again.id == first.id
        assert (again.title, again.added_at) == ("#world-news", NOON)
        assert await work.channels.find(channel_ref("100")) == again


async def test_platforms_places_and_threads_are_told_apart(storage: Database) -> None:
    async with storage.writing() as work:
        met = [
            await work.channels.meet(new, now=NOON)
            for new in (
                new_channel("100"),
                new_channel("100", thread="5"),
                new_channel("100", thread="6"),
                new_channel("100", platform="telegram"),
                new_channel("-100", kind=ChannelKind.BROADCAST),
            )
        ]
        assert len({channel.id for channel in met}) == 5
        for channel in met:
            assert await work.channels.find(channel.ref) == channel
        assert await work.channels.find(channel_ref("101")) is None


async def test_the_channels_met_last_are_listed_newest_first(storage: Database) -> None:
    for place in ("100", "101", "102"):
        await stored.channel(storage, place)
    async with storage.reading() as look:
        assert [channel.ref.id for channel in await look.channels.latest(limit=2)] == ["102", "101"]


async def test_resuming_says_whether_it_was_paused_and_lets_posts_out_again(storage: Database) -> None:
    channel = await stored.channel(storage)
    await stored.promised(storage, await stored.story(storage))
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="bot was kicked")))
    later = NOON + timedelta(days=1)

    async with storage.writing() as work:
        paused = await work.channels.find(channel.ref)
        assert paused is not None
        assert paused.paused_because == "bot was kicked"
        assert await work.channels.resume(channel.id, now=later)
        assert not await work.channels.resume(channel.id, now=later)
        assert await work.channels.find(channel.ref) == channel
        await work.commit()

    [again] = await stored.claimed(storage, now=later)
    assert (again.id, again.once, again.attempt) == (claim.id, claim.once, 2)


async def _follows(storage: Database, place: str) -> list[Target]:
    async with storage.reading() as look:
        channel = await look.channels.find(channel_ref(place, platform="telegram"))
        assert channel is not None
        return [subscription.target for subscription in await look.subscriptions.of(channel.id)]


async def _move(storage: Database, old: str, new: str) -> None:
    async with storage.writing() as work:
        await work.channels.moved(channel_ref(old, platform="telegram"), channel_ref(new, platform="telegram"))
        await work.commit()


async def test_a_moved_place_takes_subscriptions_deliveries_and_receipts_along(storage: Database) -> None:
    story_id = await stored.story(storage)
    channel = await stored.channel(storage, "-1", platform="telegram")
    await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7", place="-1", platform="telegram"))))
    await stored.promised(storage, await stored.story(storage, "Another"))

    await _move(storage, "-1", "-1001")

    async with storage.reading() as look:
        assert await look.channels.find(channel_ref("-1", platform="telegram")) is None
        moved = await look.channels.find(channel_ref("-1001", platform="telegram"))
        assert moved is not None
        assert moved.id == channel.id
    assert await _follows(storage, "-1001") == [Everything()]
    await stored.refreshed(storage, story_id)
    [headline] = await stored.claimed(storage)
    assert headline.channel == channel_ref("-1001", platform="telegram")
    await stored.settled(storage, (headline, Sent(receipt=receipt("8", place="-1001", platform="telegram"))))
    [refresh] = await stored.claimed(storage)
    assert refresh.receipt == receipt("7", place="-1001", platform="telegram")


async def test_a_claim_under_way_may_be_settled_after_its_place_moved(storage: Database) -> None:
    await stored.channel(storage, "-1", platform="telegram")
    await stored.promised(storage, await stored.story(storage))
    [claim] = await stored.claimed(storage)

    await _move(storage, "-1", "-1001")
    await stored.settled(storage, (claim, Sent(receipt=receipt("7", place="-1001", platform="telegram"))))

    async with storage.reading() as look:
        assert (await look.deliveries.counts())[DeliveryState.SENT] == 1


async def test_threads_move_with_their_place(storage: Database) -> None:
    await stored.channel(storage, "-1", platform="telegram")
    await stored.channel(storage, "-1", platform="telegram", thread="5")
    await stored.channel(storage, "-2", platform="telegram", thread="5")

    await _move(storage, "-1", "-1001")

    async with storage.reading() as look:
        for place, thread, is_there in (
            ("-1001", None, True),
            ("-1001", "5", True),
            ("-2", "5", True),
            ("-1", "5", False),
        ):
            ref = channel_ref(place, platform="telegram", thread=thread)
            assert (await look.channels.find(ref) is not None) == is_there, ref


async def test_a_place_that_was_met_under_its_new_id_already_becomes_one_with_it(storage: Database) -> None:
    shown, waiting = await stored.story(storage, "Shown"), await stored.story(storage, "Waiting")
    old = await stored.channel(storage, "-1", _IRAN, Everything(), platform="telegram")
    for story_id in (shown, waiting):
        await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7", place="-1", platform="telegram"))))
    new = await stored.channel(storage, "-1001", Everything(), platform="telegram")
    for story_id in (shown, waiting):
        await stored.promised(storage, story_id)

    await _move(storage, "-1", "-1001")

    assert await _follows(storage, "-1001") == [_IRAN, Everything()]
    async with storage.reading() as look:
        assert await look.subscriptions.of(old.id) == []
        counts = await look.deliveries.counts()
        assert (counts[DeliveryState.SENT], counts[DeliveryState.PENDING]) == (1, 1)
    [headline] = await stored.claimed(storage)
    assert (headline.story_id, headline.channel_id) == (waiting, new.id)


async def test_two_places_with_one_delivery_in_flight_each_become_one_place_with_one(storage: Database) -> None:
    first, second = await stored.story(storage, "First"), await stored.story(storage, "Second")
    old = await stored.channel(storage, "-1", platform="telegram")
    new = await stored.channel(storage, "-1001", platform="telegram")
    async with storage.writing() as work:
        await work.deliveries.promise_to(old.id, [first], now=NOON)
        await work.deliveries.promise_to(new.id, [second], now=NOON)
        await work.commit()
    claims = {claim.story_id: claim for claim in await stored.claimed(storage)}

    await _move(storage, "-1", "-1001")

    assert await stored.claimed(storage) == []
    await stored.settled(storage, (claims[second], Sent(receipt=receipt("8", place="-1001", platform="telegram"))))
    [again] = await stored.claimed(storage)
    assert (again.story_id, again.channel_id) == (first, new.id)


async def test_moving_what_nobody_met_does_nothing(storage: Database) -> None:
    await stored.channel(storage, "-1", platform="telegram")
    await _move(storage, "-9", "-1009")
    await _move(storage, "-1", "-1")

    assert await _follows(storage, "-1") == [Everything()]
