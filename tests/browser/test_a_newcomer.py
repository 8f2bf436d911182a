"""What a newcomer does on the page with the real bot in it, from the first headline to a kill -9."""

import re
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.scenarios import seed
from tests.world import READER_1, World, open_world_with_bot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_PATIENCE_MS = 30_000
_DESK, _PHONE = pytest.param((1280, 860), id="desk"), pytest.param((390, 844), id="phone")
_CUT_TITLE = re.compile(re.escape(seed.CUT_TITLE))
_OTHER_TITLE = re.compile("Germany’s foreign intelligence service")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Shared by all newcomers, each with a story of their own to give an opinion on."""
    async with open_world_with_bot(tmp_path_factory.mktemp("world"), NEWSBOT_SANDBOX_RATES="false") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def page(request: pytest.FixtureRequest, chromium: Browser, world: World) -> AsyncIterator[Page]:
    width, height = request.param
    context = await chromium.new_context(viewport=ViewportSize(width=width, height=height))
    context.set_default_timeout(_PATIENCE_MS)
    page = await context.new_page()
    await page.goto(world.addresses["page"])
    yield page
    await context.close()


async def show(page: Page, platform: str) -> None:
    """On a phone one platform is shown at a time."""
    tab = page.locator(f'nav.tabs [data-tab="{platform}"]')
    if await tab.is_visible():
        await tab.click()


def message(page: Page, platform: str, words: str | re.Pattern[str]) -> Locator:
    return page.locator(f"#{platform} .message", has_text=words).last


def card(page: Page, platform: str, title: str | re.Pattern[str]) -> Locator:
    """The post that all see, and no answer to one person about it."""
    return page.locator(f"#{platform} .message:not(.whisper)", has_text=title).last


async def say(page: Page, platform: str, text: str) -> None:
    box = page.locator(f"#{platform} .box input")
    await box.fill(text)
    await box.press("Escape")
    await box.press("Enter")


async def sees(place: Locator, words: str) -> None:
    await expect(place).to_contain_text(words, timeout=_PATIENCE_MS)


async def reads_all_22_paragraphs(page: Page, platform: str) -> None:
    await show(page, platform)
    await card(page, platform, seed.LONG_TITLE).get_by_role("button", name="Read").click()
    whisper = page.locator(f"#{platform} .message.whisper").last
    await sees(whisper, seed.LONG_STORY[0])
    told = await whisper.inner_text()
    while await whisper.get_by_role("button", name="›").count():
        number = int(re.findall(r"(\d+) / \d+", told)[-1]) if re.search(r"\d+ / \d+", told) else 1
        await whisper.get_by_role("button", name="›").click()
        await expect(whisper).to_contain_text(re.compile(rf"{number + 1} / \d+"), timeout=_PATIENCE_MS)
        told += await whisper.inner_text()
    told = re.sub(r"\s+", " ", told)
    assert [paragraph for paragraph in seed.LONG_STORY if paragraph not in told] == []


@pytest.mark.parametrize("page", [_DESK, _PHONE], indirect=True)
async def test_headlines_arrive_and_the_long_story_is_read_whole_on_both_sides(page: Page) -> None:
    for platform in ("discord", "telegram"):
        await show(page, platform)
        await expect(message(page, platform, _CUT_TITLE)).to_be_visible(timeout=_PATIENCE_MS)
        await reads_all_22_paragraphs(page, platform)


@pytest.mark.parametrize(
    ("page", "here", "there", "title"),
    [
        pytest.param((1280, 860), "discord", "telegram", _CUT_TITLE, id="desk-discord-telegram"),
        pytest.param((390, 844), "telegram", "discord", _OTHER_TITLE, id="phone-telegram-discord"),
    ],
    indirect=["page"],
)
async def test_an_opinion_travels_to_the_other_side(page: Page, here: str, there: str, title: re.Pattern[str]) -> None:
    await show(page, here)
    await message(page, here, title).get_by_role("button", name="Opinions").click()
    listed = page.locator(f"#{here} .message.whisper").last
    await sees(listed, seed.INVITATION)
    await listed.get_by_role("button", name="Give your opinion").click()
    if here == "discord":
        await page.locator("dialog#form textarea").fill("The banks were never cleared.")
        await page.locator("dialog#form button.go").click()
    else:
        await expect(page.locator("#telegram .message", has_text="Write it as a reply").last).to_be_visible()
        await say(page, "telegram", "The banks were never cleared.")
    await expect(message(page, here, "your opinion is saved")).to_be_visible(timeout=_PATIENCE_MS)
    await show(page, there)
    await sees(message(page, there, title), "The banks were never cleared.")


@pytest.mark.parametrize("page", [_DESK], indirect=True)
async def test_a_topic_is_followed_in_private_and_a_kill_9_costs_nothing(page: Page, world: World) -> None:
    await show(page, "telegram")
    private = await world.chat("telegram", "private", READER_1)
    await page.locator("#telegram-chat").select_option(private.id)
    await expect(page.locator("#telegram")).to_have_attribute("data-chat", private.id)
    await say(page, "telegram", "/subscribe Azerbaijan")
    await expect(message(page, "telegram", "You follow Azerbaijan now")).to_be_visible(timeout=_PATIENCE_MS)
    assert world.bot
    await world.bot.end(signal.SIGKILL)
    await world.start_bot()
    await world.both_ready()
    await say(page, "telegram", "/subscriptions")
    await sees(message(page, "telegram", "Followed here"), "Azerbaijan")
    shown = await world.shown()
    assert len(set(shown)) == len(shown), "nothing came twice"
