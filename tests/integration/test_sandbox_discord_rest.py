"""What the sandbox's Discord refuses, and with which body."""

import asyncio
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.contract import DISCORD_TOKEN
from adapters.sandbox.discord.cast import (
    ANNOUNCEMENTS_ID,
    APPLICATION_ID,
    BOT_ROLE_ID,
    DM_IDS,
    FORUM_ID,
    TEXT_CHANNEL_ID,
    USER_IDS,
)
from tests.unit.adapters.sandbox.discord.stage import Stage, discord_stage

MESSAGES = f"/channels/{TEXT_CHANNEL_ID}/messages"
COMMANDS = f"/applications/{APPLICATION_ID}/commands"


async def test_json_is_declared_without_a_charset() -> None:
    async with discord_stage() as stage:
        _, _, headers = await stage.call("GET", "/users/@me")
        assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_call_without_the_token_is_unauthorized(token: str | None) -> None:
    async with discord_stage() as stage:
        status, body, _ = await stage.call("GET", "/users/@me", token=token)
        assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing/here", None, 404, 0),
        ("GET", "/channels/1", None, 404, 10003),
        ("POST", "/channels/1/messages", {"content": "x"}, 404, 10003),
        ("PATCH", f"{MESSAGES}/1", {"content": "x"}, 404, 10008),
        ("DELETE", f"{MESSAGES}/1", None, 404, 10008),
        ("POST", MESSAGES, {"content": ""}, 400, 50006),
        ("POST", MESSAGES, {"content": "  \n "}, 400, 50006),
        ("POST", MESSAGES, {"flags": 32768, "components": []}, 400, 50006),
        ("POST", MESSAGES, {"content": "x" * 2001}, 400, 50035),
        ("POST", MESSAGES, {"content": "x", "nonce": "n" * 26}, 400, 50035),
        ("POST", MESSAGES, [], 400, 50109),
        ("POST", f"/channels/{FORUM_ID}/messages", {"content": "x"}, 400, 50024),
        ("POST", f"{MESSAGES}/1/crosspost", None, 400, 50024),
        ("POST", f"/channels/{TEXT_CHANNEL_ID}/threads", {"name": "", "type": 11}, 400, 50035),
        ("POST", f"/channels/{FORUM_ID}/threads", {"name": "x"}, 400, 50035),
        ("POST", f"/channels/{FORUM_ID}/threads", {"name": "x", "message": {"content": ""}}, 400, 50006),
        ("PATCH", f"/channels/{TEXT_CHANNEL_ID}", {"name": "x"}, 403, 50013),
        ("GET", f"{MESSAGES}?limit=101", None, 400, 50035),
        ("GET", f"{MESSAGES}?after=soon", None, 400, 50035),
        ("POST", "/users/@me/channels", {"recipient_id": "5"}, 400, 50033),
        ("PUT", "/applications/5/commands", [], 404, 10002),
        ("PUT", f"/applications/{APPLICATION_ID}/guilds/5/commands", [], 404, 10004),
        ("PUT", COMMANDS, [{"name": "Upper", "description": "x"}], 400, 50035),
        ("POST", "/interactions/1/abc/callback", {"type": 4, "data": {"content": "x"}}, 404, 10062),
        ("POST", f"/webhooks/{APPLICATION_ID}/abc", {"content": "x"}, 404, 10015),
        ("PATCH", f"/webhooks/{APPLICATION_ID}/abc/messages/@original", {"content": "x"}, 404, 10015),
    ],
)
async def test_what_is_not_there_or_not_allowed_is_refused_by_its_number(
    method: str, path: str, body: Any, status: int, code: int
) -> None:
    async with discord_stage() as stage:
        got, answer, _ = await stage.call(method, path, body)
        assert (got, answer["code"]) == (status, code)
        assert stage.facts("shown") == []


async def test_a_refused_body_says_where_and_why() -> None:
    async with discord_stage() as stage:
        _, body, _ = await stage.call("POST", MESSAGES, {"content": "x" * 2001})
        assert body == {
            "message": "Invalid Form Body",
            "code": 50035,
            "errors": {
                "content": {
                    "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]
                }
            },
        }


