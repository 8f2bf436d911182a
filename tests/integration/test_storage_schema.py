"""The schema: made by migrations alone, whatever happens meanwhile."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage import is_current, migrate, open_storage, schema
from storage.tables import metadata
from tests.fakes.database import sqlite_url

_Result = TypeVar("_Result")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema; on SQLite there is not even a directory."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "home of the desk" / "news 100% & more.db")
    return str(request.getfixturevalue("postgres_url"))


async def _on(url: str, look: Callable[[Connection], _Result]) -> _Result:
    database = open_storage(url)
    async with database.looking() as connection:
        result = await connection.run_sync(look)
    await database.close()
    return result


async def test_migrating_makes_exactly_the_tables_that_the_statements_name(empty_url: str) -> None:
    migrate(empty_url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_object": _is_ours})
        return list(compare_metadata(context, metadata))

    assert await _on(empty_url, differences) == []


def _is_ours(_item: object, name: str | None, *_: object) -> bool:
    # Each database has a full-text index of its own kind: SQLite's is tables, PostgreSQL's is over what is text here.
    return not str(name).startswith(("article_index", "ix_article_words_words"))


async def test_every_partial_index_has_the_condition_that_the_statements_rely_on(empty_url: str) -> None:
    migrate(empty_url)

    def conditions(connection: Connection) -> dict[str, str]:
        dialect = connection.dialect.name
        found = {index["name"]: index["dialect_options"] for index in inspect(connection).get_indexes("deliveries")}
        return {str(name): str(options.get(f"{dialect}_where")) for name, options in found.items()}

    found = await _on(empty_url, conditions)
    wanted = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in metadata.sorted_tables
        if table.name == "deliveries"
        for index in table.indexes
    }
    for name, condition in wanted.items():
        assert _bare(found[name]) == _bare(condition), name


def _bare(condition: str) -> str:
    return "".join(character for character in condition.replace("::text", "") if character not in "() ")


def test_a_database_is_current_only_once_it_was_migrated(empty_url: str) -> None:
    assert not is_current(empty_url)
    migrate(empty_url)
    assert is_current(empty_url)
    migrate(empty_url)
    assert is_current(empty_url)


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert not is_current(sqlite_url(tmp_path / "news.db"))
    assert list(tmp_path.iterdir()) == []


async def test_migrating_works_while_a_loop_runs(empty_url: str) -> None:
    migrate(empty_url)
    assert is_current(empty_url)
    database = open_storage(empty_url)
    async with database.reading() as look:
        assert await look.stories.count() == 0
    await database.close()


def test_many_who_migrate_at_once_take_turns(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [empty_url] * 4))
    assert is_current(empty_url)


def test_a_migration_that_breaks_half_way_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upgrade_and_break(connection: Connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    upgrade = schema._upgrade
    with monkeypatch.context() as broken:
        broken.setattr(schema, "_upgrade", upgrade_and_break)
        with pytest.raises(KeyboardInterrupt):
            migrate(empty_url)
    assert asyncio.run(_on(empty_url, lambda connection: inspect(connection).get_table_names())) == []

    migrate(empty_url)
    assert is_current(empty_url)


def test_the_newest_shape_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.NEWEST]


def test_alembic_is_loaded_only_to_migrate(tmp_path: Path) -> None:
    migrate(url := sqlite_url(tmp_path / "news.db"))
    program = f"""
import sys, storage
assert storage.is_current({url!r})
storage.open_storage({url!r})
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603 - our own words
