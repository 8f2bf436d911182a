"""Connections as we want them: durable, never locked out, each transaction begun by us."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.sqlite_driver import connect

_EXPECTED = "Expected: sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME."

_BUSY_MS = 10_000
_READERS = 5
"""Connections that look into an SQLite file; each is a thread, and two processors keep no more of them busy."""

_POSTGRESQL_POOL = 10
_POSTGRESQL_OVERFLOW = 10

_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL may forget the last commits in a power cut and then posts repeat
    "PRAGMA foreign_keys = ON",
)


class DatabaseUrlError(ValueError):
    """The URL is for no database that this program can use; the sentence says which it can."""


def parse(url: str) -> URL:
    """The URL, checked. Raises DatabaseUrlError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError(f"The database's address is no URL. {_EXPECTED}") from error
    match parsed.drivername:
        case "sqlite+aiosqlite" if parsed.database and parsed.database != ":memory:":
            return parsed
        case "postgresql+asyncpg":
            return parsed
        case _:
            raise DatabaseUrlError(f"The database {parsed.render_as_string()!r} cannot be used. {_EXPECTED}")


def sqlite_engine(url: URL, *, is_writer: bool, connect: Callable[..., Any] = connect) -> AsyncEngine:
    """Connections to a file: one that writes, or several that only look and never wait for it.

    ``connect`` gives the driver's connection, which opens when it is awaited.
    """
    engine = create_async_engine(
        url,
        pool_size=1 if is_writer else _READERS,
        max_overflow=0,
        pool_reset_on_return=None,  # what was not committed is undone already, and each visit to the thread costs
        hide_parameters=True,  # errors are logged, and what people wrote is not
        connect_args={"async_creator_fn": connect},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    # A transaction that reads before it writes is refused at once, whatever the timeout, when another wrote in between
    # (sqlite.org/rescode.html#busy_snapshot); one that is a writer from the start waits for its turn.
    begin = "BEGIN IMMEDIATE" if is_writer else "BEGIN DEFERRED"

    def start(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if driver and driver.in_transaction:  # its COMMIT failed, a full disk's for one, which need not end it
            connection.connection.rollback()
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", start)
    return engine


def postgresql_engine(url: URL) -> AsyncEngine:
    """A pool of connections to a server; one that broke is replaced before it is used."""
    return create_async_engine(
        url,
        pool_size=_POSTGRESQL_POOL,
        max_overflow=_POSTGRESQL_OVERFLOW,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": "newsbot",
                # A process that was frozen inside a transaction must not hold its locks longer than its leases.
                "idle_in_transaction_session_timeout": "5s",
                "timezone": "UTC",
            },
        },
    )


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
