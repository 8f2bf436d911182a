"""Calls over aiohttp, and what their failures say."""

import asyncio

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import NetworkError

from adapters.telegram.client import Client
from adapters.telegram.transport import AiohttpTransport, AnswerLostError, NotSentError, SlowDownError, api_address
from tests.unit.adapters.telegram.bot_server import TOKEN, calling, ok, refusal


async def test_a_call_goes_to_the_method_under_the_token_as_json() -> None:
    async def handler(request: web.Request) -> web.Response:
        return ok([request.path, await request.json()])

    async with calling(handler) as client:
        result = await client.call("sendMessage", chat_id=5, text="ä & b", reply_markup={"a": [1]}, nothing=None)
    assert result == [f"/bot{TOKEN}/sendMessage", {"chat_id": 5, "text": "ä & b", "reply_markup": {"a": [1]}}]


async def test_files_go_as_parts() -> None:
    async def handler(request: web.Request) -> web.Response:
        form = await request.post()
        photo = form["photo"]
        assert isinstance(photo, web.FileField)
        return ok([form["chat_id"], photo.filename, photo.content_type, photo.file.read().decode()])

    async with calling(handler) as client:
        result = await client.call("sendPhoto", chat_id=5, photo=InputFile(b"picture", filename="a.png"))
    assert result == ["5", "a.png", "image/png", "picture"]


async def test_a_silent_server_is_an_answer_lost() -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return ok(None)

    async with calling(handler) as client:
        with pytest.raises(AnswerLostError) as lost:
            await client.call("getMe", read_timeout=0.05)
    assert_secret(lost.value)


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"[]", b""])
async def test_an_answer_that_is_not_telegrams_is_an_answer_lost(body: bytes) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    async with calling(handler) as client:
        with pytest.raises(AnswerLostError):
            await client.call("getMe")


async def test_a_proxys_error_page_is_a_network_error() -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"<html>Bad Gateway</html>", status=502)

    async with calling(handler) as client:
        with pytest.raises(NetworkError):
            await client.call("getMe")


async def test_a_redirect_is_never_followed_with_the_token() -> None:
    paths = []

    async def handler(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with calling(handler) as client:
        with pytest.raises(NetworkError):
            await client.call("getMe")
    assert paths == [f"/bot{TOKEN}/getMe"]


@pytest.mark.parametrize(("parameters", "wait_s"), [({"retry_after": 7}, 7.0), ({}, 1.0)])
async def test_a_rate_limit_says_how_long(parameters: dict[str, int], wait_s: float) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return refusal(429, "Too Many Requests", **parameters)

    async with calling(handler) as client:
        with pytest.raises(SlowDownError) as slow:
            await client.call("sendMessage")
    assert slow.value.wait_s == wait_s


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/bot", "http://", "nonsense"])
async def test_where_nobody_listens_nothing_was_sent(address: str) -> None:
    transport = AiohttpTransport(api_address(address, TOKEN))
    with pytest.raises(NotSentError) as unsent:
        await Client(transport).call("getMe")
    await transport.shutdown()
    assert_secret(unsent.value)


async def test_a_closed_transport_opens_again_by_being_initialised() -> None:
    async def handler(_request: web.Request) -> web.Response:
        return ok(1)

    async with calling(handler) as client:
        await client.request.shutdown()
        with pytest.raises(NotSentError):
            await client.call("getMe")
        await client.request.initialize()
        assert await client.call("getMe") == 1


def test_the_token_goes_where_the_address_wants_it() -> None:
    assert api_address(None, "1:a") == "https://api.telegram.org/bot1:a"
    assert api_address("http://localhost:81/bot", "1:a") == "http://localhost:81/bot1:a"
    assert api_address("http://localhost/bot{token}/test", "1:a") == "http://localhost/bot1:a/test"


def assert_secret(error: BaseException) -> None:
    """Neither the error nor what a traceback would print of its causes holds the token."""
    assert "secret" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__
