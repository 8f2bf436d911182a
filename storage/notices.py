"""What moderators are told, in the tables ``notices`` and ``keepers``; telling it is a row of the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, delete, exists, literal, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channel import ChannelId, ChannelKind
from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.notice import NewNotice, Notice, NoticeId, NoticeKind
from bot.domain.source import SourceId
from storage import dialects
from storage.column_types import Number
from storage.outbox import is_in
from storage.promises import insert_new, new_row
from storage.subscriptions import EVERYTHING, SOURCE
from storage.tables import channels, deliveries, keepers, notices, subscriptions

_c = notices.c
_d = deliveries.c
_LOOK_AFTER = 3
"""So many people look after a channel: those who changed what it follows last."""


class DatabaseNotices:
    """One row for each cause, and a delivery for each private chat in which it is told."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, channel_id: ChannelId, private_id: ChannelId, *, now: datetime) -> None:
        statement = dialects.insert(self._connection, keepers).values(
            channel_id=channel_id, private_id=private_id, at=now
        )
        newer = statement.on_conflict_do_update(
            index_elements=[keepers.c.channel_id, keepers.c.private_id], set_={"at": statement.excluded.at}
        )
        await self._connection.execute(newer)
        latest = (
            select(keepers.c.private_id)
            .where(keepers.c.channel_id == channel_id)
            .order_by(keepers.c.at.desc(), keepers.c.private_id)
            .limit(_LOOK_AFTER)
        )
        await self._connection.execute(
            delete(keepers).where(keepers.c.channel_id == channel_id, keepers.c.private_id.not_in(latest))
        )

    async def looks_after(self, channel_id: ChannelId, private_id: ChannelId) -> bool:
        is_one = (keepers.c.channel_id == channel_id, keepers.c.private_id == private_id)
        return (await self._connection.execute(select(keepers.c.at).where(*is_one))).first() is not None

    async def tell(self, notice: NewNotice, *, now: datetime, due: datetime | None = None) -> int:
        audience = _audience(notice)
        if not (await self._connection.execute(audience.limit(1))).first():
            return 0
        statement = dialects.insert(self._connection, notices).values(
            kind=notice.kind,
            key=notice.key,
            about=notice.about,
            reason=notice.reason,
            channel_id=notice.channel_id,
            source_id=notice.source_id,
            at=now,
        )
        added = statement.on_conflict_do_nothing(index_elements=[_c.key]).returning(_c.id)
        notice_id = (await self._connection.execute(added)).scalar_one_or_none()
        if notice_id is None:
            return 0
        row = new_row(DeliveryKind.NOTICE, notice_id=literal(notice_id, Number), due=max(now, due or now))
        return await insert_new(self._connection, row, select(*row.values()).where(channels.c.id.in_(audience)))

    async def find(self, notice_id: NoticeId) -> Notice | None:
        row = (await self._connection.execute(select(notices).where(_c.id == notice_id))).one_or_none()
        return _to_notice(row) if row else None

    async def last(self, kind: NoticeKind, channel_id: ChannelId) -> Notice | None:
        newest = select(notices).where(_c.channel_id == channel_id, _c.kind == kind).order_by(_c.id.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return _to_notice(row) if row else None

    async def is_waiting(self, notice_id: NoticeId) -> bool:
        untold = (_d.notice_id == notice_id, is_in(deliveries, DeliveryState.PENDING), _d.attempt == 0)
        waiting = select(_d.id).where(*untold)
        return (await self._connection.execute(waiting.limit(1))).first() is not None

    async def source_is_back(self, source_id: SourceId, notice: NewNotice, *, now: datetime) -> int:
        return await self._over(_last(NoticeKind.SOURCE_FAILS, _c.source_id == source_id), notice, now=now)

    async def channel_goes_on(self, channel_id: ChannelId, notice: NewNotice, *, now: datetime) -> int:
        return await self._over(_last(NoticeKind.CHANNEL_PAUSED, _c.channel_id == channel_id), notice, now=now)

    async def _over(self, last: Select[int], notice: NewNotice, *, now: datetime) -> int:
        """What was told by the last notice is over."""
        began = (await self._connection.execute(last)).scalar_one_or_none()
        if began is None:
            return 0
        untold = is_in(deliveries, DeliveryState.PENDING, DeliveryState.PAUSED)
        await self._connection.execute(delete(deliveries).where(_d.notice_id == began, untold, _d.attempt == 0))
        return await self.tell(notice, now=now)


def _audience(notice: NewNotice) -> Select[int] | CompoundSelect[int]:
    """The private chats in which it is to be told."""
    if notice.source_id is not None:
        if notice.kind is NoticeKind.SOURCE_IS_BACK:
            return _who_was_told(_last(NoticeKind.SOURCE_FAILS, _c.source_id == notice.source_id))
        return _keepers_of_followers(notice.source_id)
    if notice.kind is NoticeKind.CHANNEL_GOES_ON:
        return _who_was_told(_last(NoticeKind.CHANNEL_PAUSED, _c.channel_id == notice.channel_id))
    kept = select(keepers.c.private_id).where(keepers.c.channel_id == notice.channel_id)
    if notice.kind is NoticeKind.CHANNEL_IS_BACK:
        # Where people can answer, the question stands in the channel itself; who only reads along is not asked.
        itself = select(channels.c.id).where(
            channels.c.id == notice.channel_id, channels.c.kind != ChannelKind.BROADCAST
        )
        return union(itself, kept.where(keepers.c.channel_id.in_(_broadcasts())))
    if notice.kind is NoticeKind.CHANNEL_PAUSED:
        return kept.where(keepers.c.private_id != keepers.c.channel_id)
    return kept


def _broadcasts() -> Select[int]:
    return select(channels.c.id).where(channels.c.kind == ChannelKind.BROADCAST)


def _keepers_of_followers(source_id: SourceId) -> Select[int]:
    """Who looks after a channel that follows the source itself, or shows everything to others too."""
    is_shared = exists().where(channels.c.id == subscriptions.c.channel_id, channels.c.kind != ChannelKind.PRIVATE)
    names_it = (subscriptions.c.kind == SOURCE) & (subscriptions.c.subject == str(source_id))
    return (
        select(keepers.c.private_id)
        .join_from(keepers, subscriptions, subscriptions.c.channel_id == keepers.c.channel_id)
        .where(or_(names_it, (subscriptions.c.kind == EVERYTHING) & is_shared))
        .distinct()
    )


def _last(kind: NoticeKind, about: ColumnElement[bool]) -> Select[int]:
    """The newest notice of that kind."""
    return select(_c.id).where(about, _c.kind == kind).order_by(_c.id.desc()).limit(1)


def _who_was_told(notice: Select[int]) -> Select[int]:
    """The chats in which it was told, or is being told just now."""
    is_it = _d.notice_id == notice.scalar_subquery()
    return select(_d.channel_id).where(is_it, ~is_in(deliveries, DeliveryState.BURIED))


def _to_notice(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        id=NoticeId(row.id),
        kind=NoticeKind(row.kind),
        key=row.key,
        about=row.about,
        reason=row.reason,
        channel_id=None if row.channel_id is None else ChannelId(row.channel_id),
        source_id=None if row.source_id is None else SourceId(row.source_id),
        at=row.at,
    )
