"""Released shapes of the database, and how one is filled without knowing more of it than it says itself."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
)
from sqlalchemy.types import TypeEngine

from storage import migrate, open_storage, schema
from tests.builders import NOON

TO_COME = "9999"
_HERE = Path(__file__).parent
_FILLED = ("stories", "articles", "article_keys", "article_words", "deliveries")
_FEW = ("sources", "channels")
_MANY_CHANNELS = 10
_AT_ONCE = 10_000
_SAID: Mapping[str, object] = {"state": "sent", "kind": "headline", "platform": "discord", "prefers": "no-loss"}
"""What may not be any word."""


def released() -> list[str]:
    """Every shape that a database may have, the oldest first."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@contextmanager
def newest(revision: str) -> Iterator[None]:
    """During the block that shape is the newest, be it an old one or the one that is to come."""
    versions = (*schema.VERSIONS, str(_HERE / "versions"))
    with patch.object(schema, "NEWEST", revision), patch.object(schema, "VERSIONS", versions):
        yield


def make(url: str, revision: str, *, articles: int) -> None:
    """A database of that shape, with so many stories of one article that were sent to ten channels."""
    with newest(revision):
        migrate(url)
    asyncio.run(_fill(url, articles))


async def _fill(url: str, articles: int) -> None:
    database = open_storage(url)
    try:
        async with database.changing() as connection:
            tables = await connection.run_sync(_reflected)
            for name in (*_FEW, *_FILLED):
                count = _MANY_CHANNELS if name in _FEW else articles
                for begin in range(1, count + 1, _AT_ONCE):
                    numbers = range(begin, min(begin + _AT_ONCE, count + 1))
                    rows = [_row(tables[name], number) for number in numbers]
                    await connection.execute(insert(tables[name]), rows)
            await connection.commit()
    finally:
        await database.close()


def _reflected(connection: Connection) -> Mapping[str, Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=(*_FEW, *_FILLED))
    return metadata.tables


def _row(table: Table, number: int) -> dict[str, object]:
    return {one.name: _value(one, number) for one in table.columns if not one.nullable or one.foreign_keys}


def _value(column: Column[Any], number: int) -> object:
    """Something that fits: numbers of rows count from 1, and every word holds the row's number."""
    name = column.name
    if name in _SAID:
        return _SAID[name]
    if name in {"source_id", "channel_id"}:
        return number % _MANY_CHANNELS + 1
    if name in {"id", "story_id", "article_id"}:
        return number
    return None if column.nullable else _of(column.type, f"{name} {number}")


def _of(kind: TypeEngine[Any], words: str) -> object:
    match kind:
        case Boolean():
            return False
        case Integer() | BigInteger() | Float():
            return 0
        case DateTime():
            return NOON
        case LargeBinary():
            return words.encode()
        case _:
            return words
