"""A bot that is killed loses nothing and repeats nothing."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.scenarios import seed
from tests.world import READER_1, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FOLLOWED = {("discord", "text"), ("telegram", "group"), ("telegram", "channel")}


async def test_kill_9_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        for shown in (1, 5, 12, 20):
            await world.start_bot()
            await _shown_at_least(world, shown)
            assert world.bot
            await world.bot.end(signal.SIGKILL)
        await world.start_bot()
        followed = [chat for chat in await world.get("/api/chats") if (chat["platform"], chat["kind"]) in _FOLLOWED]

        async def nothing_is_missing() -> bool:
            stories = Counter((platform, chat) for platform, chat, _ in set(await world.shown()))
            return len(stories) == len(followed) and all(number >= seed.ALL_STORIES for number in stories.values())

        await world.until(nothing_is_missing, "every story in every followed chat")
        copies = Counter(await world.shown())
        repeated = {place: number for place, number in copies.items() if number > 1}
        assert not any(platform == "discord" for platform, _, _ in repeated), repeated
        assert sum(number - 1 for number in repeated.values()) <= 4 * len(followed), repeated
        assert all(number <= 2 for number in repeated.values()), repeated


async def test_buttons_answer_and_nothing_comes_again_after_a_restart(own_world: World) -> None:
    groups = [await own_world.chat(platform, "group", READER_1) for platform in ("discord", "telegram")]
    await _shown_at_least(own_world, 3 * seed.ALL_STORIES)
    cards = [await group.message_with(seed.LONG_TITLE) for group in groups]
    before = await own_world.shown()
    assert own_world.bot
    assert await own_world.bot.end() == 0
    await own_world.start_bot()
    await own_world.both_ready()
    for group, card in zip(groups, cards, strict=True):
        seen = await group.press(card, "Read")
        assert seed.LONG_STORY[0] in seen["messages"][-1]["text"]
    assert Counter(await own_world.shown()) - Counter(before) <= Counter(dict.fromkeys(await own_world.shown(), 1))
    assert all(number == 1 for number in Counter(await own_world.shown()).values())


async def test_a_question_asked_before_a_kill_is_answered_after_it(own_world: World) -> None:
    private = await own_world.chat("telegram", "private", READER_1)
    await private.say("/opinion 1")
    form = (await private.look())["form"]
    await private.say("/help")
    await private.message_with("/subscribe")  # a person is answered in turn, so the question is stored
    assert own_world.bot
    await own_world.bot.end(signal.SIGKILL)
    filling = asyncio.create_task(private.fill(form, words="It will be answered."))
    await own_world.start_bot()
    await filling
    await private.message_with("It will be answered.", "saved")


async def _shown_at_least(world: World, number: int) -> None:
    async def enough() -> bool:
        return len(await world.shown()) >= number

    await world.until(enough, f"{number} messages shown")
