"""Places we post to, in the table ``channels``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import Channel, ChannelId, ChannelKind, ChannelRef, Loss, NewChannel, Prefers
from bot.domain.delivery import DeliveryState
from storage import dialects, holding, moving
from storage.outbox import is_in, turned
from storage.places import is_at, to_ref
from storage.readership import is_or_was
from storage.tables import channels, deliveries

_c = channels.c


class DatabaseChannels:
    """One row for each place and each thread in it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def meet(self, channel: NewChannel, *, now: datetime) -> Channel:
        met = await self.find(channel.ref)
        if met and (met.title, met.kind) == (channel.title, channel.kind):
            return met
        statement = dialects.insert(self._connection, channels).values(
            platform=channel.ref.platform,
            place=channel.ref.id,
            thread=channel.ref.thread or "",
            kind=channel.kind,
            title=channel.title,
            added_at=now,
            prefers=Prefers.NO_LOSS,
        )
        newer = statement.on_conflict_do_update(
            index_elements=[_c.platform, _c.place, _c.thread],
            set_={"title": statement.excluded.title, "kind": statement.excluded.kind},
        )
        return _to_channel((await self._connection.execute(newer.returning(*_c))).one())

    async def find(self, ref: ChannelRef) -> Channel | None:
        row = (await self._connection.execute(select(channels).where(*is_at(ref)))).one_or_none()
        return _to_channel(row) if row else None

    async def showing(self, story_id: StoryId, *, platform: str, limit: int) -> list[ChannelRef]:
        it_stands = (
            select(channels.c.platform, channels.c.place, channels.c.thread)
            .join_from(deliveries, channels, _c.id == deliveries.c.channel_id)
            .where(
                is_or_was(deliveries.c.story_id, story_id),
                deliveries.c.receipt_messages.is_not(None),
                _c.platform == platform,
                _c.kind != ChannelKind.PRIVATE,
            )
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [to_ref(row) for row in await self._connection.execute(it_stands)]

    async def named(self, name: str) -> list[Channel]:
        is_meant = _c.title == name
        if name.isdecimal():
            is_meant = or_(is_meant, _c.id == int(name))
        rows = await self._connection.execute(select(channels).where(is_meant).order_by(_c.id))
        return [_to_channel(row) for row in rows]

    async def latest(self, *, limit: int) -> list[Channel]:
        rows = await self._connection.execute(select(channels).order_by(_c.id.desc()).limit(limit))
        return [_to_channel(row) for row in rows]

    async def numbered(self, channel_id: ChannelId) -> Channel | None:
        row = (await self._connection.execute(select(channels).where(_c.id == channel_id))).one_or_none()
        return _to_channel(row) if row else None

    async def around(self, ref: ChannelRef) -> list[Channel]:
        statement = select(channels).where(*_within(ref)).order_by(_c.id)
        return [_to_channel(row) for row in await self._connection.execute(statement)]

    async def paused(self, platform: str) -> list[Channel]:
        statement = select(channels).where(_c.paused_because.is_not(None), _c.platform == platform).order_by(_c.id)
        return [_to_channel(row) for row in await self._connection.execute(statement)]

    async def pause(self, refs: Sequence[ChannelRef], *, reason: str, loss: Loss, now: datetime) -> list[ChannelId]:
        paused: list[ChannelId] = []
        for ref in refs:
            statement = (
                update(channels)
                .where(*_within(ref), _c.paused_because.is_(None))
                .values(paused_because=reason, paused_as=loss, paused_at=now)
                .returning(_c.id)
            )
            paused += map(ChannelId, (await self._connection.execute(statement)).scalars().all())
        waiting = (deliveries.c.channel_id.in_(paused), is_in(deliveries, DeliveryState.PENDING))
        state = turned(DeliveryState.PAUSED, DeliveryState.PENDING)
        await self._connection.execute(update(deliveries).where(*waiting).values(state=state))
        return paused

    async def resume(self, channel_id: ChannelId, *, now: datetime, most: int | None = None) -> bool:
        return await holding.resume(self._connection, channel_id, now=now, most=most)

    async def prefer(self, channel_id: ChannelId, prefers: Prefers) -> None:
        await self._connection.execute(update(channels).where(_c.id == channel_id).values(prefers=prefers))

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        await moving.move(self._connection, old, new)


def _within(ref: ChannelRef) -> tuple[Any, ...]:
    """A place and its threads, or a thread alone."""
    return is_at(ref) if ref.thread is not None else is_at(ref)[:2]


def _to_channel(row: Row[*tuple[Any, ...]]) -> Channel:
    return Channel(
        id=ChannelId(row.id),
        ref=to_ref(row),
        kind=ChannelKind(row.kind),
        title=row.title,
        added_at=row.added_at,
        paused_because=row.paused_because,
        paused_as=Loss(row.paused_as) if row.paused_as else None,
        paused_at=row.paused_at,
        prefers=Prefers(row.prefers),
    )
