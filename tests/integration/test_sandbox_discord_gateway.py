"""The sandbox's gateway, frame by frame."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.contract import DISCORD_TOKEN
from adapters.sandbox.discord.cast import BOT_ID, DM_IDS, GUILD_ID, TEXT_CHANNEL_ID
from adapters.sandbox.discord.exchange import Patience
from tests.unit.adapters.sandbox.discord.stage import Stage, discord_stage

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1, 1 << 9, 1 << 12
UNANSWERED = Patience(first_answer_s=0.05)
COMMAND = {"name": "story", "description": "Read a story"}


class Line:
    """A raw connection to the gateway."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, op: object, data: Any = None) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self.socket.receive_json(timeout=3)
        return frame

    async def identify(self, intents: int = GUILDS, **more: Any) -> dict[str, Any]:
        await self.send(2, {"token": DISCORD_TOKEN, "intents": intents, "properties": {}, **more})
        return await self.receive()

    async def close_code(self) -> int | None:
        message = await self.socket.receive(timeout=3)
        assert message.type is aiohttp.WSMsgType.CLOSE
        return self.socket.close_code


@asynccontextmanager
async def line_to(stage: Stage, *, hello: bool = True) -> AsyncIterator[Line]:
    query = {"v": "10", "encoding": "json", "compress": "zlib-stream"}
    async with stage.session.ws_connect(f"{stage.address}/gateway", params=query) as socket:
        line = Line(socket)
        if hello:
            await line.receive()
        yield line


async def test_it_says_hello_acknowledges_heartbeats_and_makes_ready() -> None:
    async with discord_stage() as stage, line_to(stage, hello=False) as line:
        hello = await line.receive()
        assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41_250)
        await line.send(1)
        assert (await line.receive())["op"] == 11
        ready = await line.identify()
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert ready["d"]["resume_gateway_url"] == stage.address.replace("http", "ws") + "/gateway"
        assert ready["d"]["guilds"] == [{"id": GUILD_ID, "unavailable": True}]
        guild = await line.receive()
        assert (guild["t"], guild["s"], guild["d"]["id"]) == ("GUILD_CREATE", 2, GUILD_ID)
        assert [member["user"]["id"] for member in guild["d"]["members"]] == [BOT_ID]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        ("[]", 4002),
        ('{"op": 99}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 1}}', 4004),
        ('{"op": 2, "d": {"token": "TOKEN"}}', 4013),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 1073741824}}', 4013),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 32769}}', 4014),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 6, "d": {"token": "TOKEN", "session_id": "x"}}', 4007),
    ],
)
async def test_a_frame_that_breaks_the_protocol_ends_the_connection_with_its_code(frame: str, code: int) -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.socket.send_str(frame.replace("TOKEN", DISCORD_TOKEN))
        assert await line.close_code() == code


async def test_a_second_identify_ends_the_connection() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.identify()
        await line.receive()
        await line.send(2, {"token": DISCORD_TOKEN, "intents": 1})
        assert await line.close_code() == 4005


