"""A moderator says in the chat which articles are one story; readers see who tells it, on both platforms."""

import pytest

from tests.world import MODERATOR, READER_1, READER_2, Chat, World, newsbot

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PAIRS = {"discord": (9, 10), "telegram": (6, 7)}
"""Each platform corrects other stories."""

_WHERE = {"discord": "group", "telegram": "private"}
"""The group on Telegram has heard its twenty messages of the minute; in private one edits what one's group shows."""


async def test_a_moderator_parts_what_readers_saw_as_one_story_and_takes_it_back(
    world: World, platform: str, other_platform: str
) -> None:
    kept, gone = _PAIRS[platform]
    reader = await world.chat(platform, "private", READER_1)
    title, wrong = [(await reader.say(f"/story {number}"))["messages"][-1]["title"] for number in (kept, gone)]
    elsewhere = await world.chat(other_platform, "group", READER_2)
    for one in (title, wrong):
        await elsewhere.message_with(one)
    await _merge(world, kept, gone)
    await _cards(elsewhere, title, number=2)

    read = (await reader.say(f"/story {gone}"))["messages"][-1]
    listed = (await reader.press(read, "Sources (2)"))["messages"][-1]
    assert wrong in listed["text"]
    assert listed["buttons"] == [], "who manages no place that shows it is offered nothing"

    moderator = await world.chat(platform, _WHERE[platform], MODERATOR)
    await moderator.say(f"/sources {kept}")
    await moderator.press(await moderator.message_with(wrong, "Not the same event?"), "Split off 2")
    parted = await moderator.message_with(title, wrong, "Posts that stand already follow")
    await _cards(elsewhere, title, number=1)
    await _cards(elsewhere, wrong, number=1)
    await moderator.press(parted, "Undo")
    await _cards(elsewhere, title, number=2)


async def test_a_reader_who_presses_a_moderators_button_is_told_why_nothing_happens(world: World) -> None:
    await _merge(world, 11, 12)
    moderator = await world.chat("telegram", "group", MODERATOR)
    await moderator.say("/sources 11")
    reader = await world.chat("telegram", "group", READER_1)
    answered = await reader.press(await reader.message_with("Not the same event?"), "Split off 2")
    assert "Only people who manage a place" in answered["toast"]
    private = await world.chat("telegram", "private", READER_1)
    read = (await private.say("/story 12"))["messages"][-1]
    assert any(button["label"] == "Sources (2)" for button in read["buttons"])


async def _merge(world: World, kept: int, gone: int) -> None:
    code, said = await newsbot("story", "merge", str(kept), str(gone), **world.environment)
    assert code == 0, said


async def _cards(chat: Chat, title: str, *, number: int) -> None:
    """Wait until so many cards have that title."""

    async def stand() -> bool:
        return [one["title"] for one in await chat.messages()].count(title) == number

    await chat.world.until(stand, f"{number} cards with the title {title}")
