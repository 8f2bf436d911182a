"""Posts that wait for a person's word: those held back while their channel was closed, and those nobody knows of."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId
from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState, ParkedPost
from storage import dialects
from storage.outbox import is_card_of, is_in, is_of, turned
from storage.tables import channels, deliveries

_c = deliveries.c
_card = deliveries.alias("card")


async def resume(connection: AsyncConnection, channel_id: ChannelId, *, now: datetime, most: int | None) -> bool:
    """See ``ChannelStore.resume``."""
    closed = update(channels).where(channels.c.id == channel_id, channels.c.paused_because.is_not(None))
    opened = closed.values(paused_because=None, paused_as=None, paused_at=None)
    if not (await connection.execute(opened)).rowcount:
        return False
    freed: ColumnElement[bool] = is_in(deliveries, DeliveryState.PAUSED)
    if most is not None and await held(connection, channel_id) > most:
        freed = and_(freed, ~is_of(deliveries, DeliveryKind.HEADLINE))
    await _let_leave(connection, now, _c.channel_id == channel_id, freed)
    return True


async def held(connection: AsyncConnection, channel_id: ChannelId) -> int:
    """See ``DeliveryStore.held``."""
    return (await connection.execute(select(func.count()).where(*_held(channel_id)))).scalar_one()


async def catch_up(connection: AsyncConnection, channel_id: ChannelId, *, most: int, now: datetime) -> list[StoryId]:
    """See ``DeliveryStore.catch_up``."""
    newest = select(_c.id).where(*_held(channel_id)).order_by(_c.id.desc()).limit(most)
    await _let_leave(connection, now, _c.id.in_(newest), is_in(deliveries, DeliveryState.PAUSED))
    older = select(_c.story_id).where(*_held(channel_id)).order_by(_c.id.desc())
    left = [StoryId(number) for number in (await connection.execute(older)).scalars() if number is not None]
    reason = "it gathered while the channel was closed; the newest stories were posted, the others told in one post"
    await leave_out(connection, channel_id, now=now, reason=reason)
    return left


async def leave_out(connection: AsyncConnection, channel_id: ChannelId, *, now: datetime, reason: str) -> int:
    """See ``DeliveryStore.leave_out``."""
    return await _bury(connection, and_(*_held(channel_id)), now=now, reason=reason)


async def parked(
    connection: AsyncConnection, channel_id: ChannelId, *, up_to: DeliveryId | None, limit: int
) -> list[ParkedPost]:
    """See ``DeliveryStore.parked``."""
    newest = select(_c.id, _c.story_id).where(*_parked(channel_id, up_to)).order_by(_c.id.desc()).limit(limit)
    rows = (await connection.execute(newest)).all()
    return [ParkedPost(id=DeliveryId(row.id), story_id=row.story_id and StoryId(row.story_id)) for row in rows]


async def parked_at(connection: AsyncConnection, at: datetime) -> list[ChannelId]:
    """See ``DeliveryStore.parked_at``."""
    there = (is_in(deliveries, DeliveryState.PARKED), ~is_of(deliveries, DeliveryKind.NOTICE), _c.settled_at == at)
    rows = await connection.execute(select(_c.channel_id).where(*there).distinct().order_by(_c.channel_id))
    return [ChannelId(number) for number in rows.scalars()]


async def resend(connection: AsyncConnection, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
    """See ``DeliveryStore.resend``."""
    return await _let_leave(connection, now, *_parked(channel_id, up_to))


async def leave(connection: AsyncConnection, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
    """See ``DeliveryStore.leave``."""
    reason = "it may have arrived, and a moderator left it at that"
    return await _bury(connection, and_(*_parked(channel_id, up_to)), now=now, reason=reason)


def _held(channel_id: ChannelId) -> tuple[ColumnElement[bool], ...]:
    return (
        _c.channel_id == channel_id,
        is_in(deliveries, DeliveryState.PAUSED),
        is_of(deliveries, DeliveryKind.HEADLINE),
    )


def _parked(channel_id: ChannelId, up_to: DeliveryId | None) -> tuple[ColumnElement[bool], ...]:
    is_meant = (
        _c.channel_id == channel_id,
        is_in(deliveries, DeliveryState.PARKED),
        ~is_of(deliveries, DeliveryKind.NOTICE),
    )
    return is_meant if up_to is None else (*is_meant, _c.id <= up_to)


async def _let_leave(connection: AsyncConnection, now: datetime, *which: ColumnElement[bool]) -> int:
    """Due now, for whoever sends; how many. What was tried keeps its count: of a send of unknown outcome there are
    never more than two without a word.
    """
    pending = turned(DeliveryState.PENDING, DeliveryState.PAUSED, DeliveryState.PARKED)
    freed = (await connection.execute(update(deliveries).where(*which).values(state=pending, due_at=now))).rowcount
    if freed:
        await dialects.wake_senders(connection)
    return freed


async def _bury(connection: AsyncConnection, which: ColumnElement[bool], *, now: datetime, reason: str) -> int:
    buried = turned(DeliveryState.BURIED, DeliveryState.PAUSED, DeliveryState.PARKED)
    values = {"state": buried, "settled_at": now, "reason": reason}
    ids = (await connection.execute(update(deliveries).where(which).values(values).returning(_c.id))).scalars().all()
    if ids:
        has_no_card = exists().where(is_card_of(_card, deliveries), is_in(_card, DeliveryState.BURIED))
        waits = or_(is_in(deliveries, DeliveryState.PENDING), is_in(deliveries, DeliveryState.PAUSED))
        stories = select(_card.c.story_id).where(_card.c.id.in_(ids))
        needless = delete(deliveries).where(
            _c.story_id.in_(stories), is_of(deliveries, DeliveryKind.REFRESH), waits, has_no_card
        )
        await connection.execute(needless)
    return len(ids)
