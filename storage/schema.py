"""The shape of the database: whether it is the newest, and how it becomes so."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from storage.engine import parse, postgresql_engine, sqlite_engine

NEWEST = "0001"
"""The last migration in storage/migrations/versions."""

VERSIONS = ("storage:migrations/versions",)
"""Where migrations are."""

_MIGRATING = 0x736368656D61
"""The number of PostgreSQL's advisory lock for those who migrate: "schema" in ASCII."""

_LOCKED_TRIES, _LOCKED_S = 100, 0.05

_version = table("alembic_version", column("version_num"))
_Result = TypeVar("_Result")


def migrate(url: str) -> None:
    """Bring the database to the newest shape; a file that is not there is made.

    All in one transaction: killed half-way, nothing has happened. To one that is new enough nothing happens, and two
    who migrate at once take turns. Waits until it is done, with or without a running event loop. Raises
    DatabaseUrlError, or what the driver says of a database that cannot be used.
    """
    parsed = parse(url)
    if path := _file(parsed):
        path.parent.mkdir(parents=True, exist_ok=True)
        # What cannot be opened is refused here: the driver's own thread would leave a stack trace on standard error.
        sqlite3.connect(path).close()
    _connected(parsed, _upgrade)


def is_current(url: str) -> bool:
    """Whether the database has the newest shape. Makes no file; waits as ``migrate`` does. Raises DatabaseUrlError."""
    parsed = parse(url)
    path = _file(parsed)
    return _connected(parsed, _has_newest) if path is None or path.exists() else False


def _file(url: URL) -> Path | None:
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _connected(url: URL, work: Callable[[Connection], _Result]) -> _Result:
    """Do the work in a transaction of its own, in a loop of its own, whatever loop is running here."""

    async def run() -> _Result:
        engine = postgresql_engine(url) if _file(url) is None else sqlite_engine(url, is_writer=True)
        try:
            for _ in range(_LOCKED_TRIES):
                try:
                    async with engine.begin() as connection:
                        return await connection.run_sync(work)
                except OperationalError as error:
                    # Several who make one new file: SQLite refuses the switch to WAL at once, whatever the timeout.
                    if "database is locked" not in str(error.orig):
                        raise
                await asyncio.sleep(_LOCKED_S)
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def _has_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table(_version.name):
        return False
    return connection.execute(select(_version.c.version_num)).scalar_one_or_none() == NEWEST


def _upgrade(connection: Connection) -> None:
    if _has_newest(connection):
        return
    # Alembic is slow to import and needed once in a database's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("version_locations", "\n".join(VERSIONS))
    config.set_main_option("path_separator", "newline")
    command.upgrade(config, NEWEST)
