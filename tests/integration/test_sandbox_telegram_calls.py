"""The Bot API server refuses what the real one refuses, in its words, and answers in its shapes."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.contract import TELEGRAM_TOKEN
from adapters.sandbox.telegram.message import Key
from adapters.sandbox.telegram.watch import Watch
from tests.unit.adapters.sandbox.telegram.house import CHANNEL, GROUP, MODERATOR, READER_1, READER_2, House, opened

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
KEYBOARD = {"inline_keyboard": [[{"text": "Read", "callback_data": "r:1"}]]}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(rates=False) as house:
        yield house


async def fetch(house: House, path: str, **options: Any) -> tuple[int, str]:
    async with house.http.request("POST", f"{house.address}/{path}", **options) as answer:
        body = await answer.json()
        assert answer.headers["Content-Type"] == "application/json"
        assert body["error_code"] == answer.status
        return answer.status, body["description"]


async def test_wrong_paths_tokens_and_methods_are_told_apart(house: House) -> None:
    assert await fetch(house, "") == (404, "Not Found")
    assert await fetch(house, "getMe") == (404, "Not Found")
    assert await fetch(house, "botx/getMe") == (401, "Unauthorized: invalid token specified")
    assert await fetch(house, f"bot{'1:' + 'a' * 35}/getMe") == (401, "Unauthorized")
    assert await fetch(house, f"bot{TELEGRAM_TOKEN}/getNothing") == (404, "Not Found: method not found")


async def test_methods_are_found_in_any_case_and_parameters_in_every_form(house: House) -> None:
    url = f"{house.base_url}{TELEGRAM_TOKEN}/SENDmessage"
    form = aiohttp.FormData({"chat_id": READER_1, "text": "multipart"})
    form.add_field("other", b"x", filename="x.bin")
    for options in (
        {"params": {"chat_id": READER_1, "text": "query"}},
        {"data": {"chat_id": READER_1, "text": "form"}},
        {"json": {"chat_id": int(READER_1), "text": "json"}},
        {"data": form},
    ):
        async with house.http.post(url, **options) as answer:
            assert (await answer.json())["ok"]
    assert [message.text for message in await house.shown(READER_1)] == ["query", "form", "json", "multipart"]


async def test_a_body_that_is_no_object_is_refused(house: House) -> None:
    status, words = await fetch(
        house, f"bot{TELEGRAM_TOKEN}/getMe", data="[1]", headers={"Content-Type": "application/json"}
    )
    assert (status, words) == (400, "Bad Request: can't parse request: it must be a JSON object")


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"chat_id": READER_1}, "message text is empty"),
        ({"text": "x"}, "chat_id is empty"),
        ({"text": "x", "chat_id": "5"}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": READER_1, "reply_parameters": "{"}, "can't parse reply parameters JSON object"),
        ({"text": "x", "chat_id": READER_1, "reply_parameters": {"message_id": 9}}, "message to be replied not found"),
        (
            {"text": "x", "chat_id": READER_1, "link_preview_options": "["},
            "can't parse link preview options JSON object",
        ),
        ({"text": "x", "chat_id": CHANNEL, "reply_markup": {"force_reply": True}}, "inline keyboard expected"),
        ({"text": "<b>", "parse_mode": "HTML", "chat_id": "5"}, "can't parse entities: Can't find end tag correspond"),
        ({"text": " ", "chat_id": "5", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": " ", "chat_id": "5"}, "chat not found"),
        ({"text": "a" * 4097, "chat_id": READER_1, "reply_parameters": {"message_id": 9}}, "message to be replied not"),
    ],
)
async def test_a_send_is_refused_by_the_first_check_that_it_fails(
    house: House, params: dict[str, object], refusal: str
) -> None:
    status, words = (await house.call("sendMessage", **params)).refusal
    assert status == 400
    assert words.startswith(f"Bad Request: {refusal}")


async def test_a_missing_original_is_no_error_when_the_bot_said_so(house: House) -> None:
    reply = {"message_id": 9, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await house.send(READER_1, "x", reply_parameters=reply)


async def test_a_sent_message_comes_back_in_the_platforms_shape(house: House) -> None:
    preview = {"is_disabled": True}
    sent = await house.send(GROUP, "<b>x</b>", parse_mode="HTML", reply_markup=KEYBOARD, link_preview_options=preview)
    assert sent == {
        "message_id": 1,
        "date": 1790000000,
        "chat": {"id": int(GROUP), "type": "supergroup", "title": "City news"},
        "from": {"id": 1000000001, "is_bot": True, "first_name": "newsbot", "username": "newsbot_sandbox_bot"},
        "text": "x",
        "entities": [{"type": "bold", "offset": 0, "length": 1}],
        "link_preview_options": preview,
        "reply_markup": KEYBOARD,
    }
    post = await house.send(CHANNEL, "x")
    assert "from" not in post
    assert post["sender_chat"]["title"] == "City news channel"
    assert (await house.send(GROUP, "y", reply_parameters={"message_id": 1}))["reply_to_message"]["text"] == "x"


async def test_edits_are_refused_where_there_is_nothing_to_edit(house: House) -> None:
    await house.tell(READER_1, "reader-1", "from a person")
    await house.send(READER_1, "prompt", reply_markup={"force_reply": True})
    await house.send(READER_1, "text", reply_markup=KEYBOARD)
    edits: list[tuple[dict[str, Any], str]] = [
        ({}, "message identifier is not specified"),
        ({"message_id": 99}, "message to edit not found"),
        ({"inline_message_id": "x"}, "MESSAGE_ID_INVALID"),
        ({"message_id": 1}, "message can't be edited"),
        ({"message_id": 2}, "message can't be edited"),
        ({"message_id": 3, "reply_markup": {"force_reply": True}}, "inline keyboard expected"),
    ]
    for params, words in edits:
        answer = await house.call("editMessageText", chat_id=READER_1, text="new", **params)
        assert answer.refusal == (400, f"Bad Request: {words}")
    caption = await house.call("editMessageCaption", chat_id=READER_1, message_id=3, caption="x")
    assert caption.refusal == (400, "Bad Request: there is no caption in the message to edit")


async def test_an_edit_replaces_text_and_keyboard_and_the_same_again_is_refused(house: House) -> None:
    await house.send(GROUP, "old", reply_markup=KEYBOARD)
    house.clock.now += 5
    edited = (await house.call("editMessageText", chat_id=GROUP, message_id=1, text="new")).result
    assert (edited["text"], edited["edit_date"], edited.get("reply_markup")) == ("new", 1790000005, None)
    again = await house.call("editMessageText", chat_id=GROUP, message_id=1, text=" new ")
    assert again.refusal == (400, NOT_MODIFIED)
    await house.call("editMessageReplyMarkup", chat_id=GROUP, message_id=1, reply_markup=KEYBOARD)
    (shown,) = await house.shown(GROUP)
    assert (shown.text, shown.edited, [button.id for button in shown.buttons]) == ("new", True, ["r:1"])
    same = await house.call("editMessageReplyMarkup", chat_id=GROUP, message_id=1, reply_markup=KEYBOARD)
    assert same.refusal == (400, NOT_MODIFIED)


async def test_only_what_the_bot_may_delete_is_deleted(house: House) -> None:
    await house.tell(GROUP, "reader-1", "from a person")
    await house.tell(READER_1, "reader-1", "from a person")
    await house.send(GROUP, "own")
    delete = "deleteMessage"
    assert (await house.call(delete, chat_id=GROUP)).refusal[1] == "Bad Request: message identifier is not specified"
    assert (await house.call(delete, chat_id=GROUP, message_id=9)).refusal[1].endswith("message to delete not found")
    assert (await house.call(delete, chat_id=GROUP, message_id=1)).refusal == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )
    assert (await house.call(delete, chat_id=READER_1, message_id=1)).result is True
    house.clock.now += 48 * 3600 + 1
    assert (await house.call(delete, chat_id=GROUP, message_id=2)).status == 400
    await house.send(GROUP, "young")
    assert (await house.call("deleteMessages", chat_id=GROUP, message_ids=[3, 77])).result is True
    assert [message.text for message in await house.shown(GROUP)] == ["from a person", "own"]
    assert (await house.call("deleteMessages", chat_id=GROUP, message_ids=[])).status == 400
    assert (
        (await house.call("deleteMessages", chat_id=GROUP, message_ids=[1] * 101))
        .refusal[1]
        .endswith("too many message identifiers specified")
    )


async def test_a_message_id_never_comes_again_after_a_deletion(house: House) -> None:
    await house.send(GROUP, "x")
    await house.call("deleteMessage", chat_id=GROUP, message_id=1)
    assert (await house.send(GROUP, "y"))["message_id"] == 2


async def test_a_photo_comes_by_address_by_id_or_uploaded(house: House) -> None:
    url = "https://pictures.example/a.png"
    sent = (await house.call("sendPhoto", chat_id=READER_1, photo=url, caption="<i>c</i>", parse_mode="HTML")).result
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("c", "italic")
    again = (await house.call("sendPhoto", chat_id=READER_1, photo=sent["photo"][0]["file_id"])).result
    assert again["photo"] == sent["photo"]
    form = aiohttp.FormData({"chat_id": READER_1, "photo": "attach://file"})
    form.add_field("file", b"\x89PNG", filename="a.png", content_type="image/png")
    async with house.http.post(f"{house.base_url}{TELEGRAM_TOKEN}/sendPhoto", data=form) as answer:
        assert (await answer.json())["ok"]
    assert [message.image for message in await house.shown(READER_1)] == [url, url, "data:image/png;base64,iVBORw=="]
    edit = await house.call("editMessageCaption", chat_id=READER_1, message_id=1, caption="d")
    assert edit.result["caption"] == "d"
    text = await house.call("editMessageText", chat_id=READER_1, message_id=1, text="d")
    assert text.refusal[1].endswith("there is no text in the message to edit")


@pytest.mark.parametrize(
    ("photo", "refusal"),
    [
        ("", "there is no photo in the request"),
        ("http://nowhere", "wrong HTTP URL specified"),
        ("some-id", "wrong file identifier/HTTP URL specified"),
        ("http://127.0.0.1:1/no.png", "failed to get HTTP URL content"),
    ],
)
async def test_a_photo_that_cannot_be_had_is_refused(house: House, photo: str, refusal: str) -> None:
    answer = await house.call("sendPhoto", chat_id=READER_1, photo=photo)
    assert answer.refusal == (400, f"Bad Request: {refusal}")


async def test_a_callback_is_answerable_for_fifteen_seconds(house: House) -> None:
    unknown = await house.call("answerCallbackQuery", callback_query_id="5")
    assert unknown.refusal == (400, TOO_OLD)
    press = house.api.presses.add(int(READER_1), int(GROUP), Key(0, 1), Watch(int(READER_1), frozenset()))
    house.clock.now += 15
    assert (await house.call("answerCallbackQuery", callback_query_id=press.id, text="a" * 201)).status == 400
    assert (await house.call("answerCallbackQuery", callback_query_id=press.id, url="https://x.y")).status == 400
    assert (await house.call("answerCallbackQuery", callback_query_id=press.id)).result is True
    house.clock.now += 0.1
    assert (await house.call("answerCallbackQuery", callback_query_id=press.id)).refusal == (400, TOO_OLD)


async def test_members_have_the_status_that_they_have(house: House) -> None:
    async def status(chat: str, user: str | int) -> str:
        return str((await house.call("getChatMember", chat_id=chat, user_id=user)).result["status"])

    assert await status(GROUP, MODERATOR) == "administrator"
    assert await status(GROUP, READER_1) == "member"
    assert await status(GROUP, 1000000001) == "member"
    assert await status(CHANNEL, MODERATOR) == "creator"
    assert await status(CHANNEL, 1000000001) == "administrator"
    assert await status(READER_1, READER_2) == "left"
    assert (await house.call("getChatMember", chat_id=GROUP)).refusal[1] == "Bad Request: invalid user_id specified"
    assert (await house.call("getChatMember", chat_id=GROUP, user_id=5)).refusal[1] == "Bad Request: member not found"
    private = await house.call("getChatAdministrators", chat_id=READER_1)
    assert private.refusal[1] == "Bad Request: there are no administrators in the private chat"
    assert (await house.call("getChatMemberCount", chat_id=GROUP)).result == 4


async def test_a_bot_that_left_is_refused_everywhere_in_that_chat(house: House) -> None:
    assert (await house.call("leaveChat", chat_id=GROUP)).result is True
    refusal = (403, "Forbidden: bot is not a member of the supergroup chat")
    assert (await house.call("sendMessage", chat_id=GROUP, text="x")).refusal == refusal
    assert (await house.call("getChat", chat_id=GROUP)).refusal == refusal
    (update,) = await house.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "left"


async def test_a_reaction_is_one_standard_emoji(house: House) -> None:
    await house.send(GROUP, "x")
    react = "setMessageReaction"
    thumb, odd = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🏟"}
    assert (await house.call(react, chat_id=GROUP, message_id=1, reaction=[thumb])).result is True
    assert "👍" in (await house.shown(GROUP))[0].html
    assert (await house.call(react, chat_id=GROUP, message_id=1)).result is True
    assert "👍" not in (await house.shown(GROUP))[0].html
    for reaction, words in (
        ([odd], "REACTION_INVALID"),
        ([thumb, thumb], "REACTIONS_TOO_MANY"),
        ([{"type": "x"}], "can't parse ReactionType: invalid reaction type specified"),
        ({}, "expected an Array of ReactionType"),
    ):
        answer = await house.call(react, chat_id=GROUP, message_id=1, reaction=reaction)
        assert answer.refusal == (400, f"Bad Request: {words}")
    missing = await house.call(react, chat_id=GROUP, message_id=9, reaction=[thumb])
    assert missing.refusal[1].endswith("message to react not found")


async def test_a_chat_action_is_one_of_the_list(house: House) -> None:
    assert (await house.call("sendChatAction", chat_id=GROUP, action="typing")).result is True
    wrong = await house.call("sendChatAction", chat_id=GROUP, action="dancing")
    assert wrong.refusal == (400, "Bad Request: wrong parameter action in request")


async def test_too_many_messages_get_the_seconds_to_wait_in_body_and_header() -> None:
    async with opened() as house:
        for _ in range(5):
            await house.send(READER_1, "x")
        refused = await house.call("sendMessage", chat_id=READER_1, text="x")
        assert refused.refusal == (429, "Too Many Requests: retry after 1")
        assert refused.body["parameters"] == {"retry_after": 1}
        assert refused.headers["Retry-After"] == "1"
        for _ in range(50):
            await house.call("getChatMember", chat_id=GROUP, user_id=READER_1)
        assert len(await house.shown(READER_1)) == 5


async def test_every_call_is_in_the_ledger_with_what_it_showed(house: House) -> None:
    await house.send(GROUP, "<b>Title</b>\nbody", parse_mode="HTML", reply_markup=KEYBOARD)
    await house.call("editMessageText", chat_id=GROUP, message_id=1, text="new")
    await house.call("deleteMessage", chat_id=GROUP, message_id=1)
    await house.call("sendMessage", chat_id=GROUP)
    entries = house.store.since(0)
    assert [entry["kind"] for entry in entries] == ["shown", "call", "edited", "call", "withdrawn", "call", "call"]
    shown, call = entries[:2]
    assert {name: shown[name] for name in ("chat", "message", "author", "title", "text", "to", "buttons")} == {
        "chat": GROUP,
        "message": "1",
        "author": "newsbot",
        "title": "Title",
        "text": "Title\nbody",
        "to": None,
        "buttons": [{"id": "r:1", "label": "Read"}],
    }
    assert (call["call"], call["chat"], call["status"], entries[-1]["status"]) == ("sendMessage", GROUP, 200, 400)
    assert ("telegram", GROUP) in house.pulse.beats
