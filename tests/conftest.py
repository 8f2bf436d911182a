"""What every test may ask for: an empty PostgreSQL database, a browser; and no way to the outside."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

from tests.absence import go_without
from tests.outside import OutsideGuard
from tests.postgres import PostgresServer, PostgresUnavailableError, running_server
from tests.shared_dialects import share_dialects

_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # Chromium's own sandbox does not start for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",  # no outside for pages either
)

_GUARD = OutsideGuard()
sys.addaudithook(_GUARD)
share_dialects()

# The same examples in every run, so that a failure is a find and never luck; a busy machine is no failure.
settings.register_profile("newsbot", derandomize=True, deadline=None)
settings.load_profile("newsbot")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless ``-m`` speaks of them."""
    if "fault" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("fault")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def outside_attempts() -> Iterator[list[str]]:
    """The forbidden connections that this test tried; one that is still in the list at the end fails the test."""
    _GUARD.attempts.clear()
    yield _GUARD.attempts
    assert not _GUARD.attempts, f"tests stay on this machine, but this one tried {_GUARD.attempts}"


@pytest.fixture
def reached() -> set[str]:
    """The addresses that this process has sent something to, or tried to, since the test began."""
    _GUARD.reached.clear()
    return _GUARD.reached


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for this process (under pytest-xdist: for each worker), started when first asked for."""
    try:
        with running_server() as server:
            yield server
    except PostgresUnavailableError as error:
        go_without(str(error))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database that only this test uses."""
    with postgres_server.database() as name:
        yield postgres_server.url(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One headless Chromium with no way to the outside; each test, in the session's loop, opens contexts of its own."""
    executable = shutil.which("chromium")
    if executable is None:
        go_without("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(_CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()
