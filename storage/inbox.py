"""What people sent, kept in the table ``letters`` before the platform is told that we have it."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.ports.clock import Clock
from bot.ports.inbox import Letter
from storage import dialects, tables
from storage.database import Database

_c = tables.letters.c


class DatabaseInbox:
    """A letter that is done leaves its number behind and no words.

    ``tells``: others handle what is kept, and are told of it.
    """

    def __init__(self, database: Database, clock: Clock, *, tells: bool = False) -> None:
        self._database = database
        self._clock = clock
        self._tells = tells

    async def accept(self, platform: str, letters: Sequence[Letter]) -> list[Letter]:
        accepted: list[Letter] = []
        async with self._database.changing() as connection:
            fresh = dialects.insert(connection, tables.letters).on_conflict_do_nothing().returning(_c.id)
            for letter in letters:
                row = {
                    "platform": platform,
                    "letter_id": letter.id,
                    "body": letter.body,
                    "accepted_at": self._clock.now(),
                }
                if (await connection.execute(fresh, row)).one_or_none():
                    accepted.append(letter)
            if accepted and self._tells:
                await dialects.tell_of_letters(connection)
            await connection.commit()
        return accepted

    async def done(self, platform: str, ids: Sequence[str]) -> None:
        now = self._clock.now()
        async with self._database.changing() as connection:
            is_open = (_c.platform == platform, _c.letter_id.in_(ids), _c.done_at.is_(None))
            await connection.execute(update(tables.letters).where(*is_open).values(done_at=now, body=""))
            await connection.commit()

    async def pending(self, platform: str) -> list[Letter]:
        statement = select(_c.letter_id, _c.body).where(_c.platform == platform, _c.done_at.is_(None)).order_by(_c.id)
        async with self._database.looking() as connection:
            return [Letter(id=row.letter_id, body=row.body) for row in await connection.execute(statement)]
