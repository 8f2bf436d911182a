"""Whose turn it is, in the table ``leases``.

All times are the database's own: processes on several machines need not agree on the hour.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lease import Lease, LeaseSign
from storage import dialects
from storage.dialects import FromNow
from storage.tables import leases

_c = leases.c
_NOW = FromNow(literal(0.0))


class DatabaseLeases:
    """One row for each task that was ever done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(
        self, task: str, *, holder: str, lasts: timedelta, others_are_dead: bool = False, dead: LeaseSign | None = None
    ) -> Lease | None:
        until = _after(lasts)
        is_dead = false() if dead is None else and_(_c.fence == dead.fence, _c.until == dead.until)
        statement = dialects.insert(self._connection, leases).values(task=task, holder=holder, fence=1, until=until)
        taken = statement.on_conflict_do_update(
            index_elements=[_c.task],
            set_={"holder": holder, "fence": _c.fence + 1, "until": until},
            where=true() if others_are_dead else or_(_c.until <= _NOW, _c.holder == holder, is_dead),
        )
        fence = (await self._connection.execute(taken.returning(_c.fence))).scalar_one_or_none()
        return None if fence is None else Lease(task=task, holder=holder, fence=fence)

    async def sign(self, task: str) -> LeaseSign | None:
        row = (await self._connection.execute(select(_c.fence, _c.until).where(_c.task == task))).one_or_none()
        return None if row is None else LeaseSign(fence=row.fence, until=row.until)

    async def renew(self, lease: Lease, *, lasts: timedelta) -> bool:
        renewed = update(leases).where(*_goes_on(lease)).values(until=_after(lasts))
        return (await self._connection.execute(renewed)).rowcount == 1

    async def is_held(self, lease: Lease) -> bool:
        statement = select(_c.task).where(*_goes_on(lease))
        return (await self._connection.execute(statement.with_for_update(read=True))).first() is not None

    async def give_back(self, lease: Lease) -> None:
        await self._connection.execute(update(leases).where(*_goes_on(lease)).values(until=_NOW))


def _after(time: timedelta) -> FromNow:
    return FromNow(literal(time.total_seconds()))


def _goes_on(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return _c.task == lease.task, _c.holder == lease.holder, _c.fence == lease.fence, _c.until > _NOW
