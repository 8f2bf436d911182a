"""Database statements that fail when they are told to, and which transactions are open."""

import asyncio
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import Database
from tests.failing.nth import Nth


class Statements:
    """Sees every BEGIN, statement and COMMIT of a database.

    A COMMIT is two moments: it may fail undone, and it may be done and fail all the same, when the connection breaks
    before the answer. ``open_in`` are the tasks that have a transaction open.
    """

    def __init__(self, database: Database, nth: Nth) -> None:
        self._nth = nth
        self._began: dict[int, asyncio.Task[Any] | None] = {}
        self._watch(database._writers)
        if database._readers.dialect is not database._writers.dialect:  # else one pool serves both
            self._watch(database._readers)

    @property
    def open_in(self) -> set[asyncio.Task[Any] | None]:
        return set(self._began.values())

    def _watch(self, engine: AsyncEngine) -> None:
        watched = engine.sync_engine
        event.listen(watched, "begin", self._begins)
        event.listen(watched, "before_cursor_execute", self._executes)
        event.listen(watched, "rollback", self._ends)
        commit, is_sqlite = watched.dialect.do_commit, watched.dialect.name == "sqlite"

        def do_commit(connection: Any) -> None:
            try:
                self._pass("COMMIT, undone")
            except OperationalError:
                if not is_sqlite:  # which leaves the transaction open when it cannot commit
                    connection.rollback()
                raise
            commit(connection)
            self._pass("COMMIT, done")

        watched.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]  # no event comes after a commit
        event.listen(watched, "commit", self._ends)

    def _begins(self, connection: Connection) -> None:
        if connection.dialect.name != "sqlite":  # there it is a statement of ours, which comes next
            self._pass("BEGIN")
        self._began[id(connection)] = asyncio.current_task()

    def _ends(self, connection: Connection) -> None:
        self._began.pop(id(connection), None)

    def _executes(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self._pass(" ".join(statement.split())[:80])

    def _pass(self, moment: str) -> None:
        if self._nth.fails(moment):
            raise OperationalError(moment, {}, ConnectionError("the database went away"))
