"""Telegram pushes to the bot in place of being asked: a headline is read and an opinion given all the same."""

from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from tests.scenarios import seed
from tests.world import READER_1, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_story_is_read_and_judged_by_webhook_and_again_after_going_back_to_polling(tmp_path: Path) -> None:
    port = unused_port()
    pushed = {
        "NEWSBOT_WEB_PORT": str(port),
        "NEWSBOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "NEWSBOT_TELEGRAM_UPDATES": "webhook",
    }
    async with open_world(tmp_path) as world:
        await world.start_bot(**pushed)
        await world.both_ready()
        assert world.bot
        await world.bot.line_with("telegram pushes to us now")
        group = await world.chat("telegram", "group", READER_1)
        card = await group.message_with(seed.LONG_TITLE)
        story = (await group.press(card, "Read"))["messages"][-1]
        assert seed.LONG_STORY[0][:40] in story["text"]
        private = await world.chat("telegram", "private", READER_1)
        await private.say("/opinion combat or peace enforcement mission Better late than never.")
        await group.message_with(seed.LONG_TITLE, "Better late than never.")
        await world.bot.end()
        await world.start_bot()
        await world.both_ready()
        await world.bot.line_with("a webhook is set for this bot, taking it away to poll")
        assert (await private.say("/help"))["messages"]
