"""New rows of the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, literal, literal_column, null
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind, DeliveryState
from storage import dialects
from storage.column_types import Moment
from storage.dialects import RandomOnce
from storage.outbox import word
from storage.tables import channels, deliveries

ZERO: ColumnElement[int] = literal_column("0")
WHOLE = ZERO
"""The part that a post of one message is."""

_ALWAYS: ColumnElement[bool] = literal_column("1 = 1")
"""What an INSERT … SELECT is asked with, or SQLite takes its ON CONFLICT for a join's ON."""


def new_row(
    kind: DeliveryKind,
    *,
    due: datetime | ColumnElement[datetime],
    story_id: ColumnElement[int] | ColumnElement[int | None] | None = None,
    digest_id: ColumnElement[int] | None = None,
    notice_id: ColumnElement[int] | None = None,
    part: ColumnElement[int] = WHOLE,
) -> dict[str, ColumnElement[Any]]:
    """A new row for a channel; a paused channel's rows wait until it is let in again."""
    at = due if isinstance(due, ColumnElement) else literal(due, Moment)
    return {
        "channel_id": channels.c.id,
        "story_id": null() if story_id is None else story_id,
        "digest_id": null() if digest_id is None else digest_id,
        "notice_id": null() if notice_id is None else notice_id,
        "part": part,
        "attempt": ZERO,
        "uncertain": ZERO,
        "revision": ZERO,
        "is_breaking": false(),
        "wanted_at": at,
        "due_at": at,
        "platform": channels.c.platform,
        "kind": word(kind),
        "state": case(
            (channels.c.paused_because.is_(None), word(DeliveryState.PENDING)), else_=word(DeliveryState.PAUSED)
        ),
        "once": RandomOnce(),
    }


async def insert_new(
    connection: AsyncConnection, row: Mapping[str, ColumnElement[Any]], rows: Select[*tuple[Any, ...]]
) -> int:
    """Insert what is selected, but for what is promised already; how many were made."""
    return await run_new(connection, inserted(dialects.insert(connection, deliveries), row, rows), {})


def inserted(
    insert: dialects.Insert, row: Mapping[str, ColumnElement[Any]], rows: Select[*tuple[Any, ...]]
) -> dialects.Insert:
    """The statement of ``insert_new``, for whoever makes it once."""
    return insert.from_select(list(row), rows.where(_ALWAYS)).on_conflict_do_nothing()


async def run_new(connection: AsyncConnection, statement: dialects.Insert, values: Mapping[str, Any]) -> int:
    """Insert what the statement selects with these values; how many were made."""
    made = (await connection.execute(statement, values)).rowcount
    if made:
        await dialects.wake_senders(connection)
    return made
