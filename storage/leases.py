"""Whose turn it is, in the table ``leases``.

All times are the database's own: processes on several machines need not agree on the hour.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, case, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lease import Lease
from storage import dialects
from storage.dialects import FromNow
from storage.tables import leases

_c = leases.c


class DatabaseLeases:
    """One row for each task that was ever done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, task: str, *, holder: str, lasts: timedelta, others_are_dead: bool = False) -> Lease | None:
        until = FromNow(literal(lasts.total_seconds()))
        statement = dialects.insert(self._connection, leases).values(task=task, holder=holder, fence=1, until=until)
        is_over = _c.until <= FromNow(literal(0.0))
        is_mine = _c.holder == holder
        taken = statement.on_conflict_do_update(
            index_elements=[_c.task],
            set_={
                "holder": holder,
                "fence": case((is_mine & ~is_over, _c.fence), else_=_c.fence + 1),
                "until": until,
            },
            where=true() if others_are_dead else or_(is_over, is_mine),
        ).returning(_c.fence)
        fence = (await self._connection.execute(taken)).scalar_one_or_none()
        return None if fence is None else Lease(task=task, holder=holder, fence=fence)

    async def is_held(self, lease: Lease) -> bool:
        statement = select(_c.task).where(*_is(lease), _c.until > FromNow(literal(0.0)))
        return (await self._connection.execute(statement.with_for_update(read=True))).first() is not None

    async def give_back(self, lease: Lease) -> None:
        await self._connection.execute(update(leases).where(*_is(lease)).values(until=FromNow(literal(0.0))))


def _is(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return _c.task == lease.task, _c.holder == lease.holder, _c.fence == lease.fence
