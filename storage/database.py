"""The database behind bot/ports/storage."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.ports.storage import CollisionError, Reading, UnitOfWork
from storage.engine import parse, postgresql_engine, sqlite_engine
from storage.turn import Turn
from storage.unit_of_work import DatabaseUnit

_COLLISIONS = frozenset({"40001", "40P01"})
"""serialization_failure and deadlock_detected (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


class Database:
    """A migrated database. All methods may be used by many tasks of one event loop at the same time."""

    def __init__(
        self, *, readers: AsyncEngine, writers: AsyncEngine, turn: Turn | None = None, goes_first: bool = False
    ) -> None:
        """``turn`` is where only one may write at a time."""
        self._readers = readers
        self._writers = writers
        self._turn = turn
        self._goes_first = goes_first

    def for_people(self) -> "Database":
        """The same database for work that a person waits for: it writes before all other that has not begun."""
        return Database(readers=self._readers, writers=self._writers, turn=self._turn, goes_first=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        async with self.looking() as connection:
            yield DatabaseUnit(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        async with self.changing() as connection:
            yield DatabaseUnit(connection)

    def looking(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees everything as it was at one time."""
        return _transaction(self._readers)

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction to be committed, in its turn where only one may write."""
        async with self._in_turn(), _transaction(self._writers) as connection:
            yield connection

    def _in_turn(self) -> AbstractAsyncContextManager[None]:
        if self._turn is None:
            return nullcontext()
        return self._turn.first if self._goes_first else self._turn.later

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Any]:
        """The driver's own connection, outside any transaction."""
        async with self._writers.connect() as connection:
            yield (await connection.get_raw_connection()).driver_connection

    async def close(self) -> None:
        await self._readers.dispose()
        await self._writers.dispose()


def open_storage(url: str) -> Database:
    """The database at ``sqlite+aiosqlite:///FILE`` or ``postgresql+asyncpg://…``; it connects when it is first used.

    Raises DatabaseUrlError for any other URL.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(
            readers=sqlite_engine(parsed, is_writer=False),
            writers=sqlite_engine(parsed, is_writer=True),
            turn=Turn(),
        )
    pool = postgresql_engine(parsed)
    consistent = pool.execution_options(isolation_level="REPEATABLE READ")
    return Database(readers=consistent, writers=pool)


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Undone at the end, unless it was committed. Raises CollisionError where the database chose to undo it."""
    try:
        async with engine.connect() as connection:
            await connection.begin()
            yield connection
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _COLLISIONS:
            raise CollisionError("the database undid it for another's sake") from error
        raise
