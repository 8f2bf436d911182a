"""Our subscriptions at feeds' hubs, in the table ``hubs``."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.hub import HubLease
from bot.domain.source import HubLink, SourceId
from storage import dialects
from storage.tables import hubs, sources

_c = hubs.c
_TOKEN_BYTES, _SECRET_BYTES = 24, 32


class DatabaseHubs:
    """A lease of a removed source is not there."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def offer(self, source_id: SourceId, link: HubLink | None, *, now: datetime) -> None:
        if link is None:
            await self._connection.execute(delete(hubs).where(_c.source_id == source_id))
            return
        fresh = {
            "source_id": source_id,
            "address": link.address,
            "topic": link.topic,
            "token": secrets.token_urlsafe(_TOKEN_BYTES),
            "secret": secrets.token_urlsafe(_SECRET_BYTES),
            "due_at": now,
            "failures": 0,
            "leased_until": None,
            "problem": None,
        }
        is_another = (_c.address != link.address) | (_c.topic != link.topic)
        statement = dialects.insert(self._connection, hubs).values(fresh)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[_c.source_id], set_=fresh, where=is_another)
        )

    async def due(self, now: datetime, *, limit: int) -> list[HubLease]:
        statement = (
            select(hubs)
            .join_from(hubs, sources, sources.c.id == _c.source_id)
            .where(_c.due_at <= now, ~sources.c.is_paused, ~sources.c.is_removed)
            .order_by(_c.due_at, _c.source_id)
            .limit(limit)
        )
        return [_to_lease(row) for row in await self._connection.execute(statement)]

    async def by_token(self, token: str) -> HubLease | None:
        statement = (
            select(hubs)
            .join_from(hubs, sources, sources.c.id == _c.source_id)
            .where(_c.token == token, ~sources.c.is_removed)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return _to_lease(row) if row else None

    async def save(self, lease: HubLease) -> None:
        values = {
            "due_at": lease.due_at,
            "failures": lease.failures,
            "leased_until": lease.leased_until,
            "problem": lease.problem,
        }
        # The token is the lease's own: one that was made anew meanwhile is another.
        await self._connection.execute(update(hubs).where(_c.token == lease.token).values(values))


def _to_lease(row: Row[*tuple[Any, ...]]) -> HubLease:
    return HubLease(
        source_id=SourceId(row.source_id),
        link=HubLink(address=row.address, topic=row.topic),
        token=row.token,
        secret=row.secret,
        due_at=row.due_at,
        failures=row.failures,
        leased_until=row.leased_until,
        problem=row.problem,
    )
