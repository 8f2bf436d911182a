"""What is said on one platform is seen on the other."""

from tests.scenarios import seed
from tests.world import READER_1, READER_2, World


async def test_an_opinion_given_here_appears_there(world: World, platform: str, other_platform: str) -> None:
    here = await world.chat(platform, "group", READER_1)
    there = await world.chat(other_platform, "group", READER_2)
    await there.message_with(seed.CUT_TITLE)
    seen = await here.press(await here.message_with(seed.CUT_TITLE), "Opinions")
    assert seed.INVITATION in seen["messages"][-1]["text"], "an empty list invites"
    asked = await here.press(seen["messages"][-1], "Give your opinion")
    form = asked["form"] or (await here.look())["form"]
    assert seed.QUESTION in form["title"]
    thanked = await here.fill(form, words="The banks were never cleared.")
    assert "saved" in thanked["messages"][-1]["text"]
    shown = await there.message_with(seed.CUT_TITLE, "The banks were never cleared.")
    assert f"a reader on {platform.capitalize()}" in shown["text"]
    assert any(button["label"] == "Opinions (1)" for button in shown["buttons"])
    listed = await there.press(shown, "Opinions")
    assert "The banks were never cleared." in listed["messages"][-1]["text"]


async def test_a_stance_is_counted_at_once_here_and_soon_there(
    world: World, platform: str, other_platform: str
) -> None:
    here = await world.chat(platform, "group", READER_1)
    there = await world.chat(other_platform, "group", READER_2)
    await there.message_with(seed.CUT_TITLE)
    card = await here.message_with(seed.CUT_TITLE)
    await here.press(card, "👍")
    after = await here.message_with(seed.CUT_TITLE, "1 for · 0 against")
    assert any(button["label"] == "👍 1" for button in after["buttons"])
    await there.message_with(seed.CUT_TITLE, "1 for · 0 against")
    await here.press(after, "👍")

    async def taken_back() -> bool:
        return "1 for" not in (await here.message_with(seed.CUT_TITLE))["text"]

    await world.until(taken_back, "the stance is taken back")


async def test_an_opinion_can_be_given_in_one_command(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    thanked = await private.say("/opinion 1 Somebody should have warned them.")
    assert "Somebody should have warned them." in thanked["messages"][-1]["text"]
    listed = await private.say("/opinions 1")
    assert "Somebody should have warned them." in listed["messages"][-1]["text"]


async def test_an_opinion_of_5000_characters_is_refused_with_the_limit(world: World, platform: str) -> None:
    private = await world.chat(platform, "private", READER_1)
    refused = await private.say("/opinion 1 " + "x" * 3900)
    assert "an opinion may have 1,000" in refused["messages"][-1]["text"]
    assert seed.INVITATION in (await private.say("/opinions 1"))["messages"][-1]["text"]
