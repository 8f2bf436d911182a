"""The JSON interface over HTTP: every call, and a clear sentence for every bad one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.contract import Button
from tests.fakes.sandbox_house import FakeHouse, fake_house

_CHAT = "/api/chats/discord/text"


@pytest.fixture
async def house() -> AsyncIterator[FakeHouse]:
    async with fake_house() as house:
        yield house


async def test_chats_are_a_bare_list_of_both_platforms(house: FakeHouse) -> None:
    chats = await house.get("/api/chats")
    assert isinstance(chats, list)
    assert [chat["platform"] for chat in chats] == ["discord"] * 6 + ["telegram"] * 5
    assert chats[1] == {
        "platform": "discord",
        "chat": "private-reader-1",
        "title": "newsbot",
        "kind": "private",
        "people": [{"id": "reader-1", "name": "reader 1", "role": "reader"}],
    }


async def test_a_person_sees_messages_form_and_suggestions(house: FakeHouse) -> None:
    house.discord.show("text", "For you alone", person="reader-1")
    house.discord.headline("text", "Ferries return", "At dawn.")
    seen = await house.get(f"{_CHAT}?as=reader-1&typing=/he")
    assert isinstance(seen, dict)
    assert [message["text"] for message in seen["messages"]] == ["For you alone", "Ferries return\nAt dawn."]
    assert [offer["text"] for offer in seen["suggestions"]] == ["/headlines", "/help"]
    assert seen["form"] is None
    assert {"id", "author", "text", "title", "image", "buttons", "ephemeral", "edited", "reply_to"} <= set(
        seen["messages"][1]
    )
    other = await house.get(f"{_CHAT}?as=reader-2")
    assert isinstance(other, dict)
    assert [message["title"] for message in other["messages"]] == ["Ferries return"]


async def test_what_is_said_is_answered_with_what_appeared(house: FakeHouse) -> None:
    status, seen = await house.post(f"{_CHAT}/say", {"as": "reader-1", "text": "/help"})
    assert status == 200
    assert [message["text"] for message in seen["messages"]] == ["/help", "You asked for help."]  # type: ignore[attr-defined, index, unused-ignore]  # JSON
    assert seen["first_answer_ms"] == 1.5


async def test_a_reply_names_what_it_answers(house: FakeHouse) -> None:
    await house.post("/api/chats/telegram/group/say", {"as": "reader-1", "text": "Yes", "reply_to": "7"})
    await house.post("/api/chats/telegram/group/say", {"as": "reader-1", "text": "No", "reply_to": None})
    assert house.telegram.replies == ["7", None]


async def test_a_press_gives_the_form_and_filling_it_gives_the_answer(house: FakeHouse) -> None:
    message = house.discord.headline("text", "Ferries return", "At dawn.")
    status, seen = await house.post(f"{_CHAT}/press", {"as": "reader-2", "message": message.id, "button": "opinion"})
    form = seen["form"]
    assert isinstance(form, dict)
    assert status == 200
    assert [(field["name"], field["kind"], field["required"]) for field in form["fields"]] == [
        ("stance", "choice", True),
        ("words", "text", False),
        ("signed", "flag", False),
    ]
    fields = {"stance": "for", "words": "At last.", "signed": True}
    status, _ = await house.post(f"{_CHAT}/fill", {"as": "reader-2", "form": form["id"], "fields": fields})
    assert status == 200
    assert house.discord.filled == [fields]


async def test_a_toast_is_told(house: FakeHouse) -> None:
    message = house.telegram.headline("group", "Ferries return", "At dawn.")
    _, seen = await house.post(
        "/api/chats/telegram/group/press", {"as": "reader-1", "message": message.id, "button": "vote"}
    )
    assert seen["toast"] == "Counted. Thank you."


async def test_the_ledger_is_a_bare_list_from_a_number_on(house: FakeHouse) -> None:
    for text in ("one", "two", "three"):
        house.discord.show("text", text)
    entries = await house.get("/api/ledger?since=1")
    assert isinstance(entries, list)
    assert [(entry["n"], entry["kind"], entry["text"]) for entry in entries] == [
        (2, "shown", "two"),
        (3, "shown", "three"),
    ]
    assert await house.get("/api/ledger?since=3") == []


async def test_faults_are_listed_ordered_and_cleared(house: FakeHouse) -> None:
    listed = await house.get("/api/faults")
    assert isinstance(listed, dict)
    assert listed["kinds"]["telegram"]["slow"] == "Takes two seconds for each answer."
    assert listed["ordered"] == []
    status, ordered = await house.post(
        "/api/faults",
        {"platform": "telegram", "kind": "slow", "for_s": 30, "share": 0.5, "options": {"seconds": 1}},
    )
    assert status == 201
    assert (ordered["kind"], ordered["share"], ordered["options"]) == ("slow", 0.5, {"seconds": 1})
    await house.post("/api/faults", {"platform": "discord", "kind": "slow"})
    async with house.client.delete(f"{house.addresses.page}/api/faults?platform=telegram&kind=slow") as response:
        left = (await response.json())["ordered"]
    assert [fault["platform"] for fault in left] == ["discord"]
    async with house.client.delete(f"{house.addresses.page}/api/faults") as response:
        assert (await response.json())["ordered"] == []


async def test_whoever_waits_for_changes_is_told_at_once(house: FakeHouse) -> None:
    first = await house.get("/api/changes?since=0")
    assert isinstance(first, dict)
    assert first["everything"]
    waiting = asyncio.create_task(house.get(f"/api/changes?since={first['now']}&wait=20"))
    await house.post(f"{_CHAT}/say", {"as": "reader-1", "text": "hello"})
    news = await asyncio.wait_for(waiting, 5)
    assert isinstance(news, dict)
    assert news["chats"] == [{"platform": "discord", "chat": "text"}]
    assert news["messages"] == 1


async def test_a_bot_that_calls_is_seen(house: FakeHouse) -> None:
    assert (await house.get("/healthz")) == {
        "status": "ok",
        "bots": {"discord": False, "telegram": False},
        "messages": 0,
        "entries": 0,
        "faults": 0,
    }
    async with house.client.get(house.telegram.address + "/ping") as response:
        assert response.status == 200
    health = await house.get("/healthz")
    assert isinstance(health, dict)
    assert health["bots"] == {"discord": False, "telegram": True}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/chats/discord/text", 422, '"as" is missing'),
        ("/api/chats/discord/text?as=nobody", 404, "nobody called 'nobody'"),
        ("/api/chats/irc/text?as=reader-1", 404, "no platform 'irc'. There are discord, telegram."),
        ("/api/chats/discord/nowhere?as=reader-1", 404, "in no chat 'nowhere'"),
        ("/api/chats/discord/private-reader-2?as=reader-1", 404, "in no chat"),
        ("/api/ledger?since=x", 422, '"since" must be a whole number'),
        ("/api/changes?since=1&wait=nan", 422, '"wait" must be a number, between 0 and 60'),
        ("/api/changes?since=1&wait=61", 422, '"wait" must be a number, between 0 and 60'),
        ("/api/nothing", 404, "There is nothing at /api/nothing."),
        ("/api/chats/discord/text/say", 405, "does not know GET. It knows POST."),
    ],
)
async def test_a_bad_question_gets_a_sentence(house: FakeHouse, path: str, status: int, words: str) -> None:
    refused, sentence = await house.refusal(path)
    assert refused == status
    assert words in sentence


@pytest.mark.parametrize(
    ("call", "body", "status", "words"),
    [
        ("say", {"text": "hello"}, 422, '"as" is missing'),
        ("say", {"as": 7, "text": "hello"}, 404, "nobody called 7"),
        ("say", {"as": "reader-1"}, 422, '"text" is missing'),
        ("say", {"as": "reader-1", "text": ["a"]}, 422, '"text" must be a text, not ["a"]'),
        ("say", {"as": "reader-1", "text": " \n"}, 422, "nothing to say"),
        ("say", {"as": "reader-1", "text": "/foo"}, 400, "There is no command /foo here."),
        ("say", {"as": "reader-1", "text": "hi", "reply_to": 4}, 422, '"reply_to" must be a text'),
        ("say", ["not", "an", "object"], 400, "must be a JSON object"),
        ("press", {"as": "reader-1", "message": "99", "button": "read"}, 404, "no message 99"),
        ("press", {"as": "reader-1", "message": "1"}, 422, '"button" is missing'),
        ("press", {"as": "reader-1", "message": "1", "button": "other"}, 404, "no button 'other'"),
        ("fill", {"as": "reader-1", "form": "f"}, 422, '"fields" must be an object'),
        ("fill", {"as": "reader-1", "form": "f", "fields": {}}, 404, "no longer open"),
    ],
)
async def test_a_bad_deed_gets_a_sentence(house: FakeHouse, call: str, body: object, status: int, words: str) -> None:
    house.discord.show("text", "A card", buttons=(Button(id="read", label="Read"),))
    refused, answer = await house.post(f"{_CHAT}/{call}", body)
    assert refused == status
    assert words in str(answer["error"])


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 422, '"platform" is missing'),
        ({"platform": "irc", "kind": "slow"}, 404, "no platform 'irc'"),
        ({"platform": "discord", "kind": "flood"}, 404, "It can play cut_after, rate_limit, slow."),
        ({"platform": "discord", "kind": "slow", "share": 1.5}, 422, '"share" must be a number, between 0 and 1'),
        ({"platform": "discord", "kind": "slow", "for_s": "soon"}, 422, '"for_s" must be a number'),
        ({"platform": "discord", "kind": "slow", "for_s": True}, 422, '"for_s" must be a number'),
        ({"platform": "discord", "kind": "slow", "options": 3}, 422, '"options" must be an object'),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(house: FakeHouse, body: object, status: int, words: str) -> None:
    refused, answer = await house.post("/api/faults", body)
    assert refused == status
    assert words in str(answer["error"])


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b""])
async def test_what_is_not_json_is_told_so(house: FakeHouse, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with house.client.post(f"{house.addresses.page}{_CHAT}/say", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"].startswith("The body is not JSON")


async def test_a_form_of_another_site_cannot_post(house: FakeHouse) -> None:
    async with house.client.post(f"{house.addresses.page}{_CHAT}/say", data={"as": "reader-1"}) as response:
        assert response.status == 415
        assert "application/json" in (await response.json())["error"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8080", "", "[::1"])
async def test_a_foreign_host_name_is_refused_on_every_port(house: FakeHouse, host: str) -> None:
    for address in (house.addresses.page + "/api/chats", house.discord.address + "/ping"):
        async with house.client.get(address, headers={"Host": host}) as response:
            assert response.status == 403
            assert "own address" in (await response.json())["error"]


async def test_loopback_names_are_welcome(house: FakeHouse) -> None:
    for host in ("localhost", "localhost:1", "127.0.0.1", "[::1]:8080"):
        async with house.client.get(f"{house.addresses.page}/healthz", headers={"Host": host}) as response:
            assert response.status == 200


async def test_another_site_may_link_here_but_not_call(house: FakeHouse) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    async with house.client.get(f"{house.addresses.page}/api/ledger", headers=foreign) as response:
        assert response.status == 403
    visit = {**foreign, "Sec-Fetch-Mode": "navigate"}
    async with house.client.get(house.addresses.page, headers=visit) as response:
        assert response.status == 200


async def test_a_mistake_of_the_sandbox_shows_no_trace(house: FakeHouse, caplog: pytest.LogCaptureFixture) -> None:
    status, answer = await house.post(f"{_CHAT}/say", {"as": "reader-1", "text": "/crash"})
    assert status == 500
    assert "secret" not in str(answer)
    assert "a secret detail" in caplog.text


async def test_what_people_do_about_the_bot_reaches_the_server(house: FakeHouse) -> None:
    assert await house.get(f"{_CHAT}/bot") == {"remove": "Somebody removes the bot."}
    assert await house.post(f"{_CHAT}/bot", {"as": "moderator-1", "change": "remove"}) == (200, {"changed": "remove"})
    assert house.discord.changed == [("text", "moderator-1", "remove")]
    status, answer = await house.post(f"{_CHAT}/bot", {"as": "moderator-1", "change": "paint"})
    assert (status, answer) == (404, {"error": "Nobody can 'paint' the bot. One can remove."})
