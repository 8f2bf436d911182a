"""Taking deliveries for sending, so that no two senders ever hold the same one or two of one channel.

On SQLite there is one writer. On PostgreSQL those who claim take turns by an advisory lock, which ends with their short
transaction, and step over rows that somebody is just changing and over headlines whose story somebody is; see
``changes``. The index ``uq_deliveries_in_flight`` would refuse a second delivery in flight in one channel even so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, Prefers
from bot.domain.delivery import Claim, DeliveryId, DeliveryKind, DeliveryState
from bot.domain.digest import DigestId
from bot.domain.notice import NoticeId
from storage import changes, dialects
from storage.column_types import Moment
from storage.outbox import is_card_of, is_in, is_of, turned
from storage.places import to_receipt, to_ref
from storage.tables import channels, deliveries

_c = deliveries.c
_other = deliveries.alias("other")
_card = deliveries.alias("card")

_MOST_LOOKS = 8
"""How often a batch is filled up when a few channels have many rows at the front; what is left comes with the next."""

_CLAIMING = 0x6E657773
"""The number of the advisory lock: "news" in ASCII."""


async def claim(
    connection: AsyncConnection, platforms: Sequence[str], *, holder: str, limit: int, now: datetime, lease: timedelta
) -> list[Claim]:
    """See ``DeliveryStore.claim``."""
    await _in_turn(connection)
    claims: list[Claim] = []
    asked = {"platforms": platforms, "now": now}
    held = {"the_holder": holder, "until": now + lease, "now": now}
    for may_go in _MAY_GO:
        for _ in range(_MOST_LOOKS):
            rows = (await connection.execute(may_go, asked | {"most": limit - len(claims)})).all()
            first = {row.channel_id: row for row in reversed(rows)}
            changing = await changes.under_way(connection, {row.story_id for row in rows if _is_first_told(row)})
            taken = [row for row in rows if first[row.channel_id] is row and row.story_id not in changing]
            if taken:
                await connection.execute(_HOLD, held | {"ids": [row.id for row in taken]})
            claims += [_to_claim(row, attempt=row.attempt + 1, now=now, until=now + lease) for row in taken]
            if changing or len(taken) == len(rows):
                break
        if len(claims) == limit:
            break
    return claims


async def abandoned(connection: AsyncConnection, *, now: datetime, holder: str | None) -> list[Claim]:
    """See ``DeliveryStore.abandoned``; in the order in which they were promised."""
    is_over = _c.leased_until <= now
    if holder is not None:
        is_over = or_(is_over, _c.holder != holder)
    return await _in_flight(connection, is_over)


async def claimed_in(connection: AsyncConnection, turn: str) -> list[Claim]:
    """See ``DeliveryStore.claimed_in``; in the order in which they were promised."""
    await _in_turn(connection)
    return await _in_flight(connection, _c.holder == turn)


async def next_due(connection: AsyncConnection, platforms: Sequence[str]) -> datetime | None:
    """See ``DeliveryStore.next_due``."""
    asked = {"platforms": platforms}
    times = [(await connection.execute(earliest, asked)).scalar_one_or_none() for earliest in _EARLIEST]
    return min((time for time in times if time is not None), default=None)


async def _in_turn(connection: AsyncConnection) -> None:
    """Wait for whoever is claiming, and for the end of a claim whose answer was lost."""
    if dialects.is_postgresql(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))


async def _in_flight(connection: AsyncConnection, which: ColumnElement[bool]) -> list[Claim]:
    rows = await connection.execute(_shown().where(is_in(deliveries, DeliveryState.SENDING), which).order_by(_c.id))
    return [_to_claim(row, attempt=row.attempt, now=row.first_attempt_at, until=row.leased_until) for row in rows]


def _shown() -> Select[*tuple[Any, ...]]:
    """Deliveries with where they go and where the story's card stands; digests and notices have none."""
    return (
        select(
            _c.id,
            _c.kind,
            _c.channel_id,
            _c.story_id,
            _c.digest_id,
            _c.notice_id,
            _c.once,
            _c.attempt,
            _c.uncertain,
            _c.revision,
            _c.wanted_at,
            _c.first_attempt_at,
            _c.leased_until,
            _c.platform,
            channels.c.place,
            channels.c.thread,
            channels.c.prefers,
            _card.c.receipt_place,
            _card.c.receipt_thread,
            _card.c.receipt_messages,
            _card.c.receipt_note,
        )
        .join_from(deliveries, channels, channels.c.id == _c.channel_id)
        .join(_card, is_card_of(_card, deliveries), isouter=True)
    )


