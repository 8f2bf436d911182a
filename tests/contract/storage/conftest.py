"""Every database that the storage port is kept on, each empty and with the newest shape."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import Database, migrate, open_storage
from storage.tables import metadata
from tests.fakes.database import fresh_database_url
from tests.postgres import PostgresServer

_EMPTY = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY CASCADE"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[tuple[PostgresServer, str]]:
    """A migrated PostgreSQL database for all tests in turn: emptying it takes a tenth of the time of a new one."""
    with postgres_server.database() as name:
        migrate(postgres_server.url(name))
        yield postgres_server, name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty, migrated database that nobody else uses now."""
    if request.param == "sqlite":
        return fresh_database_url(tmp_path)
    server, name = request.getfixturevalue("migrated_postgres")
    server.execute(_EMPTY, database=name)
    return str(server.url(name))


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Database]:
    """The same, opened."""
    opened = open_storage(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other_process(database_url: str) -> AsyncIterator[Database]:
    """The same database as another process sees it."""
    opened = open_storage(database_url)
    yield opened
    await opened.close()
