"""Channels follow what they choose, and only who may decides."""

from pathlib import Path

import pytest

from tests.scenarios import seed
from tests.world import MODERATOR, READER_1, READER_2, World, newsbot

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ARTICLES = """Ferries return to {town} after two days of storm
The first ferry left {town} at dawn on Wednesday with 380 people on board who had slept in the terminal.

Baku opens a museum of carpets from {town}
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""


async def test_a_private_chat_that_follows_azerbaijan_gets_its_news_and_no_other(
    world: World, platform: str, tmp_path: Path
) -> None:
    private = await world.chat(platform, "private", READER_1)
    confirmed = (await private.say("/subscribe Azerbaijan"))["messages"][-1]
    assert "You follow Azerbaijan now" in confirmed["text"]
    page = tmp_path / "page.txt"
    town = {"discord": "Vellmar", "telegram": "Osterby"}[platform]
    page.write_text(_ARTICLES.format(town=town))
    code, said = await newsbot("import", str(page), **world.environment)
    assert code == 0, said
    await private.message_with(f"Baku opens a museum of carpets from {town}")
    followers_of_everything = await world.chat("discord", "group", READER_1)
    await followers_of_everything.message_with(f"Ferries return to {town}")
    assert not any("Ferries return" in message["text"] for message in await private.messages())
    other = await world.chat(platform, "private", READER_2)
    assert await other.messages() == []


async def test_what_is_followed_is_listed_and_stopped_by_its_button(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    await private.say("/subscribe krumovgrad floods")
    await private.say("/subscribe япония")
    listed = (await private.say("/subscriptions"))["messages"][-1]
    assert "Japan" in listed["text"]
    assert "krumovgrad floods" in listed["text"]
    stopped = (await private.press(listed, "Stop Japan"))["messages"][-1]
    assert "Stopped: Japan" in stopped["text"]
    assert "Japan" not in (await private.say("/subscriptions"))["messages"][-1]["text"]


async def test_only_who_manages_a_group_changes_what_it_follows(world: World, platform: str) -> None:
    reader = await world.chat(platform, "group", READER_1)
    refused = (await reader.say("/subscribe Japan"))["messages"][-1]
    assert "Only people who manage this place" in refused["text"]
    moderator = await world.chat(platform, "group", MODERATOR)
    allowed = (await moderator.say("/subscribe Japan"))["messages"][-1]
    assert "You follow Japan now" in allowed["text"]


async def test_a_moderator_of_a_telegram_channel_decides_in_it(world: World) -> None:
    channel = await world.chat("telegram", "channel", MODERATOR)
    await channel.message_with(seed.LONG_TITLE)
    await channel.say("/subscribe Japan")
    await channel.message_with("You follow Japan now")


async def test_a_topic_is_followed_from_the_catalogue_s_button(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    topics = (await private.say("/topics"))["messages"][-1]
    first = topics["buttons"][0]["label"]
    followed = await private.press(topics, first)
    told = followed["toast"] or followed["messages"][-1]["text"]
    assert f"You follow {first.partition(' (')[0]} " in told


async def test_nonsense_gets_a_kind_word(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    for typed, answer in {
        "/story 999999": "There is no story 999999",
        "/story zzzz qqqq": "I found no story",
        "/search ???": "Tell me what to look for",
        "/headlines zzzzqqqq": "No stories",
        "/unsubscribe Peru": "not followed here",
        "/subscribe !": "at least one word",
    }.items():
        told = (await private.say(typed))["messages"]
        assert told, typed
        assert answer in told[-1]["text"], typed


async def test_an_unknown_command_is_told_what_there_is(world: World) -> None:
    private = await world.chat("telegram", "private", READER_1)
    told = (await private.say("/dance"))["messages"][-1]
    assert "There is no command /dance" in told["text"]