def _line(kind: DeliveryKind) -> Select[*tuple[Any, ...]]:
    """Pending deliveries of channels with none in flight, earliest due first.

    Headlines leave a channel in the order in which they were promised, so one that was tried and must wait holds up
    those behind it, and digests. Refreshes are of different cards and pass each other; one whose card is not there yet
    has nothing to do. Notices wait for nothing.
    """
    in_flight = exists().where(_other.c.channel_id == _c.channel_id, is_in(_other, DeliveryState.SENDING))
    is_behind = exists().where(
        _other.c.channel_id == _c.channel_id,
        is_in(_other, DeliveryState.PENDING),
        is_of(_other, DeliveryKind.HEADLINE),
        _other.c.attempt > literal_column("0"),
        _other.c.id < _c.id,
    )
    its_turn: dict[DeliveryKind, tuple[ColumnElement[bool], ...]] = {
        DeliveryKind.NOTICE: (),
        DeliveryKind.HEADLINE: (~is_behind,),
        DeliveryKind.DIGEST: (~is_behind,),
        DeliveryKind.REFRESH: (is_in(_card, DeliveryState.SENT),),
    }
    return (
        _shown()
        .where(
            is_in(deliveries, DeliveryState.PENDING),
            is_of(deliveries, kind),
            _c.platform.in_(bindparam("platforms", expanding=True)),
            channels.c.paused_because.is_(None),
            ~in_flight,
            *its_turn[kind],
        )
        .order_by(_c.due_at, _c.id)
    )


def _is_first_told(row: Row[*tuple[Any, ...]]) -> bool:
    return bool(row.kind == DeliveryKind.HEADLINE)


def _to_claim(row: Row[*tuple[Any, ...]], *, attempt: int, now: datetime, until: datetime) -> Claim:
    return Claim(
        id=DeliveryId(row.id),
        kind=DeliveryKind(row.kind),
        channel_id=ChannelId(row.channel_id),
        channel=to_ref(row),
        story_id=None if row.story_id is None else StoryId(row.story_id),
        digest_id=None if row.digest_id is None else DigestId(row.digest_id),
        notice_id=None if row.notice_id is None else NoticeId(row.notice_id),
        once=row.once,
        attempt=attempt,
        uncertain=row.uncertain,
        revision=row.revision,
        wanted_at=row.wanted_at,
        first_attempt_at=row.first_attempt_at or now,
        leased_until=until,
        receipt=to_receipt(row),
        prefers=Prefers(row.prefers),
    )


# Senders ask for these all day long; made once, they cost half of what they cost made each time.
_BREAKING = literal_column("deliveries.is_breaking", Boolean)
"""Named as the index has it: SQLite would be asked for a column that equals one."""
_LINES = (
    _line(DeliveryKind.HEADLINE).where(_BREAKING),
    *map(_line, (DeliveryKind.NOTICE, DeliveryKind.HEADLINE, DeliveryKind.DIGEST, DeliveryKind.REFRESH)),
)
_MAY_GO = tuple(
    line.where(_c.due_at <= bindparam("now"))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=deliveries, skip_locked=True)
    for line in _LINES
)
_EARLIEST = tuple(line.with_only_columns(_c.due_at).limit(1) for line in _LINES[1:])
_HOLD = (
    update(deliveries)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=turned(DeliveryState.SENDING, DeliveryState.PENDING),
        attempt=_c.attempt + 1,
        holder=bindparam("the_holder"),
        leased_until=bindparam("until"),
        first_attempt_at=func.coalesce(_c.first_attempt_at, bindparam("now", type_=Moment)),
        tried_at=bindparam("now", type_=Moment),
    )
)
