"""SQLite connections without a thread: a statement runs where it is asked for, so that every run has the same order."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, Self

_Step = Callable[[], None]
"""Called before each statement; may raise."""


class _Calls:
    """Runs at once what SQLAlchemy hands to a connection's thread."""

    @staticmethod
    def put_nowait(call: tuple["asyncio.Future[Any]", Callable[[], Any]]) -> None:
        future, function = call
        future.set_result(function())


class _Cursor:
    arraysize = 1

    def __init__(self, opened: sqlite3.Connection, step: _Step) -> None:
        self._opened = opened
        self._step = step
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> None:
        await self._run(sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Iterable[Any]]) -> None:
        await self._run(sqlite3.Cursor.executemany, statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        self._rows = ()

    async def _run(self, work: Callable[..., object], statement: str, parameters: Iterable[Any]) -> None:
        if statement.startswith("PRAGMA synchronous"):
            return  # no machine loses its power here
        self._step()
        await asyncio.sleep(0)
        cursor = self._opened.cursor()
        try:
            work(cursor, statement, parameters)
            self._rows = cursor.fetchall() if cursor.description else ()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class InlineConnection:
    """What SQLAlchemy asks of an aiosqlite connection."""

    _tx = _Calls()

    def __init__(self, file: str, step: _Step) -> None:
        self._conn = self._connection = sqlite3.connect(file, isolation_level=None, timeout=0)
        self._conn.execute("PRAGMA synchronous = OFF")
        self._step = step

    def __await__(self) -> Generator[Any, None, "InlineConnection"]:
        yield from asyncio.sleep(0).__await__()
        return self

    @property
    def isolation_level(self) -> str | None:
        return self._conn.isolation_level

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    async def create_function(self, *given: Any, **named: Any) -> None:
        self._conn.create_function(*given, **named)

    def cursor(self) -> _Cursor:
        return _Cursor(self._conn, self._step)

    async def commit(self) -> None:
        self._step()
        await asyncio.sleep(0)
        self._conn.commit()
        await asyncio.sleep(0)
        self._step()

    async def rollback(self) -> None:
        self._conn.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Close it as the end of a process does: what was not committed is gone."""
        self._conn.close()
