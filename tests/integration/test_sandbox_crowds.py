"""Thousands of chats that nobody at the page is in, as strict as the others."""

import asyncio
from pathlib import Path

import pytest

from adapters.sandbox.contract import UnknownChatError
from tests.fakes.sandbox_house import fake_house
from tests.unit.adapters.sandbox.discord.stage import discord_stage
from tests.unit.adapters.sandbox.discord.trial_bot import Card, TrialBot, connected
from tests.unit.adapters.sandbox.telegram.house import opened


async def test_a_crowd_on_telegram_reads_but_is_not_at_the_page() -> None:
    async with opened() as house:
        before = house.server.chats()
        first, second = await house.server.gather(2)
        assert int(first) > 0
        assert house.server.chats() == before
        message = await house.send(second, "Ferries return")
        assert message["chat"] == {"id": int(second), "type": "private", "first_name": f"Reader {second}"}
        [entry] = [one for one in house.store.since(0) if one["kind"] == "shown"]
        assert (entry["chat"], entry["text"]) == (second, "Ferries return")
        with pytest.raises(UnknownChatError):
            await house.shown(second)


async def test_everybody_of_a_crowd_has_a_limit_of_their_own_and_all_have_the_common_one() -> None:
    async with opened() as house:
        crowd = await house.server.gather(31)
        for chat in crowd[:30]:
            await house.send(chat, "Ferries return")
        refused = await house.call("sendMessage", chat_id=crowd[30], text="Ferries return")
        assert refused.refusal == (429, "Too Many Requests: retry after 1")


async def test_a_crowd_is_still_there_after_a_restart_and_grows(tmp_path: Path) -> None:
    async with opened(tmp_path / "telegram.db") as house:
        crowd = await house.server.gather(2)
    async with opened(tmp_path / "telegram.db") as house:
        more = await house.server.gather(2)
        assert not set(crowd) & set(more)
        await house.send(crowd[1], "Ferries return")
    async with discord_stage(path=tmp_path / "discord.db") as stage:
        crowd = list(await stage.server.gather(2))
    async with discord_stage(path=tmp_path / "discord.db") as stage, connected(stage, TrialBot()) as bot:
        assert [len(guild.channels) for guild in bot.guilds] == [3, 2]
        await bot.channel(crowd[1]).send(view=Card("Ferries return"))


async def test_a_crowd_on_discord_meets_in_servers_of_at_most_500_channels() -> None:
    async with discord_stage() as stage, connected(stage, TrialBot()) as bot:
        before = stage.server.chats()
        opened_channels = await stage.server.gather(600)
        async with asyncio.timeout(5):
            while len(bot.guilds) < 3:  # noqa: ASYNC110  # until the gateway's events have arrived
                await asyncio.sleep(0.01)
        assert [len(guild.channels) for guild in bot.guilds] == [3, 500, 100]
        assert stage.server.chats() == before
        await bot.channel(opened_channels[599]).send(view=Card("Ferries return"))
        assert [(entry["chat"], entry["title"]) for entry in stage.facts("shown")] == [
            (opened_channels[599], "Ferries return")
        ]
        with pytest.raises(UnknownChatError):
            await stage.server.look(opened_channels[0], "reader-1", None)


async def test_leaving_the_page_s_server_leaves_the_crowd_s_alone() -> None:
    async with discord_stage() as stage:
        [channel] = await stage.server.gather(1)
        [text, *_] = stage.server.chats()
        await stage.server.change_bot(text.chat, "moderator-1", "remove")
        gone, _, _ = await stage.call("POST", f"/channels/{text.chat}/messages", {"content": "Ferries return"})
        stays, _, _ = await stage.call("POST", f"/channels/{channel}/messages", {"content": "Ferries return"})
        assert (gone, stays) == (403, 200)


async def test_the_interface_opens_a_crowd_and_names_its_chats() -> None:
    async with fake_house() as house:
        status, answer = await house.post("/api/crowd", {"platform": "telegram", "chats": 2})
        assert (status, answer) == (201, {"chats": ["crowd-1", "crowd-2"]})
        status, answer = await house.post("/api/crowd", {"platform": "telegram", "chats": 1_000_000})
        assert (status, answer) == (422, {"error": '"chats" must be a number, between 0 and 100000.'})
        status, _ = await house.post("/api/crowd", {"platform": "telegram"})
        assert status == 422
