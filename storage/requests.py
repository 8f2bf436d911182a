"""What people sent us, in the tables ``requests`` and ``phrases``."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialects
from storage.tables import phrases, requests

_ASKED_LATELY = timedelta(days=1)
"""A phrase that was asked for within that time is not written again."""


class DatabaseRequests:
    """Small facts that buttons and repeated requests lead back to."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_first(self, platform: str, once: str, *, now: datetime) -> bool:
        statement = dialects.insert(self._connection, requests).values(platform=platform, once=once, at=now)
        return (await self._connection.execute(statement.on_conflict_do_nothing())).rowcount == 1

    async def number(self, phrase: str, *, now: datetime) -> int:
        digest = hashlib.blake2b(phrase.encode(errors="replace"), digest_size=16).hexdigest()
        known = select(phrases.c.id).where(phrases.c.digest == digest, phrases.c.used_at > now - _ASKED_LATELY)
        number = (await self._connection.execute(known)).scalar_one_or_none()
        if number is None:
            statement = dialects.insert(self._connection, phrases).values(digest=digest, phrase=phrase, used_at=now)
            asked_again = statement.on_conflict_do_update(index_elements=[phrases.c.digest], set_={"used_at": now})
            number = (await self._connection.execute(asked_again.returning(phrases.c.id))).scalar_one()
        return number

    async def phrase(self, number: int) -> str | None:
        statement = select(phrases.c.phrase).where(phrases.c.id == number)
        return (await self._connection.execute(statement)).scalar_one_or_none()
