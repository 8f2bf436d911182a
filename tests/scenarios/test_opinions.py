"""What is said on one platform is seen on the other."""

import pytest

from tests.scenarios import seed
from tests.world import READER_1, READER_2, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

_SPOKEN_OF = {"discord": seed.CUT_TITLE, "telegram": "Germany’s foreign intelligence service"}
_STOOD_FOR = {"discord": "Two people have been killed", "telegram": "Iran’s chief justice"}


async def test_an_opinion_given_here_appears_there(world: World, platform: str, other_platform: str) -> None:
    here = await world.chat(platform, "group", READER_1)
    there = await world.chat(other_platform, "group", READER_2)
    title = _SPOKEN_OF[platform]
    await there.message_with(title)
    seen = await here.press(await here.message_with(title), "Opinions")
    assert seed.INVITATION in seen["messages"][-1]["text"], "an empty list invites"
    asked = await here.press(seen["messages"][-1], "Give your opinion")
    form = asked["form"] or (await here.look())["form"]
    assert seed.QUESTION in form["title"]
    thanked = await here.fill(form, words="The banks were never cleared.")
    assert "saved" in thanked["messages"][-1]["text"]
    shown = await there.message_with(title, "The banks were never cleared.")
    assert f"a reader on {platform.capitalize()}" in shown["text"]
    assert any(button["label"] == "Opinions (1)" for button in shown["buttons"])
    listed = await there.press(shown, "Opinions")
    assert "The banks were never cleared." in listed["messages"][-1]["text"]


async def test_an_opinion_can_be_given_in_one_command(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    number = {"discord": 5, "telegram": 8}[platform]
    thanked = await private.say(f"/opinion {number} Somebody should have warned them.")
    assert "Somebody should have warned them." in thanked["messages"][-1]["text"]
    listed = await private.say(f"/opinions {number}")
    assert "Somebody should have warned them." in listed["messages"][-1]["text"]


async def test_an_opinion_of_5000_characters_is_refused_with_the_limit(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    refused = await private.say("/opinion 12 " + "x" * 3900)
    assert "an opinion may have 1,000" in refused["messages"][-1]["text"]
    assert seed.INVITATION in (await private.say("/opinions 12"))["messages"][-1]["text"]


async def test_an_opinion_that_invites_elsewhere_is_refused_and_says_what_to_do(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    for words in ("Come to https://discord.gg/abc", "Come to https://t.me/+abc", "See https://bit.ly/abc"):
        refused = await private.say(f"/opinion 12 {words}")
        assert "nothing was saved" in refused["messages"][-1]["text"]
        assert "send it again" in refused["messages"][-1]["text"]
    assert seed.INVITATION in (await private.say("/opinions 12"))["messages"][-1]["text"]


async def test_a_stance_is_counted_at_once_here_and_soon_there(
    world: World, platform: str, other_platform: str
) -> None:
    here = await world.chat(platform, "group", READER_1)
    there = await world.chat(other_platform, "group", READER_2)
    title = _STOOD_FOR[platform]
    await there.message_with(title)
    card = await here.message_with(title)
    await here.press(card, "👍")
    after = await here.message_with(title, "1 for · 0 against")
    assert any(button["label"] == "👍 1" for button in after["buttons"])
    await there.message_with(title, "1 for · 0 against")
    await here.press(after, "👍")

    async def taken_back() -> bool:
        return "1 for" not in (await here.message_with(title))["text"]

    await world.until(taken_back, "the stance is taken back")
