"""The page as the server draws it, before any script runs."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.contract import Button
from tests.fakes.sandbox_house import FakeHouse, fake_house


@pytest.fixture
async def house() -> AsyncIterator[FakeHouse]:
    async with fake_house() as house:
        yield house


async def _page(house: FakeHouse, path: str = "/") -> str:
    async with house.client.get(house.addresses.page + path) as response:
        assert response.status == 200
        return await response.text()


async def test_both_chats_are_drawn_at_once(house: FakeHouse) -> None:
    house.discord.headline("text", "Ferries return", "At dawn.")
    house.telegram.headline("group", "Buses stay", "At night.")
    page = await _page(house)
    assert "<h3>Ferries return</h3>" in page
    assert "<b>Buses stay</b>" in page


async def test_an_address_names_speaker_and_chats(house: FakeHouse) -> None:
    house.discord.show("private-reader-2", "A word in private")
    page = await _page(house, "/?as=reader-2&discord=private-reader-2&telegram=channel")
    assert "A word in private" in page
    assert 'value="reader-2" checked' in page
    assert 'data-chat="channel"' in page


async def test_a_chat_of_somebody_else_is_replaced_by_ones_own(house: FakeHouse) -> None:
    house.discord.show("private-reader-2", "A word in private")
    page = await _page(house, "/?as=reader-1&discord=private-reader-2")
    assert "A word in private" not in page
    assert 'data-chat="private-reader-1"' in page


async def test_an_unknown_speaker_or_chat_is_no_trouble(house: FakeHouse) -> None:
    page = await _page(house, "/?as=%3Cscript%3E&discord=nowhere")
    assert 'value="reader-1" checked' in page
    assert "<script>" not in page


async def test_text_of_people_cannot_become_markup(house: FakeHouse) -> None:
    house.discord.show("text", "<img src=x onerror=alert(1)>", author='"><i>', html="")
    page = await _page(house)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert '"><i>' not in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://t.me/newsbot?start=x", "tg://resolve?domain=x"])
async def test_only_links_to_the_web_are_links(house: FakeHouse, url: str) -> None:
    house.telegram.show("group", "words", buttons=(Button(id="0:0", label="Go", url=url),))
    assert f'href="{url}"' not in await _page(house)


async def test_the_browser_is_told_to_run_nothing_but_our_script(house: FakeHouse) -> None:
    async with house.client.get(house.addresses.page) as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert page.count("<script") == 1
    assert "<style" not in page


async def test_without_a_bot_it_says_so(house: FakeHouse) -> None:
    assert (await _page(house)).count("<b>The bot is not connected yet</b>") == 2


async def test_a_long_chat_begins_with_its_end_and_shows_more_when_asked(house: FakeHouse) -> None:
    for number in range(100):
        house.discord.show("text", f"message {number}.")
    short = await _page(house, "/pane/discord?as=reader-1&chat=text")
    assert "message 99." in short
    assert "message 19." not in short
    assert "Show earlier messages (20)" in short
    assert "message 0." in await _page(house, "/pane/discord?as=reader-1&chat=text&last=160")


async def test_readers_cannot_write_in_a_telegram_channel(house: FakeHouse) -> None:
    assert "disabled" in await _page(house, "/pane/telegram?as=reader-1&chat=channel")
    assert "disabled" not in await _page(house, "/pane/telegram?as=moderator-1&chat=channel")


async def test_a_pane_of_no_platform_gets_a_sentence(house: FakeHouse) -> None:
    assert await house.refusal("/pane/irc") == (404, "There is no platform 'irc'. There are discord, telegram.")


async def test_styles_script_and_pictures_are_served(house: FakeHouse) -> None:
    for path, kind in [
        ("/static/sandbox.css", "text/css"),
        ("/static/sandbox.js", "/javascript"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/placeholder/77.png", "image/png"),
    ]:
        async with house.client.get(house.addresses.page + path) as response:
            assert response.status == 200
            assert response.content_type.endswith(kind)
