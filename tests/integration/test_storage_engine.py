"""Connections: durable, never locked out, healed by themselves."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind
from storage import Database, migrate, open_storage
from storage.claims import claim
from storage.dialects import is_postgresql
from tests import stored
from tests.builders import NOON
from tests.fakes.database import fresh_database_url
from tests.postgres import PostgresServer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A migrated SQLite file."""
    return Path(fresh_database_url(tmp_path).removeprefix("sqlite+aiosqlite:///"))


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[Database]:
    """The same, opened."""
    database = open_storage(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database of each kind in turn, opened."""
    url = fresh_database_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url)
    database = open_storage(url)
    yield database
    await database.close()


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    """A migrated PostgreSQL database, opened."""
    migrate(postgres_url)
    database = open_storage(postgres_url)
    yield database
    await database.close()


async def _pragma(connection: AsyncConnection, name: str) -> object:
    return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()


async def test_every_commit_to_a_file_is_durable_and_looking_never_waits_for_it(sqlite: Database) -> None:
    for transaction in (sqlite.looking(), sqlite.changing()):
        async with transaction as connection:
            assert await _pragma(connection, "journal_mode") == "wal"
            assert await _pragma(connection, "synchronous") == 2  # FULL
            assert await _pragma(connection, "busy_timeout") == 10_000
            assert await _pragma(connection, "foreign_keys") == 1


async def test_a_writer_is_one_from_the_start(sqlite: Database, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    async with sqlite.writing():  # has only begun
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_commit_that_fails_is_undone_and_the_next_writer_is_not_hurt_by_it(sqlite: Database) -> None:
    async with sqlite.changing() as connection:
        await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        await connection.exec_driver_sql("INSERT INTO subscriptions VALUES (1, 404, '', '', '', '')")
        with pytest.raises(IntegrityError):
            await connection.commit()
    async with sqlite.changing() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM subscriptions")).scalar_one() == 0


async def test_a_reader_takes_no_lock(sqlite: Database, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    async with sqlite.reading() as look:
        assert await look.stories.count() == 0
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
    other.close()


async def test_a_deleted_article_is_found_no_more(sqlite: Database) -> None:
    await stored.story(sqlite, "Harbour reopens")
    async with sqlite.changing() as connection:
        await connection.exec_driver_sql("DELETE FROM articles")
        await connection.commit()
        rows = await connection.exec_driver_sql("SELECT rowid FROM article_index WHERE article_index MATCH 'harbour'")
        assert rows.all() == []
        await connection.exec_driver_sql("INSERT INTO article_index (article_index) VALUES ('integrity-check')")


@pytest.mark.postgres
async def test_connections_that_the_server_cut_are_replaced(
    postgres: Database, postgres_server: PostgresServer
) -> None:
    await stored.story(postgres)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'newsbot'"
    postgres_server.execute(cut)

    async with postgres.reading() as look:
        assert await look.stories.count() == 1
    await stored.story(postgres, "Another")


@pytest.mark.postgres
async def test_a_frozen_process_gives_its_locks_back(postgres: Database) -> None:
    async with postgres.changing() as connection:
        shown = await connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")
        assert shown.scalar_one() == "5s"


async def _plans(database: Database) -> list[str]:
    """How the database means to find what ``claim`` asks for."""
    asked: list[tuple[str, Any]] = []

    def remember(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT deliveries.id"):
            asked.append((statement, parameters))

    async with database.changing() as connection:
        event.listen(connection.sync_connection, "before_cursor_execute", remember)
        await claim(connection, ["discord"], holder="here", limit=100, now=NOON, lease=stored.LEASE)
        event.remove(connection.sync_connection, "before_cursor_execute", remember)
        if is_postgresql(connection):
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are empty
        explain = "EXPLAIN " if is_postgresql(connection) else "EXPLAIN QUERY PLAN "
        plans = []
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(explain + statement, parameters)
            plans.append("\n".join(str(row[-1]) for row in rows))
    return plans


async def test_claiming_reads_no_more_than_the_rows_that_wait(either: Database) -> None:
    _breaking, _notices, headlines, _digests, refreshes = plans = await _plans(either)

    assert f"ix_deliveries_due_{DeliveryKind.HEADLINE}" in headlines
    assert "ix_deliveries_tried" in headlines
    assert f"ix_deliveries_due_{DeliveryKind.REFRESH}" in refreshes
    for plan in plans:
        assert "uq_deliveries_in_flight" in plan
        assert "SCAN" not in plan.replace("Index Scan", "").replace("Index Only Scan", "").replace("Bitmap", "")