async def test_broken_json_is_refused() -> None:
    async with discord_stage() as stage:
        headers = {"Authorization": f"Bot {DISCORD_TOKEN}", "Content-Type": "application/json"}
        async with stage.session.post(stage.api + MESSAGES, data="{", headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)


async def test_the_components_v2_flag_stays_once_it_is_set() -> None:
    async with discord_stage() as stage:
        text = {"type": 10, "content": "Ferries"}
        _, message, _ = await stage.call("POST", MESSAGES, {"flags": 32768, "components": [text]})
        status, body, _ = await stage.call("PATCH", f"{MESSAGES}/{message['id']}", {"flags": 0, "content": "x"})
        assert (status, set(body["errors"])) == (400, {"flags", "content"})
        status, _, _ = await stage.call("PATCH", f"{MESSAGES}/{message['id']}", {"components": [text]})
        assert status == 200


async def test_a_message_of_somebody_else_cannot_be_edited() -> None:
    async with discord_stage() as stage:
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "Good morning")
        _, [message], _ = await stage.call("GET", MESSAGES)
        status, body, _ = await stage.call("PATCH", f"{MESSAGES}/{message['id']}", {"content": "x"})
        assert (status, body["code"]) == (403, 50005)
        status, body, _ = await stage.call("DELETE", f"{MESSAGES}/{message['id']}")
        assert (status, body["code"]) == (403, 50013)


async def test_history_goes_backwards_and_after_gives_the_oldest_that_came_later() -> None:
    async with discord_stage() as stage:
        ids = [(await stage.call("POST", MESSAGES, {"content": str(n)}))[1]["id"] for n in range(6)]
        _, latest, _ = await stage.call("GET", f"{MESSAGES}?limit=2")
        assert [one["content"] for one in latest] == ["5", "4"]
        _, before, _ = await stage.call("GET", f"{MESSAGES}?limit=2&before={ids[3]}")
        assert [one["content"] for one in before] == ["2", "1"]
        _, after, _ = await stage.call("GET", f"{MESSAGES}?limit=2&after={ids[1]}")
        assert [one["content"] for one in after] == ["3", "2"]


async def _overwrite(stage: Stage, channel_id: str, deny: int) -> None:
    channel = stage.server._house.archive.channels[channel_id]
    channel["permission_overwrites"] = [{"id": BOT_ROLE_ID, "type": 0, "allow": "0", "deny": str(deny)}]


@pytest.mark.parametrize(("deny", "code"), [(1 << 10, 50001), (1 << 11, 50013)])
async def test_a_channel_that_the_bot_may_not_see_or_write_in_refuses_its_message(deny: int, code: int) -> None:
    async with discord_stage() as stage:
        await _overwrite(stage, TEXT_CHANNEL_ID, deny)
        status, body, _ = await stage.call("POST", MESSAGES, {"content": "x"})
        assert (status, body["code"]) == (403, code)


async def test_without_the_right_to_read_history_there_is_none() -> None:
    async with discord_stage() as stage:
        _, message, _ = await stage.call("POST", MESSAGES, {"content": "x"})
        await _overwrite(stage, TEXT_CHANNEL_ID, 1 << 16)
        assert (await stage.call("GET", MESSAGES))[1] == []
        reply = {"content": "x", "message_reference": {"message_id": message["id"]}}
        assert (await stage.call("POST", MESSAGES, reply))[1]["code"] == 160002


async def test_a_locked_thread_takes_no_message_and_an_archived_one_no_edit() -> None:
    async with discord_stage() as stage:
        body = {"name": "About", "type": 11}
        _, thread, _ = await stage.call("POST", f"/channels/{TEXT_CHANNEL_ID}/threads", body)
        path = f"/channels/{thread['id']}"
        _, message, _ = await stage.call("POST", f"{path}/messages", {"content": "x"})
        await stage.call("PATCH", path, {"archived": True})
        assert (await stage.call("PATCH", f"{path}/messages/{message['id']}", {"content": "y"}))[1]["code"] == 50083
        assert (await stage.call("POST", f"{path}/messages", {"content": "wakes it"}))[0] == 200
        assert (await stage.call("GET", path))[1]["thread_metadata"]["archived"] is False
        kept = stage.server._house.archive.channels[thread["id"]]
        kept["thread_metadata"] = {**kept["thread_metadata"], "locked": True}
        assert (await stage.call("POST", f"{path}/messages", {"content": "x"}))[1]["code"] == 160005


