"""What it costs to promise one article to ten thousand channels, against the barest statement for as many rows."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from storage import Database, migrate, open_storage
from tests.bench.figure import Row, median
from tests.bench.followers import followed_by
from tests.postgres import running_server

CHANNELS: Final = 10_000
LIMIT: Final = 3.0
_ROUNDS = 15
_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


async def measure() -> list[Row]:
    """On a new SQLite file and in a new PostgreSQL database."""
    with tempfile.TemporaryDirectory() as home:
        rows = [await _row(f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}")]
    with running_server() as server, server.database() as name:
        return [*rows, await _row(server.url(name))]


async def _row(url: str) -> Row:
    """Many rounds of both in turn, each committed; the first of each warms up."""
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    bare: list[float] = []
    ours: list[float] = []
    try:
        await _prepare(database)
        for _ in range(_ROUNDS + 1):
            story = await _open_story(database)
            bare.append(await _timed(_write_bare(database, story)))
            ours.append(await _timed(_promise(database, story)))
    finally:
        await database.close()
    took, least = median(ours[1:]), median(bare[1:])
    return Row(
        figure=f"one article to {CHANNELS:,} channels, {url.partition('+')[0]}",
        ours=f"{took:.0f} ms",
        reference=f"{least:.0f} ms for a bare INSERT … SELECT",
        ratio=took / least,
        bound=f"≤ {LIMIT:.0f} ×",
        is_ok=took / least <= LIMIT,
    )


async def _prepare(database: Database) -> None:
    """Channels that follow everything, and a table with the outbox's columns and its one promise: no row twice."""
    await followed_by(database, CHANNELS)
    async with database.changing() as connection:
        await connection.execute(text(_bare_table(connection)))
        await connection.commit()
        await connection.execute(text("ANALYZE"))
        await connection.commit()


def _bare_table(connection: AsyncConnection) -> str:
    number = "BIGSERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
    return f"""
        CREATE TABLE bare (
            id {number} PRIMARY KEY, channel_id BIGINT NOT NULL, story_id BIGINT NOT NULL, part INTEGER NOT NULL,
            attempt INTEGER NOT NULL, uncertain INTEGER NOT NULL, revision INTEGER NOT NULL,
            is_breaking BOOLEAN NOT NULL, wanted_at TEXT NOT NULL, due_at TEXT NOT NULL, platform TEXT NOT NULL,
            kind TEXT NOT NULL, state TEXT NOT NULL, once TEXT NOT NULL,
            UNIQUE (story_id, channel_id, kind, part)
        )
    """


async def _write_bare(database: Database, story: int) -> None:
    statement = """
        INSERT INTO bare
            (channel_id, story_id, part, attempt, uncertain, revision, is_breaking, wanted_at, due_at, platform, kind,
                state, once)
        SELECT id, :story, 0, 0, 0, 0, false, '2026-03-14 12:00:00.000000', '2026-03-14 12:00:00.000000', platform,
            'headline', 'pending', '0123456789012345678901'
        FROM channels
    """
    async with database.changing() as connection:
        await connection.execute(text(statement), {"story": story})
        await connection.commit()


async def _open_story(database: Database) -> StoryId:
    async with database.writing() as work:
        story_id = await work.stories.open(now=_NOW)
        await work.commit()
    return story_id


async def _promise(database: Database, story_id: StoryId) -> None:
    async with database.writing() as work:
        made = await work.deliveries.promise(story_id, now=_NOW)
        await work.commit()
    if made != CHANNELS:
        raise AssertionError(f"{made} rows were written, not {CHANNELS}")


async def _timed(work: Awaitable[None]) -> float:
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1000
