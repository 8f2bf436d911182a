"""A stance is one press, counted on both sides."""

import pytest

from tests.world import READER_1, READER_2, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

_STOOD_FOR = {"discord": "Two people have been killed", "telegram": "Iran’s chief justice"}


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