async def test_five_sends_pass_and_the_sixth_is_told_exactly_how_long_to_wait() -> None:
    async with discord_stage(rates=True) as stage:
        for left in (4, 3, 2, 1, 0):
            status, _, headers = await stage.call("POST", MESSAGES, {"content": "x"})
            assert (status, headers["X-RateLimit-Remaining"]) == (200, str(left))
        stage.clock.now += 1.5
        status, body, headers = await stage.call("POST", MESSAGES, {"content": "x"})
        assert (status, body["retry_after"], body["global"]) == (429, 3.5, False)
        assert (headers["X-RateLimit-Scope"], "Via" in headers) == ("user", True)
        assert (await stage.call("POST", f"/channels/{ANNOUNCEMENTS_ID}/messages", {"content": "x"}))[0] == 200
        stage.clock.now += 3.5
        assert (await stage.call("POST", MESSAGES, {"content": "x"}))[0] == 200


async def test_the_fifty_first_call_of_a_second_is_refused_everywhere() -> None:
    async with discord_stage(rates=True) as stage:
        paths = [f"/users/{user}" for user in USER_IDS.values()]
        for number in range(50):
            assert (await stage.call("GET", paths[number % 3]))[0] == 200
        status, body, headers = await stage.call("GET", "/users/@me")
        assert (status, body["global"], headers["X-RateLimit-Global"]) == (429, True, "true")
        stage.clock.now += 1
        assert (await stage.call("GET", "/users/@me"))[0] == 200


async def test_pings_are_computed_and_recorded() -> None:
    async with discord_stage() as stage:
        reader = USER_IDS["reader-1"]
        text = f"<@{reader}> <@&{BOT_ROLE_ID}> @everyone"
        _, message, _ = await stage.call("POST", MESSAGES, {"content": text})
        assert [user["id"] for user in message["mentions"]] == [reader]
        assert (message["mention_roles"], message["mention_everyone"]) == ([BOT_ROLE_ID], True)
        await stage.call("POST", MESSAGES, {"content": text, "allowed_mentions": {"parse": []}})
        loud, quiet = stage.facts("shown")
        assert loud["pinged"] == {"users": [reader], "roles": [BOT_ROLE_ID], "everyone": True}
        assert "pinged" not in quiet
        assert loud["text"] == "@reader 1 @newsbot @everyone"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limit", 429, 0),
        ("error_before", 500, 0),
        ("missing_access", 403, 50001),
        ("missing_permissions", 403, 50013),
        ("unknown_channel", 404, 10003),
    ],
)
async def test_an_ordered_fault_strikes_before_anything_is_shown(kind: str, status: int, code: int) -> None:
    async with discord_stage() as stage:
        stage.faults.order(kind, times=1)
        got, body, _ = await stage.call("POST", MESSAGES, {"content": "x"})
        assert (got, body["code"]) == (status, code)
        assert stage.facts("shown") == []
        assert (await stage.call("POST", MESSAGES, {"content": "x"}))[0] == 200
        assert [entry["fault"] for entry in stage.facts("fault")] == [kind]


async def test_a_closed_private_chat_refuses_messages() -> None:
    async with discord_stage() as stage:
        stage.faults.order("closed_dm")
        _, body, _ = await stage.call("POST", f"/channels/{DM_IDS['reader-1']}/messages", {"content": "x"})
        assert body["code"] == 50007


