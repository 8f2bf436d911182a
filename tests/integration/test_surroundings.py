"""What the test run itself promises: new databases, a browser, and nothing from outside."""

import asyncio
import socket

import asyncpg
import pytest
from playwright.async_api import Browser

from tests.absence import go_without
from tests.outside import OutsideConnectionError
from tests.postgres import PostgresServer


async def tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [
            row["tablename"]
            for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE tablename LIKE 'mark%'")
        ]
    finally:
        await connection.close()


@pytest.mark.postgres
async def test_a_database_is_new_and_empty_however_many_came_before(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with postgres_server.database() as other:
        postgres_server.execute("CREATE TABLE mark (x int)", database=other)
        assert await tables(postgres_server.url(other)) == ["mark"]
        assert await tables(postgres_url) == []


@pytest.mark.postgres
async def test_a_database_can_be_a_copy_of_a_prepared_one(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as prepared:
        postgres_server.execute("CREATE TABLE mark_prepared (x int)", database=prepared)
        with postgres_server.database(template=prepared) as copy:
            assert await tables(postgres_server.url(copy)) == ["mark_prepared"]


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_browser_shows_a_page(chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.set_content("<h1>Ferry runs again</h1>")
    assert await page.locator("h1").inner_text() == "Ferry runs again"


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 80)])
def test_a_connection_to_the_outside_is_refused_and_remembered(
    address: tuple[str, int], outside_attempts: list[str]
) -> None:
    with socket.socket() as client, pytest.raises(OutsideConnectionError):
        client.connect(address)
    assert outside_attempts == [f"socket.connect {address}"]
    outside_attempts.clear()


def test_a_datagram_to_the_outside_is_refused(outside_attempts: list[str]) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(OutsideConnectionError):
        client.sendto(b"?", ("192.0.2.1", 53))
    outside_attempts.clear()


async def test_a_name_is_not_looked_up_outside(outside_attempts: list[str]) -> None:
    with pytest.raises(OutsideConnectionError):
        await asyncio.get_running_loop().getaddrinfo("news.example", 443)
    assert outside_attempts == ["socket.getaddrinfo 'news.example'"]
    outside_attempts.clear()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "0x7f000001", "127.1"])
async def test_a_name_that_needs_no_lookup_is_free(host: str) -> None:
    assert await asyncio.get_running_loop().getaddrinfo(host, 443)


def test_a_connection_to_this_machine_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())


def test_in_ci_what_is_missing_is_a_failure_and_never_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        go_without("no Chromium here")


def test_elsewhere_what_is_missing_is_a_skip_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        go_without("no Chromium here")
