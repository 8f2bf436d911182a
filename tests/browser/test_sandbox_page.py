"""The page in a real browser, at a desk and on a phone, with servers that need no bot."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.fakes.sandbox_house import FakeHouse, fake_house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_DESK = ViewportSize(width=1280, height=860)
_PHONE = ViewportSize(width=390, height=844)
_SCROLLED_TO_END = "box => box.scrollHeight - box.scrollTop - box.clientHeight < 2"


@pytest_asyncio.fixture(loop_scope="session")
async def house() -> AsyncIterator[FakeHouse]:
    async with fake_house() as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, house: FakeHouse) -> AsyncIterator[Page]:
    """The page at a desk; a script that fails fails the test."""
    context = await chromium.new_context(viewport=_DESK)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    await page.goto(house.addresses.page)
    yield page
    await context.close()
    assert troubles == []


def _box(page: Page, platform: str) -> Locator:
    return page.locator(f"#{platform} .box input")


async def test_what_is_said_appears_with_the_answer_and_without_a_reload(page: Page) -> None:
    await _box(page, "telegram").fill("/help")
    await _box(page, "telegram").press("Escape")
    await _box(page, "telegram").press("Enter")
    await expect(page.locator("#telegram .message.mine .words")).to_have_text("/help")
    await expect(page.locator("#telegram .message.by-bot .words")).to_have_text("You asked for help.")
    await expect(_box(page, "telegram")).to_have_value("")
    await expect(page.locator('[data-fact="messages"]')).to_have_text("2")


async def test_a_new_message_keeps_focus_and_half_written_words(page: Page, house: FakeHouse) -> None:
    await _box(page, "discord").fill("half a senten")
    house.discord.show("text", "Breaking in")
    await expect(page.locator("#discord .message")).to_have_count(1)
    await expect(_box(page, "discord")).to_be_focused()
    await expect(_box(page, "discord")).to_have_value("half a senten")


async def test_a_button_in_focus_stays_so_when_its_message_changes(page: Page, house: FakeHouse) -> None:
    card = house.discord.headline("text", "Ferries return", "At dawn.")
    button = page.locator('#discord [data-button="read"]')
    await button.focus()
    house.discord.change("text", card.id, edited=True)
    await expect(page.locator("#discord .edited")).to_be_visible()
    await expect(button).to_be_focused()


async def test_suggestions_are_chosen_by_keyboard(page: Page) -> None:
    box = _box(page, "discord")
    await box.press_sequentially("/h")
    offers = page.locator("#discord-offers [role=option]")
    await expect(offers).to_have_count(2)
    await expect(offers.nth(0)).to_have_attribute("aria-selected", "true")
    await box.press("ArrowDown")
    await expect(box).to_have_attribute("aria-activedescendant", "discord-offers-1")
    await box.press("Tab")
    await expect(box).to_have_value("/help ")
    await expect(box).to_be_focused()
    await box.fill("/st")
    await expect(offers).to_have_count(1)
    await box.press("Escape")
    await expect(page.locator("#discord-offers")).to_be_hidden()
    await expect(box).to_have_value("/st")


async def test_an_unknown_command_is_told_and_can_be_corrected(page: Page) -> None:
    await _box(page, "discord").fill("/foo")
    await _box(page, "discord").press("Enter")
    await expect(page.locator(".toast.bad")).to_contain_text("There is no command /foo here.")
    await expect(_box(page, "discord")).to_have_value("/foo")


async def test_an_opinion_on_discord_is_given_in_a_modal(page: Page, house: FakeHouse) -> None:
    house.discord.headline("text", "Ferries return", "At dawn.")
    await page.locator('#discord [data-button="opinion"]').click()
    modal = page.get_by_role("dialog", name="What is your opinion on this topic?")
    await expect(modal).to_be_visible()
    await modal.get_by_text("Against", exact=True).click()
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal.get_by_role("alert")).to_have_text("Write a few words first.")
    await modal.get_by_label("In your words").fill("At last.")
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal).to_be_hidden()
    await expect(page.locator("#discord .whisper .words")).to_have_text("Noted: At last.")
    assert house.discord.filled == [{"stance": "against", "words": "At last.", "signed": False}]


async def test_a_modal_that_was_cancelled_can_be_opened_again(page: Page, house: FakeHouse) -> None:
    house.discord.headline("text", "Ferries return", "At dawn.")
    for _ in range(2):
        await page.locator('#discord [data-button="opinion"]').click()
        await expect(page.locator("#form")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#form")).to_be_hidden()


async def test_a_modal_that_was_left_does_not_open_by_itself(page: Page, house: FakeHouse) -> None:
    house.discord.headline("text", "Ferries return", "At dawn.")
    await page.locator('#discord [data-button="opinion"]').click()
    await expect(page.locator("#form")).to_be_visible()
    await page.reload()
    await expect(page.locator('#discord [data-button="opinion"]')).to_be_visible()
    await expect(page.locator("#form")).to_be_hidden()
    await page.locator('#discord [data-button="opinion"]').click()
    await expect(page.locator("#form")).to_be_visible()


async def test_half_written_words_stay_with_their_chat(page: Page) -> None:
    chats = page.locator("#discord .chats")
    here = await chats.input_value()
    await _box(page, "discord").fill("half a senten")
    await chats.select_option(index=1)
    await expect(_box(page, "discord")).to_have_value("")
    await chats.select_option(here)
    await expect(_box(page, "discord")).to_have_value("half a senten")


async def test_an_opinion_on_telegram_is_the_reply_to_a_prompt(page: Page, house: FakeHouse) -> None:
    house.telegram.headline("group", "Ferries return", "At dawn.")
    await page.locator('#telegram [data-button="opinion"]').click()
    await expect(page.locator("#telegram .prompt")).to_contain_text("What is your opinion on this topic?")
    await expect(_box(page, "telegram")).to_have_attribute("placeholder", "Your opinion")
    await _box(page, "telegram").fill("At last.")
    await _box(page, "telegram").press("Enter")
    await expect(page.locator("#telegram .whisper .words")).to_have_text("Noted: At last.")
    await expect(page.locator("#telegram .prompt")).to_be_hidden()
    assert house.telegram.filled == [{"words": "At last."}]


async def test_what_is_for_one_alone_is_not_seen_by_another_and_can_be_dismissed(page: Page, house: FakeHouse) -> None:
    house.discord.show("text", "Between us", person="reader-1")
    whisper = page.locator("#discord .whisper")
    await expect(whisper).to_contain_text("Only you can see this")
    await page.get_by_role("radio", name="reader 2").check()
    await expect(page.locator("#discord")).to_have_attribute("data-as", "reader-2")
    await expect(whisper).to_have_count(0)
    await page.get_by_role("radio", name="reader 1").check()
    await page.get_by_role("button", name="Dismiss message").click()
    await expect(whisper).to_be_hidden()
    await page.reload()
    await expect(page.locator("#discord")).to_have_attribute("data-as", "reader-1")
    await expect(whisper).to_be_hidden()


async def test_a_toast_is_shown(page: Page, house: FakeHouse) -> None:
    house.telegram.headline("group", "Ferries return", "At dawn.")
    await page.locator('#telegram [data-button="vote"]').click()
    await expect(page.locator(".toast")).to_contain_text("Counted. Thank you.")


async def test_the_address_remembers_speaker_and_chats(page: Page, house: FakeHouse) -> None:
    await page.get_by_role("radio", name="reader 2").check()
    await page.locator("#telegram-chat").select_option("private-reader-2")
    await expect(page).to_have_url(re.compile("as=reader-2.*telegram=private-reader-2"))
    house.telegram.show("private-reader-2", "Good morning")
    await page.reload()
    await expect(page.locator("#telegram .message .words")).to_have_text("Good morning")
    await expect(page.get_by_role("radio", name="reader 2")).to_be_checked()


async def test_a_chat_that_is_not_open_is_marked_when_something_arrives(page: Page, house: FakeHouse) -> None:
    house.telegram.show("channel", "Up here")
    option = page.locator('#telegram-chat option[value="channel"]')
    await expect(option).to_have_text(re.compile("^●"))
    await page.locator("#telegram-chat").select_option("channel")
    await expect(option).to_have_text(re.compile("^City"))


async def test_someone_who_reads_above_is_not_pulled_down(page: Page, house: FakeHouse) -> None:
    for number in range(40):
        house.discord.show("text", f"message {number}.")
    stream = page.locator("#discord .stream")
    await expect(page.locator("#discord .message")).to_have_count(40)
    assert await stream.evaluate(_SCROLLED_TO_END)
    await stream.evaluate("box => { box.scrollTop = 0; box.dispatchEvent(new Event('scroll')); }")
    house.discord.show("text", "the news")
    pill = page.locator("#discord .pill")
    await expect(pill).to_have_text("↓ 1 new message")
    assert await stream.evaluate("box => box.scrollTop") == 0
    await pill.click()
    await expect(pill).to_be_hidden()
    assert await stream.evaluate(_SCROLLED_TO_END)


async def test_new_messages_are_spoken(page: Page, house: FakeHouse) -> None:
    await expect(page.locator("#discord")).to_be_visible()
    house.discord.headline("text", "Ferries return", "At dawn.")
    await expect(page.locator("#spoken")).to_have_text("newsbot on Discord: Ferries return")


async def test_a_picture_that_cannot_be_loaded_gets_a_calm_one_instead(page: Page, house: FakeHouse) -> None:
    house.discord.headline("text", "Ferries return", "At dawn.", house.addresses.page + "/static/missing.png")
    picture = page.locator("#discord .dc-media img")
    await expect(picture).to_have_attribute("src", re.compile(r"^/placeholder/\d+\.png$"))
    await expect(picture).to_have_js_property("naturalWidth", 640)


async def test_faults_are_switched_on_and_off(page: Page, house: FakeHouse) -> None:
    await page.get_by_role("button", name="Faults").click()
    panel = page.get_by_role("dialog", name="Faults")
    fault = panel.locator('[data-button="telegram-rate_limit"]')
    await fault.click()
    await expect(fault).to_have_attribute("aria-pressed", "true")
    await expect(page.locator('[data-fact="faults"]')).to_have_text("1")
    await panel.get_by_role("button", name="Switch off").click()
    await expect(fault).to_have_attribute("aria-pressed", "false")
    assert (await house.get("/api/faults"))["ordered"] == []  # type: ignore[index]  # JSON


async def test_people_shut_the_bot_out_of_the_chat_that_is_open(page: Page, house: FakeHouse) -> None:
    [(change, sentence)] = house.telegram.bot_changes.items()
    chat = await page.locator("#telegram").get_attribute("data-chat")
    await page.get_by_role("button", name="Faults").click()
    await page.get_by_role("dialog", name="Faults").locator(f'[data-button="telegram-bot-{change}"]').click()
    await expect(page.locator(".toasts .on-telegram")).to_have_text(sentence)
    assert house.telegram.changed == [(chat, "reader-1", change)]


async def test_the_ledger_is_live(page: Page, house: FakeHouse) -> None:
    house.discord.show("text", "Before")
    await page.get_by_role("button", name="Ledger").click()
    rows = page.locator("#ledger tbody tr")
    await expect(rows).to_have_count(1)
    house.discord.show("text", "After <b>")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("After <b>")
    await page.keyboard.press("Escape")
    await expect(page.locator("#ledger")).to_be_hidden()


async def test_a_bot_that_connects_is_seen(page: Page, house: FakeHouse) -> None:
    state = page.locator("#telegram .bot .wide")
    await expect(state).to_have_text("The bot is not connected yet")
    async with house.client.get(house.telegram.address + "/ping"):
        await expect(state).to_have_text("The bot is connected")


async def test_a_phone_shows_one_platform_at_a_time(chromium: Browser, house: FakeHouse) -> None:
    context = await chromium.new_context(viewport=_PHONE, color_scheme="dark", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(house.addresses.page)
    await expect(page.locator("#discord")).to_be_visible()
    await expect(page.locator("#telegram")).to_be_hidden()
    house.telegram.headline("group", "Ferries return", "At dawn.")
    tab = page.locator('.tabs [data-tab="telegram"]')
    await expect(tab.locator(".count")).to_have_text("1")
    await tab.click()
    await expect(page.locator("#telegram .message")).to_be_visible()
    await expect(page.locator("#discord")).to_be_hidden()
    await expect(tab.locator(".count")).to_be_hidden()
    await page.get_by_role("radio", name="moderator 1").check()
    await _box(page, "telegram").fill("Hello")
    await _box(page, "telegram").press("Enter")
    await expect(page.locator("#telegram .mine .words")).to_have_text("Hello")
    await context.close()


@pytest.mark.parametrize("viewport", [_DESK, _PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("panel", ["", "#ledger", "#faults"])
async def test_nothing_sticks_out_sideways(
    chromium: Browser, house: FakeHouse, viewport: ViewportSize, panel: str
) -> None:
    for server, chat in ((house.discord, "text"), (house.telegram, "group")):
        server.headline(chat, "A headline with averyveryveryverylongwordthatnevercomestoanend" * 3, "x" * 400)
        server.show(chat, "y" * 600, author="reader 1")
    context = await chromium.new_context(viewport=viewport)
    page = await context.new_page()
    await page.goto(house.addresses.page + panel)
    await expect(page.locator("#discord .message")).to_have_count(2)
    for platform in ("discord", "telegram"):
        await page.evaluate("platform => document.body.dataset.tab = platform", platform)
        for selector in ("html", f"#{platform} .stream", f"#{platform} > header", ".top"):
            wide = await page.locator(selector).evaluate("box => box.scrollWidth - box.clientWidth")
            assert wide <= 0, f"{selector} at {viewport['width']} px is {wide} px too wide"
    await context.close()
