"""A real, migrated database for tests that are about something else, without the time that a migration takes."""

import functools
import tempfile
from pathlib import Path

from sqlalchemy import URL

from storage import Database, migrate, open_storage


async def fresh_database(directory: Path) -> Database:
    """An empty database in a file of its own in that directory; the test closes it."""
    return open_storage(fresh_database_url(directory))


def fresh_database_url(directory: Path) -> str:
    """The URL of an empty, migrated database in a file of its own in that directory."""
    return database_url(directory, holding=migrated())


def database_url(directory: Path, *, holding: bytes) -> str:
    """The URL of a database in a file of its own in that directory, with what another's file held."""
    with tempfile.NamedTemporaryFile(dir=directory, prefix="newsbot-", suffix=".db", delete=False) as file:
        file.write(holding)
    return sqlite_url(Path(file.name))


def sqlite_url(path: Path) -> str:
    """The URL of a database in that file."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


@functools.cache
def migrated() -> bytes:
    """The file of an empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="newsbot-template-") as directory:
        path = Path(directory) / "template.db"
        migrate(sqlite_url(path))
        return path.read_bytes()
