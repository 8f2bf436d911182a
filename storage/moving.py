"""A place that has another id now takes all that belongs to it along.

When the new id was met before the move was told, the same place stands there twice; the two rows become one.
"""

from sqlalchemy import ColumnElement, and_, delete, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channel import ChannelRef
from bot.domain.delivery import DeliveryState
from storage.outbox import is_in, turned
from storage.places import is_at
from storage.tables import attempts, channels, deliveries, digests, keepers, notices, subscriptions

_c = deliveries.c


async def move(connection: AsyncConnection, old: ChannelRef, new: ChannelRef) -> None:
    """See ``ChannelStore.moved``; the threads of a place move with it."""
    if old == new:
        return
    leaving = await _id_at(connection, old)
    if leaving is not None:
        staying = await _id_at(connection, new)
        if staying is not None:
            await _join(connection, leaving, staying)
        else:
            there = {"place": new.id, "thread": new.thread or ""}
            await connection.execute(update(channels).where(channels.c.id == leaving).values(there))
    await _receipts_follow(connection, old, new)
    if old.thread is None and new.thread is None:
        await _threads_follow(connection, old, new)


async def _id_at(connection: AsyncConnection, ref: ChannelRef) -> int | None:
    return (await connection.execute(select(channels.c.id).where(*is_at(ref)))).scalar_one_or_none()


async def _join(connection: AsyncConnection, leaving: int, staying: int) -> None:
    """Give all of one channel to another, of what both have one, and forget the first."""
    other = subscriptions.alias("other")
    followed = subscriptions.c
    is_double = exists().where(
        other.c.channel_id == staying, other.c.kind == followed.kind, other.c.subject == followed.subject
    )
    await connection.execute(delete(subscriptions).where(followed.channel_id == leaving, is_double))
    await connection.execute(update(subscriptions).where(followed.channel_id == leaving).values(channel_id=staying))
    await _join_digests(connection, leaving, staying)
    await _join_deliveries(connection, leaving, staying)
    await _join_keepers(connection, leaving, staying)
    await connection.execute(delete(channels).where(channels.c.id == leaving))


async def _join_digests(connection: AsyncConnection, leaving: int, staying: int) -> None:
    """Of one occasion's two digests the one that got further stays; each tells what its channel followed."""
    twin = digests.alias("twin")
    mine = deliveries.alias("mine")
    is_twin = and_(twin.c.source_id == digests.c.source_id, twin.c.opened_at == digests.c.opened_at)
    has_not_begun = exists().where(
        mine.c.digest_id == digests.c.id, is_in(mine, DeliveryState.PENDING, DeliveryState.PAUSED)
    )
    for channel, other in ((staying, leaving), (leaving, staying)):
        is_double = exists().where(is_twin, twin.c.channel_id == other)
        may_go = has_not_begun if channel == staying else true()
        gone = select(digests.c.id).where(digests.c.channel_id == channel, is_double, may_go)
        await connection.execute(delete(deliveries).where(_c.digest_id.in_(gone)))
        unsent = exists().where(mine.c.digest_id == digests.c.id)
        await connection.execute(delete(digests).where(digests.c.channel_id == channel, is_double, ~unsent))
    await connection.execute(update(digests).where(digests.c.channel_id == leaving).values(channel_id=staying))


async def _join_keepers(connection: AsyncConnection, leaving: int, staying: int) -> None:
    """Who looks after either looks after both; what was chosen for the old place holds."""
    other = keepers.alias("other")
    looks_after_both = exists().where(other.c.channel_id == staying, other.c.private_id == keepers.c.private_id)
    await connection.execute(delete(keepers).where(keepers.c.channel_id == leaving, looks_after_both))
    await connection.execute(update(keepers).where(keepers.c.channel_id == leaving).values(channel_id=staying))
    chosen = select(channels.c.prefers).where(channels.c.id == leaving).scalar_subquery()
    await connection.execute(update(channels).where(channels.c.id == staying).values(prefers=chosen))
    await connection.execute(update(notices).where(notices.c.channel_id == leaving).values(channel_id=staying))


async def _join_deliveries(connection: AsyncConnection, leaving: int, staying: int) -> None:
    """Of a story promised to both, the row that got further stays: what was shown once is not shown again."""
    other = deliveries.alias("other")
    same = and_(other.c.story_id == _c.story_id, other.c.kind == _c.kind, other.c.part == _c.part)
    has_not_begun = is_in(deliveries, DeliveryState.PENDING, DeliveryState.PAUSED)
    begun = exists().where(
        same, other.c.channel_id == leaving, ~is_in(other, DeliveryState.PENDING, DeliveryState.PAUSED)
    )
    await connection.execute(delete(deliveries).where(_c.channel_id == staying, has_not_begun, begun))
    double = exists().where(same, other.c.channel_id == staying)
    await connection.execute(delete(deliveries).where(_c.channel_id == leaving, double))
    # Both may have one in flight, and a channel has one at most: the old place took nothing, so its own goes back.
    busy = exists().where(other.c.channel_id == staying, is_in(other, DeliveryState.SENDING))
    await connection.execute(
        update(deliveries)
        .where(_c.channel_id == leaving, is_in(deliveries, DeliveryState.SENDING), busy)
        .values(state=turned(DeliveryState.PENDING, DeliveryState.SENDING), holder=None, leased_until=None)
    )
    # What waited only for the old place to open goes on; what a moderator is to decide about waits for that.
    freed = (_c.channel_id == leaving, is_in(deliveries, DeliveryState.PAUSED), _is_paused(leaving))
    pending = turned(DeliveryState.PENDING, DeliveryState.PAUSED)
    await connection.execute(update(deliveries).where(*freed).values(state=pending))
    await connection.execute(update(deliveries).where(_c.channel_id == leaving).values(channel_id=staying))
    await connection.execute(update(attempts).where(attempts.c.channel_id == leaving).values(channel_id=staying))
    shut = (_c.channel_id == staying, is_in(deliveries, DeliveryState.PENDING), _is_paused(staying))
    paused = turned(DeliveryState.PAUSED, DeliveryState.PENDING)
    await connection.execute(update(deliveries).where(*shut).values(state=paused))


def _is_paused(channel_id: int) -> ColumnElement[bool]:
    return exists().where(channels.c.id == channel_id, channels.c.paused_because.is_not(None))


async def _receipts_follow(connection: AsyncConnection, old: ChannelRef, new: ChannelRef) -> None:
    stands_there = and_(
        _c.platform == old.platform,
        _c.receipt_place == old.id,
        _c.receipt_thread.is_not_distinct_from(old.thread),
    )
    moved = {"receipt_place": new.id, "receipt_thread": new.thread}
    await connection.execute(update(deliveries).where(stands_there).values(moved))


async def _threads_follow(connection: AsyncConnection, old: ChannelRef, new: ChannelRef) -> None:
    threads = select(channels.c.thread).where(
        channels.c.platform == old.platform, channels.c.place == old.id, channels.c.thread != ""
    )
    for thread in (await connection.execute(threads)).scalars().all():
        before = ChannelRef(platform=old.platform, id=old.id, thread=thread)
        await move(connection, before, ChannelRef(platform=new.platform, id=new.id, thread=thread))
