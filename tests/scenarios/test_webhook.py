"""Telegram pushes to the bot in place of being asked, and a hub what a feed publishes: readers notice nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from tests.fakes.hub import FakeHub, running_hub
from tests.fakes.served import served
from tests.scenarios import seed
from tests.world import MODERATOR, READER_1, World, newsbot, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FEED = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Coast Radio</title>
<link>http://127.0.0.1/</link><atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>
<item><guid>{title}</guid><title>{title}</title><description>So the harbour master said on Monday.</description></item>
</channel></rss>"""


async def test_what_is_pushed_is_as_good_as_what_is_asked_for(tmp_path: Path) -> None:
    port = unused_port()
    pushed = {
        "NEWSBOT_WEB_PORT": str(port),
        "NEWSBOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "NEWSBOT_TELEGRAM_UPDATES": "webhook",
        "NEWSBOT_FETCH_ALLOW": "127.0.0.0/8",
    }
    async with open_world(tmp_path, **pushed) as world, running_hub() as hub:
        bot = await world.start_bot()
        await world.both_ready()
        await bot.line_with("telegram pushes to us now")
        await _a_story_is_read_and_judged(world)
        await _news_comes_without_a_reading(world, hub)


async def _a_story_is_read_and_judged(world: World) -> None:
    group = await world.chat("telegram", "group", READER_1)
    card = await group.message_with(seed.LONG_TITLE)
    story = (await group.press(card, "Read"))["messages"][-1]
    assert seed.LONG_STORY[0][:40] in story["text"]
    private = await world.chat("telegram", "private", READER_1)
    await private.say("/opinion combat or peace enforcement mission Better late than never.")
    await group.message_with(seed.LONG_TITLE, "Better late than never.")


async def _news_comes_without_a_reading(world: World, hub: FakeHub) -> None:
    async with _published(hub) as (topic, readings):
        code, said = await newsbot("source", "add", topic, "--every", "86400", "--no-full-text", **world.environment)
        assert code == 0, said
        await hub.has(topic)
        breaking = _FEED.format(hub=hub.address, topic=topic, title="Three seals sleep on the pier")
        assert await hub.push(topic, breaking.encode()) == web.HTTPOk.status_code
        for platform in ("discord", "telegram"):
            group = await world.chat(platform, "group", MODERATOR)
            await group.message_with("Three seals sleep on the pier")
        assert len(readings) == 1, "the first and only one"


@asynccontextmanager
async def _published(hub: FakeHub) -> AsyncIterator[tuple[str, list[None]]]:
    """A feed that names the hub, and how often it was read."""
    readings: list[None] = []

    async def feed(request: web.Request) -> web.Response:
        readings.append(None)
        text = _FEED.format(hub=hub.address, topic=request.url, title="The lighthouse is dark")
        return web.Response(text=text, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed.xml", feed)
    async with served(app) as address:
        yield f"{address}/feed.xml", readings
