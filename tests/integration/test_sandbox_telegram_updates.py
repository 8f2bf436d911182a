"""Updates reach the bot by long polling or webhook, in order, again until confirmed, and survive a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.sandbox.contract import TELEGRAM_TOKEN
from tests.fakes.served import served
from tests.unit.adapters.sandbox.telegram.house import CHANNEL, GROUP, READER_1, Answer, House, opened

KEYBOARD = {"inline_keyboard": [[{"text": "Read", "callback_data": "r:1"}]]}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(rates=False) as house:
        yield house


async def three_said(house: House) -> None:
    for word in ("one", "two", "three"):
        await house.tell(READER_1, "reader-1", word)


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_a_higher_offset_confirms_them(house: House) -> None:
    await three_said(house)
    assert texts(await house.updates(timeout=0)) == ["one", "two", "three"]
    assert texts(await house.updates(timeout=0, offset=2)) == ["two", "three"]
    assert texts(await house.updates(timeout=0, offset=3, limit=1)) == ["three"]


async def test_the_same_offset_at_once_gives_one_update_only(house: House) -> None:
    await three_said(house)
    assert texts(await house.updates(offset=1)) == ["one", "two", "three"]
    assert texts(await house.updates(offset=1)) == ["one"]


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_rest(house: House) -> None:
    await three_said(house)
    assert texts(await house.updates(offset=-1)) == ["three"]
    assert texts(await house.updates(offset=0, limit=100)) == ["three"]


async def test_updates_are_kept_for_a_day(house: House) -> None:
    await three_said(house)
    house.clock.now += 24 * 3600 + 1
    await house.tell(READER_1, "reader-1", "four")
    assert texts(await house.updates()) == ["four"]


async def test_presses_are_kept_for_150_seconds(house: House) -> None:
    sent = await house.send(READER_1, "x", reply_markup=KEYBOARD)
    house.silence()
    await house.server.press(READER_1, "reader-1", str(sent["message_id"]), "r:1")
    await house.tell(READER_1, "reader-1", "words")
    house.clock.now += 150
    assert [set(update) - {"update_id"} for update in await house.updates()] == [{"callback_query"}, {"message"}]
    house.clock.now += 1
    assert texts(await house.updates(offset=0, limit=5)) == ["words"]


async def test_an_offset_beyond_the_end_confirms_nothing(house: House) -> None:
    await three_said(house)
    assert texts(await house.updates(offset=5)) == ["one", "two", "three"]
    assert await house.updates(offset=4) == []


async def test_a_short_poll_leaves_the_one_that_waits(house: House) -> None:
    first = asyncio.create_task(house.call("getUpdates", timeout=50))
    await house.polled()
    house.forget_polls()
    assert await house.updates(timeout=0, offset=1) == []
    house.silence()
    await house.tell(READER_1, "reader-1", "hello")
    assert texts((await asyncio.wait_for(first, 1)).result) == ["hello"]


async def test_a_waiting_poll_gets_an_update_at_once(house: House) -> None:
    poll = asyncio.create_task(house.updates(timeout=50))
    await house.polled()
    house.silence()
    await house.tell(READER_1, "reader-1", "hello")
    assert texts(await asyncio.wait_for(poll, 1)) == ["hello"]


async def test_a_second_poller_ends_the_one_that_waits(house: House) -> None:
    first = asyncio.create_task(house.call("getUpdates", timeout=50))
    await house.polled()
    second = asyncio.create_task(house.call("getUpdates", timeout=50, offset=1))
    assert (await asyncio.wait_for(first, 1)).refusal == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    second.cancel()


async def test_allowed_updates_stick_until_changed(house: House) -> None:
    await house.updates(allowed_updates=["channel_post"])
    house.silence()
    await house.tell(READER_1, "reader-1", "lost")
    assert (await house.server.say(CHANNEL, "moderator-1", "post")).messages == ()
    (update,) = await house.updates()
    assert update["channel_post"]["text"] == "post"
    await house.updates(allowed_updates=[], offset=2)
    house.silence()
    await house.tell(READER_1, "reader-1", "kept")
    assert texts(await house.updates()) == ["kept"]


async def test_updates_and_messages_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    async with opened(path, rates=False) as house:
        await house.tell(READER_1, "reader-1", "before")
        await house.send(GROUP, "<b>x</b>", parse_mode="HTML", reply_markup=KEYBOARD)
        await house.send(READER_1, "Well?", reply_markup={"force_reply": True})
        await house.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    async with opened(path, rates=False) as house:
        assert texts(await house.updates()) == ["before"]
        (shown,) = await house.shown(GROUP)
        assert (shown.html, shown.buttons[0].id) == ("<b>x</b>", "r:1")
        view = await house.server.look(READER_1, "reader-1", "/")
        assert view.form is not None
        assert view.form.title == "Well?"
        assert [suggestion.text for suggestion in view.suggestions] == ["/help "]
        assert (await house.send(GROUP, "y"))["message_id"] == 2


async def test_a_malformed_and_a_repeated_update_can_be_ordered(house: House) -> None:
    await house.tell(READER_1, "reader-1", "hello")
    house.faults.order("malformed_update")
    house.faults.order("repeat_update")
    bad, good, again = await house.updates()
    assert "date" not in bad["message"]
    assert good == again


async def test_privacy_mode_shows_the_bot_commands_replies_and_mentions_only(house: House) -> None:
    await house.send(GROUP, "from the bot")
    house.silence()
    await house.tell(GROUP, "reader-1", "small talk")
    await house.tell(GROUP, "reader-1", "/help")
    await house.tell(GROUP, "reader-1", "/help@other_bot")
    await house.tell(GROUP, "reader-1", "/help@newsbot_sandbox_bot now")
    await house.tell(GROUP, "reader-1", "well, @newsbot_sandbox_bot")
    await house.tell(GROUP, "reader-1", "a reply", reply_to="1")
    await house.tell(GROUP, "reader-1", "a reply to a person", reply_to="2")
    assert texts(await house.updates()) == [
        "/help",
        "/help@newsbot_sandbox_bot now",
        "well, @newsbot_sandbox_bot",
        "a reply",
    ]


class Receiver:
    """A bot's own web server that refuses what it is told to refuse."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[str | None, str, Any]] = []
        self.enough = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.append((secret, request.headers["Content-Type"], await request.json()))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.enough.set()
        return web.Response(status=status, headers={"Retry-After": "0"})


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver(500)
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    async with served(app) as address:
        yield receiver, f"{address}/hook"