async def test_an_error_after_delivery_hides_that_the_message_is_there() -> None:
    async with discord_stage() as stage:
        stage.faults.order("error_after", status=502, times=1)
        body = {"content": "x", "nonce": "row-1", "enforce_nonce": True}
        assert (await stage.call("POST", MESSAGES, body))[0] == 502
        assert (await stage.call("POST", MESSAGES, body))[0] == 200
        assert len(stage.facts("shown")) == 1


@pytest.mark.parametrize(("kind", "shown"), [("cut_before", 0), ("cut_after", 1)])
async def test_a_cut_connection_leaves_the_caller_without_an_answer(kind: str, shown: int) -> None:
    async with discord_stage() as stage:
        stage.faults.order(kind, times=1)
        with pytest.raises(aiohttp.ClientError):
            await stage.call("POST", MESSAGES, {"content": "x"})
        assert len(stage.facts("shown")) == shown


async def test_a_fault_may_be_limited_to_one_call() -> None:
    async with discord_stage() as stage:
        stage.faults.order("error_before", call="POST /channels/{id}/messages")
        assert (await stage.call("GET", "/users/@me"))[0] == 200
        assert (await stage.call("POST", MESSAGES, {"content": "x"}))[0] == 500


async def test_every_call_is_in_the_ledger() -> None:
    async with discord_stage() as stage:
        await stage.call("POST", MESSAGES, {"content": "x", "nonce": "row-1"})
        [entry] = stage.facts("call")
        assert entry["ms"] >= 0
        assert {key: entry[key] for key in ("call", "chat", "status", "nonce")} == {
            "call": "POST /channels/{id}/messages",
            "chat": TEXT_CHANNEL_ID,
            "status": 200,
            "nonce": "row-1",
        }


async def test_two_sends_with_one_nonce_at_once_make_one_message() -> None:
    async with discord_stage() as stage:
        body = {"content": "x", "nonce": "row-1", "enforce_nonce": True}
        answers = await asyncio.gather(*(stage.call("POST", MESSAGES, body) for _ in range(8)))
        assert len({answer[1]["id"] for answer in answers}) == 1
        assert len(stage.facts("shown")) == 1


async def test_a_command_keeps_its_id_when_the_list_is_replaced() -> None:
    async with discord_stage() as stage:
        command = {"name": "story", "description": "Read a story"}
        _, [first], _ = await stage.call("PUT", COMMANDS, [command])
        _, [again], _ = await stage.call("PUT", COMMANDS, [{**command, "description": "Read"}])
        assert first["id"] == again["id"]
        assert first["version"] != again["version"]
        assert (await stage.call("GET", COMMANDS))[1] == [again]


async def test_edits_have_a_bucket_of_their_own() -> None:
    async with discord_stage(rates=True) as stage:
        _, message, _ = await stage.call("POST", MESSAGES, {"content": "x"})
        path = f"{MESSAGES}/{message['id']}"
        answers = [await stage.call("PATCH", path, {"content": str(number)}) for number in range(6)]
        assert [status for status, _, _ in answers] == [200] * 5 + [429]
        assert (await stage.call("POST", MESSAGES, {"content": "x"}))[0] == 200


async def test_after_ten_thousand_invalid_calls_the_address_is_banned_without_via() -> None:
    async with discord_stage(rates=True) as stage:
        for _ in range(10_000):
            stage.server._house.rates.note(403)
        status, _, headers = await stage.call("GET", "/users/@me")
        assert (status, "Via" in headers) == (429, False)
        stage.clock.now += 601
        assert (await stage.call("GET", "/users/@me"))[0] == 200


async def test_reactions_are_kept_and_taken_back() -> None:
    async with discord_stage() as stage:
        _, message, _ = await stage.call("POST", MESSAGES, {"content": "x"})
        path = f"{MESSAGES}/{message['id']}"
        for number in range(20):
            assert (await stage.call("PUT", f"{path}/reactions/e{number}/@me"))[0] == 204
        assert (await stage.call("PUT", f"{path}/reactions/e20/@me"))[1]["code"] == 30010
        assert (await stage.call("DELETE", f"{path}/reactions/e0/@me"))[0] == 204
        assert len((await stage.call("GET", path))[1]["reactions"]) == 19
