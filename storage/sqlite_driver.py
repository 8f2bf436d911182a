"""SQLite connections that visit their thread once for each statement."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite
from typing_extensions import override

_ROWS_AT_ONCE = 64
"""aiosqlite asks for it to iterate over cursors, which nobody here does."""


class Cursor:
    """A cursor as SQLAlchemy uses one, which opens, runs, reads and closes it: here in one visit to the thread.

    aiosqlite's own visits it for each of these, and under load each visit waits for the interpreter's lock.
    """

    arraysize = 1

    def __init__(self, visit: Callable[..., Any]) -> None:
        self._visit = visit
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> None:
        await self._visit(self._run, sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Iterable[Any]]) -> None:
        await self._visit(self._run, sqlite3.Cursor.executemany, statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """The rows of the last statement, once."""
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        self._rows = ()

    def _run(
        self, opened: sqlite3.Connection, work: Callable[..., object], statement: str, parameters: Iterable[Any]
    ) -> None:
        cursor = opened.cursor()
        try:
            work(cursor, statement, parameters)
            self._rows = cursor.fetchall() if cursor.description else ()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """aiosqlite's connection and thread, with cursors of our own."""

    @override
    def cursor(self) -> Cursor:  # type: ignore[override]  # aiosqlite's cursors are what this replaces
        return Cursor(self._visit)

    async def _visit(self, work: Callable[..., object], *arguments: object) -> None:
        await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite left it bare


def connect(file: str, **options: Any) -> Connection:
    """A connection that opens when it is awaited; ``options`` are those of sqlite3.connect."""
    connection = Connection(lambda: sqlite3.connect(file, **options), _ROWS_AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does it where it connects by itself
    return connection
