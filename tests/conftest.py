"""What every test may ask for: an empty PostgreSQL database, a browser; and no way to the outside."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from typing import Any, NoReturn

import pytest
from playwright.async_api import Browser, async_playwright

from tests.postgres import PostgresServer, PostgresUnavailableError, running_server

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


class OutsideConnectionError(BaseException):
    """A test tried to reach an address that is not this machine.

    Not an Exception, so that code which forgives network errors cannot swallow it.
    """


class OutsideGuard:
    """Remembers and refuses every socket that leaves this machine."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: sees each connect and each datagram of this process, whatever library makes it."""
        if event in {"socket.connect", "socket.sendto"} and not _is_this_machine(arguments[1]):
            self.attempts.append(f"{event} to {arguments[1]}")
            sentence = f"tests stay on this machine, but this one tried {self.attempts[-1]}"
            raise OutsideConnectionError(sentence)


def _is_this_machine(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path, or none at all
    host = str(address[0])
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


_GUARD = OutsideGuard()
sys.addaudithook(_GUARD)


@pytest.fixture(autouse=True)
def outside_attempts() -> Iterator[list[str]]:
    """The forbidden connections that this test tried; one that is still in the list at the end fails the test."""
    _GUARD.attempts.clear()
    yield _GUARD.attempts
    assert not _GUARD.attempts, f"tests stay on this machine, but this one tried {_GUARD.attempts}"


def _go_without(reason: str) -> NoReturn:
    """Skips the test on a machine that lacks something; in CI that is a failure, never a skip."""
    if os.environ.get("CI") == "true":  # noqa: TID251 - the test run's own setting, not the bot's
        pytest.fail(f"{reason}; with CI=true nothing is skipped", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for this process (under pytest-xdist: for each worker), started when first asked for."""
    try:
        with running_server() as server:
            yield server
    except PostgresUnavailableError as error:
        _go_without(str(error))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database that only this test uses."""
    with postgres_server.database() as name:
        yield postgres_server.url(name)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium with no way to the outside; each test opens contexts and pages of its own."""
    executable = shutil.which("chromium")
    if executable is None:
        _go_without("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(_CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()
        await asyncio.sleep(0)  # lets the driver's last callbacks run before its pipes are closed
