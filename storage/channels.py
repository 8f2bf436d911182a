"""Places we post to, in the table ``channels``."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channel import Channel, ChannelId, ChannelKind, ChannelRef, NewChannel
from bot.domain.delivery import DeliveryState
from storage import dialects, moving
from storage.outbox import is_in, turned
from storage.places import is_at, to_ref
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
        )
        newer = statement.on_conflict_do_update(
            index_elements=[_c.platform, _c.place, _c.thread],
            set_={"title": statement.excluded.title, "kind": statement.excluded.kind},
        )
        return _to_channel((await self._connection.execute(newer.returning(*_c))).one())

    async def find(self, ref: ChannelRef) -> Channel | None:
        row = (await self._connection.execute(select(channels).where(*is_at(ref)))).one_or_none()
        return _to_channel(row) if row else None

    async def named(self, name: str) -> list[Channel]:
        is_meant = _c.title == name
        if name.isdecimal():
            is_meant = or_(is_meant, _c.id == int(name))
        rows = await self._connection.execute(select(channels).where(is_meant).order_by(_c.id))
        return [_to_channel(row) for row in rows]

    async def resume(self, channel_id: ChannelId, *, now: datetime) -> bool:
        paused = update(channels).where(_c.id == channel_id, _c.paused_because.is_not(None)).values(paused_because=None)
        if not (await self._connection.execute(paused)).rowcount:
            return False
        await self._connection.execute(
            update(deliveries)
            .where(deliveries.c.channel_id == channel_id, is_in(deliveries, DeliveryState.PAUSED))
            .values(state=turned(DeliveryState.PENDING, DeliveryState.PAUSED), due_at=now)
        )
        return True

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        await moving.move(self._connection, old, new)


def _to_channel(row: Row[*tuple[Any, ...]]) -> Channel:
    return Channel(
        id=ChannelId(row.id),
        ref=to_ref(row),
        kind=ChannelKind(row.kind),
        title=row.title,
        added_at=row.added_at,
        paused_because=row.paused_because,
    )
