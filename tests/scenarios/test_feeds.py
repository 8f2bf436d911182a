"""A feed that is added while the bot runs brings its new entries to whoever follows them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from tests.world import READER_1, Chat, World, newsbot, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Coast Radio</title><link>http://127.0.0.1/</link>{items}</channel></rss>"""
_TEXT = """<h2>Why they came</h2><p>The water is <strong>four degrees</strong> warmer, says <em>Aldis Brenn</em>.</p>
<ul><li>Two are grey</li><li>One is spotted</li></ul><ol><li>Keep away</li><li>Keep quiet</li></ol>
<blockquote><p>They snore &amp; they do not pay.</p></blockquote>"""
_ITEM = """<item><guid>{n}</guid><title>{title}</title><link>http://127.0.0.1/{n}</link>
<description>The harbour master said so on Monday, after the storm had passed over the bay.</description>
{text}</item>"""


_FOLLOWING = ("the text channel", "the group", "the broadcast channel")


class Press:
    """A feed that a test prints."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    async def feed(self, _: web.Request) -> web.Response:
        numbered = list(enumerate(self.titles))
        text = f"<content:encoded><![CDATA[{_TEXT}]]></content:encoded>"
        items = "".join(
            _ITEM.format(n=n, title=title, text=text if "seals" in title else "") for n, title in reversed(numbered)
        )
        return web.Response(text=_FEED.format(items=items), content_type="application/rss+xml")


@pytest_asyncio.fixture(loop_scope="module")
async def press() -> AsyncIterator[tuple[Press, str]]:
    printed = Press()
    app = web.Application()
    app.router.add_get("/feed.xml", printed.feed)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield printed, f"http://127.0.0.1:{runner.addresses[0][1]}/feed.xml"
    await runner.cleanup()


async def test_new_entries_of_an_added_feed_arrive_on_both_platforms_once(
    tmp_path: Path, press: tuple[Press, str]
) -> None:
    printed, address = press
    printed.titles = ["The lighthouse is dark", "The lighthouse is lit again"]
    async with open_world(tmp_path, NEWSBOT_FETCH_ALLOW="127.0.0.0/8") as world:
        await world.start_bot()
        await world.both_ready()
        code, said = await newsbot("source", "add", address, "--every", "10", "--no-full-text", **world.environment)
        assert code == 0, said
        groups = [await world.chat(platform, "group", READER_1) for platform in ("discord", "telegram")]
        for group in groups:
            await group.message_with("The lighthouse is lit again")
        printed.titles.append("Three seals sleep on the pier")
        for group in groups:
            await group.message_with("Three seals sleep on the pier")
        assert not any("The lighthouse is dark" in title for _, _, title in await world.shown()), "it was old already"
        await _once_each(world)
        for group in groups:
            await _is_read_as_it_was_written(group)


async def _once_each(world: World) -> None:
    async def everywhere() -> list[tuple[str, str, str]]:
        shown = [place for place in await world.shown() if "seals" in place[2]]
        return shown if len(set(shown)) == len(_FOLLOWING) else []

    shown = await world.until(everywhere, "the news in every chat that follows everything")
    assert len(shown) == len(set(shown)), "and in each once"


async def _is_read_as_it_was_written(group: Chat) -> None:
    seen = await group.press(await group.message_with("Three seals sleep on the pier"), "Read")
    lines = [line.strip() for line in seen["messages"][-1]["text"].split("\n") if line.strip()]
    begin = lines.index("Why they came")
    assert lines[begin : begin + 7] == [
        "Why they came",
        "The water is four degrees warmer, says Aldis Brenn.",
        *("• Two are grey", "• One is spotted", "1. Keep away", "2. Keep quiet"),
        "They snore & they do not pay.",
    ]