async def test_a_webhook_gets_updates_with_its_secret_and_again_when_it_refuses(
    house: House, receiver: tuple[Receiver, str]
) -> None:
    bot, url = receiver
    await house.tell(READER_1, "reader-1", "hello")
    assert (await house.call("setWebhook", url=url, secret_token="s-1")).result is True
    await asyncio.wait_for(bot.enough.wait(), 5)
    assert [(secret, kind, update["message"]["text"]) for secret, kind, update in bot.got] == [
        ("s-1", "application/json", "hello")
    ] * 2
    assert (await house.call("getUpdates")).refusal == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    info = (await house.call("getWebhookInfo")).result
    assert (info["url"], info["last_error_message"]) == (
        url,
        "Wrong response from the webhook: 500 Internal Server Error",
    )
    assert (await house.call("setWebhook", url=url)).refusal == (429, "Too Many Requests: retry after 1")
    assert (await house.call("deleteWebhook")).result is True
    assert (await house.call("getWebhookInfo")).result == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
    }


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"url": "nowhere"}, "invalid webhook URL specified"),
        ({"url": "http://bot.example/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example:5000/x"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://bot.example/x", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://bot.example/x", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(house: House, params: dict[str, str], refusal: str) -> None:
    assert (await house.call("setWebhook", **params)).refusal == (400, f"Bad Request: {refusal}")


async def answer_or_cut(house: House) -> Answer | None:
    """None when the connection broke."""
    try:
        return await house.call("sendMessage", chat_id=READER_1, text="x")
    except (aiohttp.ServerDisconnectedError, ConnectionResetError, aiohttp.ClientOSError):
        return None


@pytest.mark.parametrize(
    ("kind", "status", "arrived"),
    [
        ("rate_limit", 429, 0),
        ("error_before", 500, 0),
        ("error_after", 500, 1),
        ("cut_before", None, 0),
        ("cut_after", None, 1),
    ],
)
async def test_an_ordered_fault_strikes_before_or_after_delivery(
    house: House, kind: str, status: int | None, arrived: int
) -> None:
    house.faults.order(kind, retry_after=7)
    answer = await answer_or_cut(house)
    assert (answer.status if answer else None) == status
    assert len(await house.shown(READER_1)) == arrived
    if kind == "rate_limit" and answer is not None:
        assert answer.body["parameters"] == {"retry_after": 7}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("blocked", "bot was blocked by the user"),
        ("deactivated", "user is deactivated"),
        ("never_started", "bot can't initiate conversation with a user"),
    ],
)
async def test_a_person_who_blocked_the_bot_gets_nothing(house: House, reason: str, words: str) -> None:
    house.faults.order("blocked", chat=READER_1, reason=reason)
    answer = await house.call("sendMessage", chat_id=READER_1, text="x")
    assert answer.refusal == (403, f"Forbidden: {words}")
    house.faults.order("blocked")
    kicked = await house.call("sendMessage", chat_id=GROUP, text="x")
    assert kicked.refusal == (403, "Forbidden: bot was kicked from the supergroup chat")


async def test_conflict_and_latency_can_be_ordered(house: House) -> None:
    house.faults.order("conflict")
    assert (await house.call("getUpdates")).status == 409
    house.faults.order("slow", delay_s=0.05)
    began = asyncio.get_running_loop().time()
    await house.send(READER_1, "x")
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_a_migrated_group_lives_on_under_its_new_id(house: House) -> None:
    await house.send(GROUP, "before", reply_markup=KEYBOARD)
    house.faults.order("migrate")
    refused = await house.call("sendMessage", chat_id=GROUP, text="x")
    assert refused.refusal == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    new = str(refused.body["parameters"]["migrate_to_chat_id"])
    assert [update["message"].get("migrate_to_chat_id") for update in await house.updates()] == [int(new), None]
    assert (await house.call("getChat", chat_id=GROUP)).status == 400
    await house.send(new, "after")
    assert new in [chat.chat for chat in house.server.chats()]
    assert GROUP not in [chat.chat for chat in house.server.chats()]
    for chat in (GROUP, new):
        texts_there = [message.text for message in await house.shown(chat)]
        assert texts_there == ["before", "The group was upgraded to a supergroup", "after"]
    assert house.server.migrate(new) not in (GROUP, new)


async def test_the_token_stands_in_no_ledger(house: House) -> None:
    await house.send(READER_1, "x")
    assert TELEGRAM_TOKEN not in str(house.store.since(0))
