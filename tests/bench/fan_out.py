"""What it costs to promise one article to ten thousand channels, against the barest statement for as many rows."""

import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Final, TypedDict

from sqlalchemy import Select, insert, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from storage import Database, migrate, open_storage
from storage.tables import channels, subscriptions

CHANNELS: Final = 10_000
LIMIT: Final = 3.0
_ROUNDS = 15
_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class Figure(TypedDict):
    """One row of the table: our time, the most that it may be, and how often the bare statement fits into it."""

    name: str
    ours_ms: float
    limit_ms: float
    ratio: float


async def measure(url: str) -> list[Figure]:
    """The best of many rounds of both in turn, each committed: what it takes when nothing else keeps the machine busy.

    The database at ``url`` must be empty, and has ten thousand channels afterwards.
    """
    migrate(url)
    database = open_storage(url)
    try:
        await _prepare(database)
        bare: list[float] = []
        ours: list[float] = []
        for _ in range(_ROUNDS):
            story = await _open_story(database)
            bare.append(await _timed(_write_bare(database, story)))
            ours.append(await _timed(_promise(database, story)))
    finally:
        await database.close()
    bare_ms, ours_ms = min(bare), min(ours)
    name = f"one article to {CHANNELS:,} channels, {url.partition('+')[0]}"
    return [Figure(name=name, ours_ms=ours_ms, limit_ms=bare_ms * LIMIT, ratio=ours_ms / bare_ms)]


async def _prepare(database: Database) -> None:
    """Channels that follow everything, and a table with the outbox's columns and its one promise: no row twice."""
    places = [
        {"platform": "here", "place": str(number), "thread": "", "kind": "group", "title": "", "added_at": _NOW}
        for number in range(CHANNELS)
    ]
    follows: Select[*tuple[Any, ...]] = select(
        channels.c.id, literal_column("'everything'"), literal_column("''"), literal_column("''"), channels.c.added_at
    )
    async with database.changing() as connection:
        await connection.execute(insert(channels), places)
        await connection.execute(
            insert(subscriptions).from_select(["channel_id", "kind", "subject", "label", "added_at"], follows)
        )
        await connection.execute(text(_bare_table(connection)))
        await connection.commit()
        await connection.execute(text("ANALYZE"))
        await connection.commit()


def _bare_table(connection: AsyncConnection) -> str:
    number = "BIGSERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
    return f"""
        CREATE TABLE bare (
            id {number} PRIMARY KEY, channel_id BIGINT NOT NULL, story_id BIGINT NOT NULL, part INTEGER NOT NULL,
            attempt INTEGER NOT NULL, uncertain INTEGER NOT NULL, revision INTEGER NOT NULL, wanted_at TEXT NOT NULL,
            due_at TEXT NOT NULL, platform TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, once TEXT NOT NULL,
            UNIQUE (story_id, channel_id, kind, part)
        )
    """


async def _write_bare(database: Database, story: int) -> None:
    statement = """
        INSERT INTO bare
            (channel_id, story_id, part, attempt, uncertain, revision, wanted_at, due_at, platform, kind, state, once)
        SELECT id, :story, 0, 0, 0, 0, '2026-03-14 12:00:00.000000', '2026-03-14 12:00:00.000000', platform, 'headline',
            'pending', '0123456789012345678901'
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
