"""A feed that is added while the bot runs brings its new entries to whoever follows them."""

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from tests.fakes.served import served
from tests.world import READER_1, Chat, World, newsbot, no_seeds, open_world_with_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}</title><link>http://127.0.0.1/</link>{items}</channel></rss>"""
_TEXT = """<h2>Why they came</h2><p>The water is <strong>four degrees</strong> warmer, says <em>Aldis Brenn</em>.</p>
<ul><li>Two are grey</li><li>One is spotted</li></ul><ol><li>Keep away</li><li>Keep quiet</li></ol>
<blockquote><p>They snore &amp; they do not pay.</p></blockquote>"""
_ITEM = """<item><guid>{n}</guid><title>{title}</title><link>http://127.0.0.1/{n}</link>
<description>The harbour master said so on Monday, after the storm had passed over the bay.</description>
{text}</item>"""
_NAMES = {"herald": "Harbour Herald"}
_FIRST_COLOURS = ("Red", "Blue", "Green", "White")
_LAST_COLOURS = ("Black", "Brown", "Grey", "Pink", "Teal", "Gold", "Lime", "Navy", "Plum", "Rust")

_FOLLOWING = ("the text channel", "the group", "the broadcast channel")


class Press:
    """Feeds that tests print; ``titles`` by feed, the newest last."""

    def __init__(self) -> None:
        self.titles: dict[str, list[str]] = {}
        self.address = ""

    async def feed(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        numbered = list(enumerate(self.titles[name]))
        text = f"<content:encoded><![CDATA[{_TEXT}]]></content:encoded>"
        items = "".join(
            _ITEM.format(n=f"{name}{n}", title=title, text=text if "seals" in title else "")
            for n, title in reversed(numbered)
        )
        return web.Response(
            text=_FEED.format(title=_NAMES.get(name, "Coast Radio"), items=items), content_type="application/rss+xml"
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def press() -> AsyncIterator[Press]:
    printed = Press()
    app = web.Application()
    app.router.add_get("/{name}.xml", printed.feed)
    async with served(app) as printed.address:
        yield printed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def coast(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A bot that may read what the press prints, in chats that have room for it: no seeds, no limits a minute."""
    home = tmp_path_factory.mktemp("coast")
    settings = {"NEWSBOT_SEEDS": str(no_seeds(home)), "NEWSBOT_SANDBOX_RATES": "false"}
    async with open_world_with_bot(home, NEWSBOT_FETCH_ALLOW="127.0.0.0/8", **settings) as world:
        yield world


async def _add(world: World, press: Press, name: str) -> None:
    address = f"{press.address}/{name}.xml"
    code, said = await newsbot("source", "add", address, "--every", "10", "--no-full-text", **world.environment)
    assert code == 0, said


async def _groups(world: World) -> list[Chat]:
    return [await world.chat(platform, "group", READER_1) for platform in ("discord", "telegram")]


async def test_news_of_an_added_feed_arrives_once_and_follows_a_correction_and_a_second_source(
    coast: World, press: Press
) -> None:
    press.titles["lights"] = ["The lighthouse is dark", "The lighthouse is lit again"]
    await _add(coast, press, "lights")
    for group in await _groups(coast):
        await group.message_with("The lighthouse is lit again")
    press.titles["lights"].append("Three seals sleep on the pier")
    for group in await _groups(coast):
        await group.message_with("Three seals sleep on the pier")
    assert not any("The lighthouse is dark" in title for _, _, title in await coast.shown()), "it was old already"
    await _once_each(coast)
    for group in await _groups(coast):
        await _is_read_as_it_was_written(group)
    press.titles["lights"][-1], press.titles["herald"] = "Four seals sleep on the pier", press.titles["lights"][-1:]
    await _add(coast, press, "herald")
    for group in await _groups(coast):
        card = await group.message_with("Four seals sleep on the pier", "also: Harbour Herald")
        read = (await group.press(card, "Read"))["messages"][-1]
        assert "Earlier title: Three seals sleep on the pier" in read["text"]
        listed = (await group.press(read, "Sources (2)"))["messages"][-1]
        assert "2. Harbour Herald" in listed["text"]


async def test_of_what_came_while_the_bot_was_down_ten_are_posts_and_the_rest_is_one(
    coast: World, press: Press
) -> None:
    press.titles["boats"] = ["A boat is named"]
    await _add(coast, press, "boats")
    for group in await _groups(coast):
        await group.message_with("A boat is named")
    assert coast.bot
    await coast.bot.end(signal.SIGKILL)
    press.titles["boats"] += [f"{colour} boat is launched" for colour in _FIRST_COLOURS + _LAST_COLOURS]
    await coast.start_bot()
    for group in await _groups(coast):
        digest = await group.message_with("4 more stories from Coast Radio while we were away")
        assert all(f"{colour} boat" in digest["text"] for colour in _FIRST_COLOURS)
        posts = [one for one in await group.messages() if "boat is launched" in one["title"]]
        assert [one["title"].split()[0] for one in posts] == list(_LAST_COLOURS)
        await group.press(digest, "Read all 4")
        listed = await group.message_with("White boat is launched", "Coast Radio ·")
        await group.press(listed, "Read")
        await group.message_with("White boat is launched", "What is your opinion")


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
