"""The newspaper over HTTP: a feed that any reader understands, and the articles it names."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest

from tests.fakes.sandbox_house import FakeHouse, fake_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[FakeHouse]:
    (tmp_path / "1.txt").write_text("Cats & <dogs>\nBy Ada Lund\n\nLead with “quotes” & more.\n\nEnd.\n", "utf-8")
    (tmp_path / "2.txt").write_text("Second story\nBy Bo\n\nAnother lead.\n", "utf-8")
    async with fake_house(demo_dir=tmp_path, demo_every_s=0.05) as house:
        yield house


async def _feed(house: FakeHouse, at_least: int) -> str:
    async with asyncio.timeout(5):
        while True:
            async with house.client.get(house.addresses.newspaper_feed) as response:
                text = await response.text()
            if text.count("<item>") >= at_least:
                return text
            await asyncio.sleep(0.02)


async def test_the_feed_tells_everything_about_an_article(house: FakeHouse) -> None:
    feed = feedparser.parse(await _feed(house, 1))
    assert not feed.bozo
    assert feed.feed.ttl == "1"
    item = feed.entries[-1]
    assert item.title == "Cats & <dogs>"
    assert item.author == "Ada Lund"
    assert item.summary == "Lead with “quotes” & more."
    assert item.content[0].value == "<p>Lead with “quotes” &amp; more.</p><p>End.</p>"
    assert item.id == "vellmar-herald:cats-dogs"
    assert item.published_parsed is not None
    assert item.media_content[0]["type"] == "image/png"


async def test_links_and_pictures_of_the_feed_are_there(house: FakeHouse) -> None:
    item = feedparser.parse(await _feed(house, 1)).entries[-1]
    async with house.client.get(item.link) as response:
        page = await response.text()
    assert "<h1>Cats &amp; &lt;dogs&gt;</h1>" in page
    assert page.count("<p>Lead with “quotes” &amp; more.</p>") == 1
    assert 'property="og:image"' in page
    async with house.client.get(item.media_content[0]["url"]) as response:
        assert response.content_type == "image/png"
        assert (await response.read()).startswith(b"\x89PNG")


async def test_new_articles_arrive_newest_first_and_every_one_has_its_own_id(house: FakeHouse) -> None:
    entries = feedparser.parse(await _feed(house, 4)).entries
    assert [entry.title for entry in entries][-4:] == [
        "Day 2: Second story",
        "Day 2: Cats & <dogs>",
        "Second story",
        "Cats & <dogs>",
    ]
    assert len({entry.id for entry in entries}) == len(entries)


async def test_an_unchanged_feed_is_not_sent_again(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("A story\nBy Bo\n\nA lead.\n", "utf-8")
    async with fake_house(demo_dir=tmp_path, demo_every_s=600) as house:
        await _feed(house, 1)
        async with house.client.get(house.addresses.newspaper_feed) as response:
            tag = response.headers["ETag"]
        for known, status in [(tag, 304), (f'"other", {tag}', 304), ('"other"', 200)]:
            headers = {"If-None-Match": known}
            async with house.client.get(house.addresses.newspaper_feed, headers=headers) as response:
                assert response.status == status
                assert response.headers["ETag"] == tag


async def test_the_front_page_lists_what_is_out(house: FakeHouse) -> None:
    await _feed(house, 1)
    async with house.client.get(f"{house.addresses.page}/newspaper/") as response:
        assert "Cats &amp; &lt;dogs&gt;" in await response.text()


async def test_an_article_that_never_was_gets_a_sentence(house: FakeHouse) -> None:
    assert await house.refusal("/newspaper/nothing") == (404, "The Vellmar Herald never published this article.")


async def test_the_link_of_an_article_becomes_a_card_in_the_chat(house: FakeHouse) -> None:
    link = feedparser.parse(await _feed(house, 1)).entries[-1].link
    card = f'<div class="tg-preview"><a href="{link}" rel="x"><strong>127.0.0.1</strong><br>{link}</a></div>'
    house.telegram.show("group", "words", html=f"words{card}")
    async with house.client.get(f"{house.addresses.page}/pane/telegram?as=reader-1&chat=group") as response:
        pane = await response.text()
    assert '<span class="tg-site">The Vellmar Herald</span><b>Cats &amp; &lt;dogs&gt;</b>' in pane
    assert f"/newspaper/pictures/{urlsplit(link).path.rpartition('/')[2]}.png" in pane
