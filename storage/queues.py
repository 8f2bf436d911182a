"""How much waits in the outbox, counted by the narrow indexes of what is not done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind, DeliveryState, Queue
from storage.column_types import Moment
from storage.outbox import is_in, is_of
from storage.tables import deliveries

_c = deliveries.c
_NOW = bindparam("now", type_=Moment)


async def queues(connection: AsyncConnection, *, now: datetime) -> list[Queue]:
    """See ``DeliveryStore.queues``."""
    rows = await connection.execute(_COUNTED, {"now": now})
    return [
        Queue(platform=row.platform, state=DeliveryState(row.state), count=row.total, oldest=row.oldest) for row in rows
    ]


def _counted(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(_c.platform, _c.state, _c.wanted_at).where(*conditions)


_OPEN = union_all(
    *(
        _counted(is_in(deliveries, DeliveryState.PENDING), is_of(deliveries, kind), _c.wanted_at <= _NOW)
        for kind in DeliveryKind
    ),
    *(
        _counted(is_in(deliveries, state))
        for state in (DeliveryState.SENDING, DeliveryState.PAUSED, DeliveryState.PARKED)
    ),
).subquery("open")
_COUNTED = (
    select(_OPEN.c.platform, _OPEN.c.state, func.count().label("total"), func.min(_OPEN.c.wanted_at).label("oldest"))
    .group_by(_OPEN.c.platform, _OPEN.c.state)
    .order_by(_OPEN.c.platform, _OPEN.c.state)
)
