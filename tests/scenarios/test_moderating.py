"""A channel that shuts the bot out keeps everything, and those who look after it are told and asked."""

from pathlib import Path

import pytest

from tests.world import MODERATOR, READER_1, World, newsbot

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TOWNS = {"discord": "Brenholm", "telegram": "Kastria"}
_COUNTED = (
    *("bakery", "bridge", "cinema", "clinic", "ferry", "garden", "harbour", "library", "market", "museum"),
    *("station", "theatre"),
)


def _page(path: Path, town: str) -> Path:
    stories = (
        f"The {place} of {town} opens its doors again\n"
        f"The {place} in {town} had been closed for {number} years when people queued in front of it on Monday.\n"
        for number, place in enumerate(_COUNTED, start=2)
    )
    path.write_text("\n".join(stories))
    return path


async def test_a_group_that_removes_the_bot_and_lets_it_in_again_is_told_asked_and_caught_up_with(
    world: World, platform: str, tmp_path: Path
) -> None:
    town = _TOWNS[platform]
    group, private = await world.chat(platform, "group", MODERATOR), await world.chat(platform, "private", MODERATOR)
    await group.say("/subscribe everything")
    await group.change_bot("remove")

    told = await private.message_with("is paused")
    assert "Invite me again" in told["text"]
    code, said = await newsbot("import", str(_page(tmp_path / "page.txt", town)), **world.environment)
    assert code == 0, said
    reader = await world.chat(platform, "private", READER_1)
    await reader.say("/help")
    assert not any(town in message["text"] for message in await group.messages())

    await group.change_bot("add")
    asked = await group.message_with("stories gathered")
    assert not any(f"of {town} opens" in message["text"] for message in await group.messages())
    refused = (await (await world.chat(platform, "group", READER_1)).press(asked, "Catch up"))["toast"] or ""
    assert not any(f"of {town} opens" in message["text"] for message in await group.messages()), refused
    await group.press(asked, "Catch up")
    await group.message_with(f"theatre of {town}")
    await group.message_with("more stories from the time when I could not post here")
    shown = [
        message["title"]
        for message in await group.messages()
        if (message["title"] or "").endswith(f"of {town} opens its doors again")
    ]
    assert len(shown) == len(set(shown)) == 10
    assert not any("bakery" in title or "bridge" in title for title in shown)
    assert not [message for message in await private.messages() if "is paused" in message["text"]][1:]


async def test_a_story_that_may_have_arrived_twice_over_waits_for_a_moderators_word(
    world: World, tmp_path: Path
) -> None:
    group = await world.chat("telegram", "group", MODERATOR)
    private = await world.chat("telegram", "private", MODERATOR)
    await group.say("/subscribe everything")
    page = tmp_path / "page.txt"
    page.write_text("Lighthouse of Merano goes dark\nThe keepers of Merano left on Friday after ninety years.\n")
    await world.post("/api/faults", {"platform": "telegram", "kind": "cut_after", "for_s": 60})
    code, said = await newsbot("import", str(page), **world.environment)
    assert code == 0, said

    async def both_copies() -> bool:
        return [title for _, _, title in await world.shown()].count("Lighthouse of Merano goes dark") >= 4

    await world.until(both_copies, "two copies in the group and in the channel")
    await world.client.delete(world.addresses["page"] + "/api/faults")
    asked = await private.message_with("A post may be missing", "Lighthouse of Merano")
    await private.press(asked, "Leave it")
    listed = (await group.say("/subscriptions"))["messages"][-1]
    assert "may not have arrived" not in listed["text"]
    copies = [message for message in await group.messages() if message["title"] == "Lighthouse of Merano goes dark"]
    assert len(copies) == 2


async def test_a_moderator_chooses_what_happens_to_a_doubtful_story(world: World, platform: str) -> None:
    group = await world.chat(platform, "group", MODERATOR)
    settings = (await group.say("/settings"))["messages"][-1]
    assert "● Send it once more" in settings["text"]
    await group.press(settings, "Ask first")
    settings = (await group.say("/settings"))["messages"][-1]
    assert "● Ask first" in settings["text"]
    saved = (await group.say("/settings no-loss"))["messages"][-1]
    assert "Settings saved" in saved["text"]