async def test_the_hundred_and_twenty_first_frame_in_a_minute_ends_the_connection() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        for _ in range(120):
            await line.send(1)
            assert (await line.receive())["op"] == 11
        stage.clock.now += 61
        await line.send(1)
        assert (await line.receive())["op"] == 11
        for _ in range(120):
            await line.send(1)
        while (message := await line.socket.receive(timeout=3)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert (message.type, line.socket.close_code) == (aiohttp.WSMsgType.CLOSE, 4008)


async def test_a_heartbeat_is_answered_no_sooner_than_over_a_real_network() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.identify()
        await line.receive()
        sent = time.monotonic()
        await line.send(1)
        assert (await line.receive())["op"] == 11
        assert time.monotonic() - sent >= 0.04


async def test_a_bot_without_heartbeats_is_let_go() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.identify()
        await line.receive()
        stage.clock.now += 90
        assert await line.close_code() == 4009


async def test_a_session_that_is_not_known_cannot_be_resumed() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.send(6, {"token": DISCORD_TOKEN, "session_id": "gone", "seq": 1})
        assert await line.receive() == {"op": 9, "d": False}


async def test_a_resume_replays_what_was_missed_in_order() -> None:
    async with discord_stage() as stage:
        async with line_to(stage) as line:
            ready = await line.identify(GUILDS | GUILD_MESSAGES)
            await line.receive()
            await line.socket.close(code=4000)
        for text in ("one", "two"):
            await stage.call("POST", f"/channels/{TEXT_CHANNEL_ID}/messages", {"content": text})
        async with line_to(stage) as line:
            session = ready["d"]["session_id"]
            await line.send(6, {"token": DISCORD_TOKEN, "session_id": session, "seq": 2})
            frames = [await line.receive() for _ in range(3)]
            assert [(frame["t"], frame["s"]) for frame in frames] == [
                ("MESSAGE_CREATE", 3),
                ("MESSAGE_CREATE", 4),
                ("RESUMED", 5),
            ]
            assert [frame["d"]["content"] for frame in frames[:2]] == ["one", "two"]


async def test_a_bot_that_said_goodbye_starts_anew() -> None:
    async with discord_stage() as stage:
        async with line_to(stage) as line:
            ready = await line.identify()
            await line.receive()
            await line.socket.close(code=1000)
        async with line_to(stage) as line:
            await line.send(6, {"token": DISCORD_TOKEN, "session_id": ready["d"]["session_id"], "seq": 2})
            assert (await line.receive())["op"] == 9


async def test_an_invalid_session_is_declared_when_ordered() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.identify()
        await line.receive()
        stage.faults.order("invalid_session")
        assert await line.receive() == {"op": 9, "d": False}


async def _next_content(line: Line) -> tuple[str, str]:
    frame = await line.receive()
    return frame["t"], frame["d"]["content"]


async def test_intents_decide_which_messages_arrive() -> None:
    async with discord_stage() as stage, line_to(stage) as quiet, line_to(stage) as curious:
        for line, intents in ((quiet, GUILDS | DIRECT_MESSAGES), (curious, GUILDS | GUILD_MESSAGES)):
            await line.identify(intents)
            await line.receive()
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "Good morning")
        await stage.server.say(DM_IDS["reader-1"], "reader-1", "In private")
        assert await _next_content(quiet) == ("MESSAGE_CREATE", "In private")
        assert await _next_content(curious) == ("MESSAGE_CREATE", "")


async def test_without_the_content_intent_a_mention_of_the_bot_can_be_read() -> None:
    async with discord_stage() as stage, line_to(stage) as line:
        await line.identify(GUILDS | GUILD_MESSAGES)
        await line.receive()
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", f"<@{BOT_ID}> hello")
        assert await _next_content(line) == ("MESSAGE_CREATE", f"<@{BOT_ID}> hello")


async def test_interactions_go_to_the_shard_of_their_server() -> None:
    async with discord_stage(patience=UNANSWERED) as stage, line_to(stage) as zero, line_to(stage) as one:
        await stage.call("PUT", f"/applications/{BOT_ID}/commands", [COMMAND])
        ready = [await line.identify(shard=[number, 2]) for number, line in enumerate((zero, one))]
        assert [frame["d"]["shard"] for frame in ready] == [[0, 2], [1, 2]]
        owner = (int(GUILD_ID) >> 22) % 2
        guild_line, private_line = ((zero, one)[owner], zero)
        assert (await guild_line.receive())["t"] == "GUILD_CREATE"
        await stage.server.say(TEXT_CHANNEL_ID, "reader-1", "/story")
        frame = await guild_line.receive()
        assert (frame["t"], frame["d"]["guild_id"]) == ("INTERACTION_CREATE", GUILD_ID)
        await stage.server.say(DM_IDS["reader-1"], "reader-1", "/story")
        frame = await private_line.receive()
        assert (frame["t"], frame["d"]["context"], "guild_id" in frame["d"]) == ("INTERACTION_CREATE", 1, False)


async def test_an_interaction_has_every_key_that_clients_read() -> None:
    async with discord_stage(patience=UNANSWERED) as stage, line_to(stage) as line:
        await stage.call("PUT", f"/applications/{BOT_ID}/commands", [COMMAND])
        await line.identify()
        await line.receive()
        await stage.server.say(TEXT_CHANNEL_ID, "moderator-1", "/story")
        data = (await line.receive())["d"]
        assert data.keys() >= {
            "id", "application_id", "type", "token", "version", "channel", "channel_id", "data", "locale",
            "guild_id", "guild_locale", "member", "app_permissions", "entitlements", "context",
            "authorizing_integration_owners", "attachment_size_limit",
        }  # fmt: skip
        assert int(data["member"]["permissions"]) & 1 << 5
        assert data["data"]["name"] == "story"
