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
    due: datetime,
    story_id: ColumnElement[int] | ColumnElement[int | None] | None = None,
    digest_id: ColumnElement[int] | None = None,
    notice_id: ColumnElement[int] | None = None,
    part: ColumnElement[int] = WHOLE,
) -> dict[str, ColumnElement[Any]]:
    """A new row for a channel; a paused channel's rows wait until it is let in again."""
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
        "wanted_at": literal(due, Moment),
        "due_at": literal(due, Moment),
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
    statement = dialects.insert(connection, deliveries).from_select(list(row), rows.where(_ALWAYS))
    made = (await connection.execute(statement.on_conflict_do_nothing())).rowcount
    if made:
        await dialects.wake_senders(connection)
    return made
