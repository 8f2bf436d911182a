"""What waits in the outbox is counted by platform and state, and nothing that is done."""

from datetime import timedelta

from bot.domain.delivery import Buried, ChannelPaused, DeliveryState, Parked, Queue, Sent
from storage import Database
from tests.builders import NOON, receipt
from tests.stored import channel, claimed, promised, settled, story

LATER = NOON + timedelta(minutes=5)


async def queues(storage: Database) -> list[Queue]:
    async with storage.reading() as look:
        return await look.deliveries.queues(now=LATER)


def queue(platform: str, state: DeliveryState, count: int) -> Queue:
    return Queue(platform=platform, state=state, count=count, oldest=NOON)


async def test_an_empty_outbox_has_no_queues(storage: Database) -> None:
    assert await queues(storage) == []


async def test_what_waits_is_counted_by_platform_from_when_it_was_wanted(storage: Database) -> None:
    for place in "123":
        await channel(storage, place)
    await channel(storage, "4", platform="telegram")
    await promised(storage, await story(storage))
    await promised(storage, await story(storage, "Later"), now=LATER)
    await promised(storage, await story(storage, "Not yet wanted"), now=LATER + timedelta(seconds=1))
    assert await queues(storage) == [
        queue("discord", DeliveryState.PENDING, 6),
        queue("telegram", DeliveryState.PENDING, 2),
    ]


async def test_each_state_that_is_not_the_end_is_counted_and_no_other(storage: Database) -> None:
    for place in "12345":
        await channel(storage, place)
    await promised(storage, await story(storage))
    sent, buried, parked, paused, _ = await claimed(storage)
    await settled(
        storage,
        (sent, Sent(receipt=receipt())),
        (buried, Buried(reason="refused")),
        (parked, Parked(reason="nobody knows")),
        (paused, ChannelPaused(reason="kicked")),
    )
    assert await queues(storage) == [
        queue("discord", DeliveryState.PARKED, 1),
        queue("discord", DeliveryState.PAUSED, 1),
        queue("discord", DeliveryState.SENDING, 1),
    ]
