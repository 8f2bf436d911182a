"""The rarer methods refuse what the real server refuses, and photos are judged as it judges them."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.sandbox.telegram.photos import BY_ADDRESS_AT_MOST
from tests.fakes.served import served
from tests.unit.adapters.sandbox.telegram.house import CHANNEL, GROUP, READER_1, House, opened

ARTICLE = {"type": "article", "id": "1", "title": "T", "input_message_content": {"message_text": "x"}}
HELP = {"command": "help", "description": "Help"}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(rates=False) as house:
        yield house


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("setMyCommands", {}, "can't parse commands JSON object"),
        ("setMyCommands", {"commands": "{"}, "can't parse commands JSON object"),
        ("setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
        ("setMyCommands", {"commands": [HELP] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": [5]}, "can't parse BotCommand: expected an Object"),
        (
            "setMyCommands",
            {"commands": [{"command": "x"}]},
            "can't parse BotCommand: Can't find field \"description\"",
        ),
        ("setMyCommands", {"commands": [{**HELP, "command": "/"}]}, "command must be non-empty"),
        ("setMyCommands", {"commands": [{**HELP, "command": "a" * 33}]}, "command length must not exceed 32"),
        ("setMyCommands", {"commands": [{**HELP, "description": " "}]}, "command description must be non-empty"),
        (
            "setMyCommands",
            {"commands": [{**HELP, "description": "a" * 257}]},
            "command description length must not exceed 256",
        ),
        ("setMyCommands", {"commands": [{**HELP, "command": "Help!"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [HELP], "language_code": "eng"}, "invalid language code specified"),
        (
            "setMyCommands",
            {"commands": [HELP], "scope": {"type": "moon"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        (
            "getMyCommands",
            {"scope": {"type": "chat"}},
            "can't parse BotCommandScope: Can't find field \"chat_id\"",
        ),
        ("getMyCommands", {"scope": {"type": "chat", "chat_id": "x"}}, "chat not found"),
        ("getMyCommands", {"scope": {"type": "chat_member", "chat_id": 5, "user_id": 5}}, "chat not found"),
        ("setMyDescription", {"description": "a" * 513}, "bot description is too long"),
        ("setMyShortDescription", {"short_description": "a" * 121}, "bot short description is too long"),
        ("answerInlineQuery", {"results": {}}, "expected an Array of InlineQueryResult"),
        ("answerInlineQuery", {"results": [ARTICLE] * 51}, "RESULTS_TOO_MUCH"),
        ("answerInlineQuery", {"results": [5]}, "can't parse inline query result: Can't find field \"type\""),
        ("answerInlineQuery", {"results": [{**ARTICLE, "id": "a" * 65}]}, "RESULT_ID_INVALID"),
        ("answerInlineQuery", {"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        (
            "answerInlineQuery",
            {"results": [{"type": "article", "id": "1", "title": "T"}]},
            "can't parse inline query result: Can't find field \"input_message_content\"",
        ),
        ("answerInlineQuery", {"results": [ARTICLE], "inline_query_id": "5"}, TOO_OLD),
        ("answerCallbackQuery", {}, TOO_OLD),
        ("getUpdates", {"allowed_updates": {}}, "can't parse allowed updates JSON object"),
        ("leaveChat", {"chat_id": READER_1}, "chat not found"),
        ("deleteEphemeralMessage", {"chat_id": GROUP}, "message to delete not found"),
        ("editEphemeralMessageText", {"chat_id": GROUP, "text": "x"}, "message to edit not found"),
        ("sendPhoto", {"chat_id": GROUP, "photo": "x", "reply_to_message_id": 5}, "message to be replied not found"),
        (
            "sendMessage",
            {"chat_id": GROUP, "text": "x", "parse_mode": "MarkdownV2"},
            "can't parse entities: the sandbox reads HTML and entities only",
        ),
    ],
)
async def test_a_wrong_call_is_refused(house: House, method: str, params: dict[str, object], refusal: str) -> None:
    assert (await house.call(method, **params)).refusal == (400, f"Bad Request: {refusal}")


async def test_texts_in_a_language_come_before_those_for_all(house: House) -> None:
    await house.call("setMyDescription", description="all")
    await house.call("setMyDescription", description="deutsch", language_code="de")
    assert (await house.call("getMyDescription", language_code="de")).result == {"description": "deutsch"}
    assert (await house.call("getMyDescription", language_code="fr")).result == {"description": "all"}
    assert (await house.call("logOut")).result is True


async def test_pending_updates_may_be_dropped_with_the_webhook(house: House) -> None:
    await house.tell(READER_1, "reader-1", "lost")
    assert (await house.call("deleteWebhook", drop_pending_updates=True)).result is True
    assert (await house.call("setWebhook", url="", allowed_updates=["message"])).result is True
    assert await house.updates() == []


async def test_a_bot_that_left_hears_nothing_more(house: House) -> None:
    await house.call("leaveChat", chat_id=GROUP)
    await house.updates(offset=-1)
    house.silence()
    await house.tell(GROUP, "reader-1", "/help")
    assert [set(update) for update in await house.updates(offset=2)] == []


async def test_a_kicked_bot_is_told_by_the_kind_of_chat(house: House) -> None:
    house.faults.order("blocked", chat=CHANNEL)
    answer = await house.call("sendMessage", chat_id=CHANNEL, text="x")
    assert answer.refusal == (403, "Forbidden: bot was kicked from the channel chat")


@pytest.fixture
async def pictures() -> AsyncIterator[str]:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG", content_type="image/png")

    async def text(_request: web.Request) -> web.Response:
        return web.Response(text="no picture")

    async def huge(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * (BY_ADDRESS_AT_MOST + 1), content_type="image/png")

    app = web.Application()
    app.add_routes([web.get("/a.png", picture), web.get("/a.txt", text), web.get("/huge.png", huge)])
    async with served(app) as address:
        yield address


async def test_a_photo_at_the_pages_own_address_is_fetched_and_judged(pictures: str) -> None:
    async with opened(page=pictures, rates=False) as house:
        sent = await house.call("sendPhoto", chat_id=GROUP, photo=f"{pictures}/a.png")
        assert sent.result["photo"][0]["file_size"] == 4
        for path, words in (
            ("a.txt", "wrong type of the web page content"),
            ("none.png", "failed to get HTTP URL content"),
            ("huge.png", "file is too big"),
        ):
            answer = await house.call("sendPhoto", chat_id=GROUP, photo=f"{pictures}/{path}")
            assert answer.refusal == (400, f"Bad Request: {words}")
