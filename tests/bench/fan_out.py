"""What it costs to promise one article to a hundred thousand channels, against the barest statement for as many rows,
and how that grows.
"""

import asyncio
import math
import tempfile
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
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

CHANNELS: Final = 100_000
LIMIT: Final = 3.0
_ROUNDS: Final[Mapping[int, int]] = {10_000: 9, CHANNELS: 5, 300_000: 3}
_ON_PAPER: Final = 1_000_000
_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Took:
    """Milliseconds until the rows were committed."""

    ours: float
    bare: float


async def measure() -> list[Row]:
    """In new SQLite files, and in new PostgreSQL databases."""
    with tempfile.TemporaryDirectory() as home:
        took = {count: await _took(f"sqlite+aiosqlite:///{Path(home) / f'{count}.db'}", count) for count in _ROUNDS}
    rows = _rows("sqlite", took)
    with running_server() as server:
        took = {}
        for count in _ROUNDS:
            with server.database() as name:
                took[count] = await _took(server.url(name), count)
    return [*rows, *_rows("postgresql", took)]


def _rows(database: str, took: Mapping[int, _Took]) -> list[Row]:
    """The bound is for a hundred thousand; what a million would take follows from how the time grew up to there,
    or as fast as the channels where it grew more slowly.
    """
    rows = [
        Row(
            figure=f"one article to {count:,} channels, {database}",
            ours=f"{one.ours:,.0f} ms",
            reference=f"{one.bare:,.0f} ms for a bare INSERT … SELECT",
            ratio=one.ours / one.bare,
            bound=f"≤ {LIMIT:.0f} ×" if count == CHANNELS else "",
            is_ok=one.ours / one.bare <= LIMIT if count == CHANNELS else None,
        )
        for count, one in took.items()
    ]
    smaller, larger = list(took)[-2:]
    power = max(1.0, math.log(took[larger].ours / took[smaller].ours) / math.log(larger / smaller))
    million = took[larger].ours * (_ON_PAPER / larger) ** power
    return [
        *rows,
        Row(
            figure=f"the same to {_ON_PAPER:,}, on paper",
            ours=f"{million / 1000:,.1f} s",
            reference=f"as if time grows as channels to the power of {power:.2f}",
            ratio=million / took[CHANNELS].ours,
        ),
    ]


async def _took(url: str, count: int) -> _Took:
    """Some rounds of both in turn, each committed; the first of each warms up."""
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    bare: list[float] = []
    ours: list[float] = []
    try:
        await _prepare(database, count)
        for _ in range(_ROUNDS[count] + 1):
            story = await _open_story(database)
            bare.append(await _timed(_write_bare(database, story)))
            ours.append(await _timed(_promise(database, story, count)))
    finally:
        await database.close()
    return _Took(ours=median(ours[1:]), bare=median(bare[1:]))


async def _prepare(database: Database, count: int) -> None:
    """Channels that follow everything, and a table with the outbox's columns and its one promise: no row twice."""
    await followed_by(database, count)
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


async def _promise(database: Database, story_id: StoryId, count: int) -> None:
    async with database.writing() as work:
        made = await work.deliveries.promise(story_id, now=_NOW)
        await work.commit()
    if made != count:
        raise AssertionError(f"{made} rows were written, not {count}")


async def _timed(work: Awaitable[None]) -> float:
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1000
