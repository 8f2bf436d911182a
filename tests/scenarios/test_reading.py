"""A newcomer reads: headlines arrive, whole stories open, searches find."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenarios import seed
from tests.world import MODERATOR, READER_1, READER_2, Chat, Json, World, newsbot, open_world_with_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Shared by all scenarios here; its platforms are as strict as the real ones."""
    async with open_world_with_bot(tmp_path_factory.mktemp("world")) as opened:
        yield opened


async def pages_of(chat: Chat, first: Json) -> list[str]:
    """The texts of all pages, turned by the button as a reader would."""
    texts, shown = [first["text"]], first
    while any(button["label"] == "›" for button in shown["buttons"]):
        seen = await chat.press(shown, "›")
        assert seen["messages"], "turning a page shows it at once"
        shown = seen["messages"][-1]
        texts.append(shown["text"])
    return texts


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def holds_the_long_story(pages: list[str]) -> None:
    assert len(seed.LONG_STORY) == 22
    told = squeezed(" ".join(pages))
    places = [told.find(squeezed(paragraph)) for paragraph in seed.LONG_STORY]
    missing = [seed.LONG_STORY[number] for number, place in enumerate(places) if place < 0]
    assert not missing
    assert places == sorted(places), "in order"


async def test_every_story_of_the_seed_arrives_once_in_each_followed_chat(world: World) -> None:
    follows = [
        await world.chat(platform, kind, MODERATOR)
        for platform, kind in (("discord", "group"), ("telegram", "group"), ("telegram", "channel"))
    ]
    for chat in follows:

        async def all_there(chat: Chat = chat) -> bool:
            return len(await chat.messages()) >= seed.ALL_STORIES

        await world.until(all_there, f"{seed.ALL_STORIES} stories on {chat.platform}")
        messages = await chat.messages()
        assert len({message["title"] for message in messages}) == len(messages)
        assert any(message["title"] == seed.CUT_TITLE for message in messages)
        assert not any(seed.INVITATION in message["text"] for message in messages)
    for platform in ("discord", "telegram"):
        private = await world.chat(platform, "private", MODERATOR)
        assert await private.messages() == [], "private chats follow nothing yet"


async def test_a_backup_is_made_beside_the_running_bot_and_none_restored(world: World) -> None:
    file = str(world.home / "one.backup")
    code, said = await newsbot("backup", file, **world.environment)
    assert (code, "one.backup holds " in said) == (0, True), said
    code, said = await newsbot("restore", file, "--yes", **world.environment)
    assert (code, "Another newsbot is running" in said) == (1, True), said


async def test_the_cut_teaser_ends_at_a_whole_word_and_says_that_it_is_not_all(world: World, platform: str) -> None:
    group = await world.chat(platform, "group", READER_1)
    card = await group.message_with(seed.CUT_TITLE)
    assert "overflowing" in card["text"]
    assert "p..." not in card["text"]
    assert "only the beginning" in card["text"]


async def test_all_22_paragraphs_are_read_from_the_button_by_one_person_alone(world: World, platform: str) -> None:
    group = await world.chat(platform, "group", READER_1)
    card = await group.message_with(seed.LONG_TITLE)
    seen = await group.press(card, "Read")
    assert seen["messages"], "the story opens at once"
    assert seen["messages"][-1]["ephemeral"]
    holds_the_long_story(await pages_of(group, seen["messages"][-1]))
    others = await world.chat(platform, "group", READER_2)
    assert not any(seed.LONG_STORY[-1] in message["text"] for message in await others.messages())


async def test_whoever_asks_why_a_story_came_here_is_told_by_which_wish_and_when(world: World, platform: str) -> None:
    group = await world.chat(platform, "group", READER_1)
    await group.message_with(seed.LONG_TITLE)
    seen = await group.say("/why combat or peace enforcement mission")
    if platform == "discord":
        told = seen["messages"][-1]
        assert told["ephemeral"]
    else:
        told = await (await world.chat(platform, "private", READER_1)).message_with("Why: ", newest=True)
    assert seed.LONG_TITLE in told["text"]
    assert "everything is followed here" in told["text"]
    assert "It was posted " in told["text"]
    others = await world.chat(platform, "group", READER_2)
    assert not any("everything is followed here" in message["text"] for message in await others.messages())


async def test_all_22_paragraphs_are_read_by_command_in_private(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_2)
    seen = await private.say("/story combat or peace enforcement mission")
    first = seen["messages"][-1]
    assert seed.LONG_TITLE in first["text"]
    holds_the_long_story(await pages_of(private, first))


async def test_a_reader_of_a_telegram_channel_reads_in_private(world: World) -> None:
    channel = await world.chat("telegram", "channel", READER_1)
    seen = await channel.press(await channel.message_with(seed.LONG_TITLE), "Read")
    private = await world.chat("telegram", "private", READER_1)
    assert seen["chat"] == private.id
    holds_the_long_story(await pages_of(private, await private.message_with(seed.LONG_TITLE, newest=True)))


async def test_headlines_topics_and_search_lead_to_stories(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    latest = (await private.say("/headlines"))["messages"][-1]
    assert sum(button["label"].startswith("Read ") for button in latest["buttons"]) == 5
    turned = (await private.press(latest, "›"))["messages"][-1]
    assert turned["text"] != latest["text"]
    japan = (await private.say("/headlines Japan"))["messages"][-1]
    assert "Tokyo" in japan["text"]
    found = (await private.say("/search helicopter"))["messages"][-1]
    assert "Perm" in found["text"]
    opened = (await private.press(found, "Read "))["messages"][-1]
    assert "recreation centre" in opened["text"]


async def test_commands_are_offered_while_typing(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    offered = [suggestion["text"] for suggestion in (await private.look(typing="/s"))["suggestions"]]
    assert {"/story", "/search", "/subscribe", "/subscriptions"} <= {text.strip() for text in offered}


async def test_story_titles_are_offered_while_typing_on_discord(world: World) -> None:
    private = await world.chat("discord", "private", READER_1)
    offered = (await private.look(typing="/story helic"))["suggestions"]
    assert any("helicopter" in suggestion["label"] for suggestion in offered)


async def test_an_article_of_the_newspaper_arrives_while_people_watch(world: World, platform: str) -> None:
    group = await world.chat(platform, "group", READER_1)
    title = (await _feed_titles(world))[0]
    card = await group.message_with(title[:60])
    assert "Read" in card["buttons"][0]["label"]


async def _feed_titles(world: World) -> list[str]:
    async with world.client.get(world.addresses["newspaper_feed"]) as answer:
        text = await answer.text()
    titles = re.findall(r"<item>.*?<title>(.*?)</title>", text, re.DOTALL)
    if not titles:
        pytest.fail("the newspaper has published nothing")
    return titles
