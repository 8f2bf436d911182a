"""The platform as a whole, against a server that says what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from typing_extensions import override

from adapters.telegram.platform import TelegramOptions, TelegramPlatform
from bot.domain.channel import ChannelRef
from bot.messages.action import ActionCodec
from bot.messages.exchange import Answer, Replace, Request
from bot.messages.post import Post, Tone
from bot.ports.platform import Doors, PlatformStartError
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk
from tests.fakes.doors import FakeDoors
from tests.fakes.inbox import FakeInbox
from tests.unit.adapters.telegram.bot_server import TOKEN, Script, ok, refusal

BOT = {"id": 1, "is_bot": True, "first_name": "newsbot", "username": "news_bot"}
ANA = {"id": 5, "is_bot": False, "first_name": "Ana"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Ana"}
LET_IN = {
    "update_id": 3,
    "my_chat_member": {
        "chat": PRIVATE,
        "from": ANA,
        "date": 1_788_000_000,
        "old_chat_member": {"status": "kicked", "user": BOT, "until_date": 0},
        "new_chat_member": {"status": "member", "user": BOT},
    },
}


class BrokenDoors(FakeDoors):
    """A table that cannot be written."""

    @override
    async def opened(self, channel: ChannelRef) -> None:
        raise OSError("disk")


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    body = {"message_id": number, "date": 1_788_000_000, "chat": PRIVATE, "from": ANA, "text": text, **more}
    return {"update_id": number, "message": body}


@asynccontextmanager
async def platform_at(script: Script, *, doors: Doors | None = None) -> AsyncIterator[TelegramPlatform]:
    app = web.Application()
    app.router.add_post("/{path:.*}", script.answer)
    async with TestServer(app) as server:
        yield TelegramPlatform(
            TelegramOptions(token=TOKEN, api_url=str(server.make_url("/bot")), rates=False),
            codec=ActionCodec(b"a key for tests"),
            clock=HeldClock(),
            inbox=FakeInbox(),
            doors=doors,
        )


@pytest.mark.parametrize("code", [401, 404])
async def test_a_token_that_is_refused_in_either_way_ends_the_start(code: int) -> None:
    async with platform_at(Script(getMe=[refusal(code, "Unauthorized")])) as platform:
        with pytest.raises(PlatformStartError, match="BotFather") as refused:
            await platform.listen(FakeDesk())
    assert "secret" not in str(refused.value)


async def test_a_chat_that_lets_us_in_again_is_told_of() -> None:
    doors = FakeDoors()
    menus = [ok([]) for _ in range(3)]
    script = Script(getMe=[ok(BOT)], getMyCommands=menus, getUpdates=[ok([LET_IN])])
    async with platform_at(script, doors=doors) as platform:
        listening = asyncio.create_task(platform.listen(FakeDesk()))
        assert await doors.heard.get() == ("opened", ChannelRef(platform="telegram", id="5"))
        listening.cancel()
        await asyncio.wait([listening])


async def test_an_update_that_breaks_its_handling_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    updates = [LET_IN, message(8, "/help")]
    menus = [ok([]) for _ in range(3)]
    script = Script(getMe=[ok(BOT)], getMyCommands=menus, getUpdates=[ok(updates)])
    desk = FakeDesk()
    async with platform_at(script, doors=BrokenDoors()) as platform:
        listening = asyncio.create_task(platform.listen(desk))
        [request] = await desk.asked()
        assert request.scene.once == "8"
        listening.cancel()
        await asyncio.wait([listening])
    assert any("update 3 was skipped" in record.message for record in caplog.records)


def test_options_never_show_their_token() -> None:
    assert "secret" not in repr(TelegramOptions(token=TOKEN))


async def test_a_page_is_turned_before_the_next_press_of_the_same_person_is_heard() -> None:
    notes: list[str] = []
    page = Replace(post=Post(tone=Tone.STORY, title="A page"))

    async def asked(request: Request) -> Answer:
        notes.append(f"asked {request.scene.once}")
        return page

    class SlowEdits(Script):
        @override
        async def answer(self, request: web.Request) -> web.Response:
            if not request.path.endswith("/editMessageText"):
                return await super().answer(request)
            await asyncio.sleep(0.02)  # long enough for the second press to overtake, if it could
            notes.append("edited")
            return await super().answer(request)

    presses = [
        {
            "update_id": number,
            "callback_query": {
                "id": str(number),
                "from": ANA,
                "chat_instance": "1",
                "data": "x",
                "message": {"message_id": 1, "date": 1_788_000_000, "chat": PRIVATE},
            },
        }
        for number in (7, 8)
    ]
    script = SlowEdits(
        getMe=[ok(BOT)],
        getMyCommands=[ok([]) for _ in range(3)],
        getUpdates=[ok(presses)],
        editMessageText=[ok({"message_id": 1}) for _ in presses],
        answerCallbackQuery=[ok(result=True) for _ in presses],
    )
    async with platform_at(script) as platform:
        listening = asyncio.create_task(platform.listen(FakeDesk(asked, asked)))
        await script.called("editMessageText", 2)
        listening.cancel()
        await asyncio.wait([listening])
    assert notes == ["asked 7", "edited", "asked 8", "edited"]
