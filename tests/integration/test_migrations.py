"""Whoever comes with a full database of any release has it in the newest shape within a minute, killed or not.

The last step of the way is a migration of the tests' own, so that there is one even for the latest release.
"""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, table

from storage import migrate, open_storage
from storage.schema import is_current
from tests.fakes.database import sqlite_url
from tests.migrating.shapes import TO_COME, make, newest, released
from tests.world import ROOT

_MINUTE_S = 60.0
_KILLS = 20
_FIRST_OF_THE_WAY = 3
_TABLES = ("stories", "articles", "article_keys", "article_words", "deliveries")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema."""
    return (
        sqlite_url(tmp_path / "news.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    )


def _counts(url: str, *tables: str) -> dict[str, int]:
    async def count() -> dict[str, int]:
        database = open_storage(url)
        try:
            async with database.looking() as connection:
                return await connection.run_sync(_count, tables)
        finally:
            await database.close()

    return asyncio.run(count())


def _count(connection: Connection, tables: tuple[str, ...]) -> dict[str, int]:
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in tables}


@pytest.mark.parametrize("articles", [500, pytest.param(100_000, marks=pytest.mark.fault)])
@pytest.mark.parametrize("release", released())
def test_a_full_database_of_each_release_is_in_the_newest_shape_within_a_minute(
    url: str, release: str, articles: int
) -> None:
    make(url, release, articles=articles)
    began = time.monotonic()
    with newest(TO_COME):
        migrate(url)
        assert is_current(url)
    assert time.monotonic() - began <= _MINUTE_S
    assert _counts(url, *_TABLES, "titles") == dict.fromkeys((*_TABLES, "titles"), articles)


async def _migrated(url: str, *, statement: int, after_s: float) -> tuple[int, int]:
    """How a process that migrates ended, and how many statements it came to (0 where it was killed)."""
    command = (sys.executable, "-m", "tests.migrating", url, str(statement), str(after_s))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return process.returncode or 0, int(said or b"0")


@pytest.mark.fault
@pytest.mark.parametrize("release", released())
def test_killed_twenty_times_on_the_way_it_is_as_if_it_had_not_begun_and_in_the_end_all_is_there(
    url: str, release: str
) -> None:
    articles = 20_000
    make(url, release, articles=articles)
    for number in range(_KILLS):
        code, _ = asyncio.run(_migrated(url, statement=_FIRST_OF_THE_WAY + number, after_s=0.01 * (number % 2)))
        assert code == -signal.SIGKILL
        assert not _is_to_come(url)
        assert _counts(url, *_TABLES) == dict.fromkeys(_TABLES, articles)
    assert asyncio.run(_migrated(url, statement=0, after_s=0))[0] == 0
    assert _is_to_come(url)
    assert _counts(url, *_TABLES, "titles") == dict.fromkeys((*_TABLES, "titles"), articles)


def _is_to_come(url: str) -> bool:
    with newest(TO_COME):
        return is_current(url)
