"""Asking at a terminal why a story came to a channel."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.domain.channel import Loss
from bot.domain.subscription import FromTopic
from bot.domain.topic import TopicId
from storage import open_storage
from tests import stored
from tests.builders import NOON
from tests.command_line import CommandLine
from tests.fakes.database import sqlite_url

MUSEUM = """Baku opens a museum of carpets
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A person at a terminal whose bot promised a story to one channel."""
    at_terminal = CommandLine(tmp_path / "home", monkeypatch)
    page = tmp_path / "page.txt"
    page.write_text(MUSEUM)
    at_terminal.has_database()
    asyncio.run(_follow(tmp_path / "home" / "newsbot.db"))
    assert at_terminal("import", str(page)).code == 0
    return at_terminal


async def _follow(file: Path) -> None:
    database = open_storage(sqlite_url(file))
    await stored.channel(database, "100", FromTopic(topic_id=TopicId("azerbaijan"), label="Azerbaijan"))
    await database.close()


def test_a_person_is_told_in_sentences_and_a_program_the_facts(commands: CommandLine) -> None:
    said = commands("why", "#news", "carpets")
    assert said.code == 0
    assert "“Baku” stands in the headline, “Baku opens a museum of carpets”" in said.said
    assert "It leaves as soon as the bot is connected" in said.said
    told = json.loads(commands("why", "discord:100", "1", "--json").said)
    assert (told["channel"]["address"], told["story"]["id"], told["post"]["state"]) == ("discord:100", 1, "pending")
    assert told["asked_for_by"][0]["word"] == "Baku"
    assert told["attempts"] == []


def test_what_does_not_exist_is_said_and_ends_with_1(commands: CommandLine) -> None:
    for channel, story in (("discord:9", "1"), ("1", "77"), ("nobody", "1")):
        ended = commands("why", channel, story)
        assert (ended.code, ended.said) == (1, "")
        assert "There is no " in ended.complained


def test_the_list_of_channels_has_what_a_channel_is_asked_for_by(commands: CommandLine) -> None:
    asyncio.run(_pause(commands.home / "newsbot.db"))
    [line] = commands("channel", "list").said.splitlines()
    assert line == "1. #news (discord:100) follows Azerbaijan — paused: blocked by its owner"
    [told] = json.loads(commands("channel", "list", "--json").said)
    assert (told["id"], told["address"], told["follows"]) == (1, "discord:100", ["Azerbaijan"])
    assert told["paused"]["as"] == "blocked"
    for name in (str(told["id"]), told["address"], told["title"]):
        assert commands("why", name, "1").code == 0


async def _pause(file: Path) -> None:
    database = open_storage(sqlite_url(file))
    async with database.writing() as work:
        refs = [channel.ref for channel in await work.channels.latest(limit=10)]
        await work.channels.pause(refs, reason="blocked by its owner", loss=Loss.BLOCKED, now=NOON)
        await work.commit()
    await database.close()
