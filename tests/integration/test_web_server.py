"""The web server answers what is mounted, within bounds, and nothing else."""

import asyncio
import socket

import aiohttp
import pytest

from adapters.machine.door import DoorError, open_door
from adapters.web.routes import Call, Mount, Reply
from adapters.web.server import WebServer
from tests.background import in_background
from tests.web_door import served


async def echo(call: Call) -> Reply:
    return Reply(body=call.body + call.query.get("q", "").encode(), headers={"X-Given": call.given["name"]})


async def fails(_: Call) -> Reply:
    raise OSError("disk full")


ECHO = Mount(path="/echo/{name}", get=echo, post=echo, most=10)
FAILS = Mount(path="/fails", get=fails)


async def test_what_is_mounted_hears_its_path_its_query_and_its_body() -> None:
    async with served([ECHO]) as client, client.post("/echo/ana?q=!", data=b"hello") as answer:
        assert (answer.status, await answer.read(), answer.headers["X-Given"]) == (200, b"hello!", "ana")


async def test_no_browser_takes_an_answer_for_a_page_and_none_says_what_serves_it() -> None:
    async with served([ECHO]) as client:
        for path in ("/echo/ana", "/nothing"):
            async with client.get(path) as answer:
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/echo", 404), ("DELETE", "/echo/x", 405), ("HEAD", "/echo/x", 200)],
)
async def test_nothing_else_is_there(method: str, path: str, status: int) -> None:
    async with served([ECHO]) as client, client.request(method, path) as answer:
        assert answer.status == status


async def test_a_body_that_is_too_large_is_refused_before_it_has_come() -> None:
    async with served([ECHO]) as client:
        async with client.post("/echo/x", data=b"x" * 10) as answer:
            assert answer.status == 200
        async with client.post("/echo/x", data=b"x" * 11) as answer:
            assert answer.status == 413
        reader, writer = await asyncio.open_connection("127.0.0.1", client._base_url.port)  # type: ignore[union-attr]  # it was set
        writer.write(
            b"POST /echo/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + b"x" * 11 + b"\r\n"
        )
        assert (await reader.readuntil(b"\r\n")).split()[1] == b"413", "though the last chunk never comes"
        writer.close()


async def test_where_answering_fails_it_says_so_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async with served([ECHO, FAILS]) as client:
        async with client.get("/fails") as answer:
            assert (answer.status, await answer.text()) == (503, "Service Unavailable")
        async with client.get("/echo/x") as answer:
            assert answer.status == 200
    assert "disk full" in caplog.text


async def test_a_server_that_was_ended_can_be_begun_again_at_the_same_door() -> None:
    with open_door("127.0.0.1", 0) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}/echo/x"
        for _ in range(2):
            async with in_background(WebServer([ECHO], door).run()), aiohttp.request("GET", url) as answer:
                assert answer.status == 200


async def test_it_tells_that_it_gets_on() -> None:
    has_beaten = asyncio.Event()

    def beat(trouble: str | None = None) -> None:
        assert trouble is None
        has_beaten.set()

    with open_door("127.0.0.1", 0) as door:
        async with in_background(WebServer([ECHO], door).run(beat)), asyncio.timeout(10):
            await has_beaten.wait()


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(DoorError, match="in use"):
        open_door("127.0.0.1", taken.getsockname()[1]).__enter__()
