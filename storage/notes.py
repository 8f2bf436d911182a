"""Small facts about this installation, in the table ``notes``."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialects
from storage.tables import notes


class DatabaseNotes:
    """One row for each name."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, name: str) -> str | None:
        statement = select(notes.c.value).where(notes.c.name == name)
        return (await self._connection.execute(statement)).scalar_one_or_none()

    async def write(self, name: str, value: str) -> None:
        statement = dialects.insert(self._connection, notes).values(name=name, value=value)
        newer = {"value": statement.excluded.value}
        await self._connection.execute(statement.on_conflict_do_update(index_elements=[notes.c.name], set_=newer))
