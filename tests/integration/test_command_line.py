"""Commands against real files, real servers on this machine, a real database and the real sandbox."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN
from tests.canaries import CANARIES, DISCORD_CANARY, TELEGRAM_CANARY
from tests.command_line import CommandLine
from tests.fakes.site import Page, running_site
from tests.stored_rows import rows_of
from tests.world import Process, World, newsbot, open_world

STORIES = """Vellmar ferries return

Ferries return to Vellmar after two days of storm
The first ferry left Vellmar at dawn on Wednesday with 380 people on board who had slept in the terminal.

Baku opens a museum of carpets
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""
FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Vellmar Herald</title><link>https://herald.example</link>
<item><title>Ferries return</title><guid>1</guid><description>At dawn.</description></item>
<item><title>Harbour closes</title><guid>2</guid><description>At dusk.</description></item>
</channel></rss>"""
PAGES = {
    "/feed": Page(body=FEED, kind="application/rss+xml"),
    "/text": Page(body=b"Just some words.", kind="text/plain"),
    "/json": Page(body=b'{"news": []}', kind="application/json"),
    "/empty": Page(kind="application/rss+xml"),
    "/private": Page(status=302, leads_to="http://10.0.0.1/feed"),
    "/loop": Page(status=302, leads_to="/loop"),
    "/gone": Page(status=410, body=b"gone"),
    "/down": Page(status=503, body=b"down"),
}
"""A newspaper's feed, and what is taken for one by mistake."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site(PAGES) as address:
        yield address


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A person at a terminal who has run nothing yet, and whose bot may read feeds from this machine."""
    at_terminal = CommandLine(tmp_path / "home", monkeypatch)
    at_terminal.environment["NEWSBOT_FETCH_ALLOW"] = "127.0.0.0/8"
    at_terminal.environment["NEWSBOT_DISCORD_TOKEN"] = DISCORD_CANARY
    at_terminal.environment["NEWSBOT_TELEGRAM_TOKEN"] = TELEGRAM_CANARY
    return at_terminal


@pytest.fixture
def commands(newcomer: CommandLine) -> CommandLine:
    """The same person, whose bot has a database."""
    newcomer.has_database()
    return newcomer


def stored(commands: CommandLine) -> list[str]:
    return rows_of(commands.home / "newsbot.db")


def test_the_database_is_brought_to_its_shape_and_again_changes_nothing(newcomer: CommandLine) -> None:
    first = newcomer("migrate")
    assert (first.code, first.said) == (0, "The database is up to date.\n")
    before = stored(newcomer)
    assert newcomer("migrate").code == 0
    assert stored(newcomer) == before


def test_a_page_is_imported_and_again_brings_nothing_new(newcomer: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(STORIES)
    first = newcomer("import", str(page))
    assert first.code == 0
    stories = int(first.said.split()[1])
    assert stories >= 2
    assert first.said == f"page.txt: {stories} stories, {stories} new.\n"
    before = stored(newcomer)
    again = newcomer("import", str(page))
    assert (again.code, again.said) == (0, f"page.txt: {stories} stories, 0 new.\n")
    assert stored(newcomer) == before


def test_what_cannot_be_imported_is_named_and_the_rest_is_imported(commands: CommandLine, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a-empty.txt").write_text("\n\n")
    (pages / "b-binary.txt").write_bytes(bytes(range(256)))
    (pages / "c-good.txt").write_text(STORIES)
    (tmp_path / "nothing").mkdir()
    ended = commands("import", "missing.txt", str(pages), str(tmp_path / "nothing"))
    assert ended.code == 1
    assert ended.said.startswith("c-good.txt: ")
    missing, empty, binary, nothing = [line for line in ended.complained.splitlines() if ".txt" in line]
    assert missing == "missing.txt: there is no such file."
    assert "a-empty.txt: " in empty
    assert "b-binary.txt: " in binary
    assert "there is no .txt file in this directory" in nothing


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfe\xfa"])
def test_of_a_page_that_cannot_be_read_nothing_is_stored(commands: CommandLine, tmp_path: Path, content: bytes) -> None:
    before = stored(commands)
    (tmp_path / "page.txt").write_bytes(content)
    ended = commands("import", "page.txt")
    assert (ended.code, ended.said) == (1, "")
    assert stored(commands) == before


def test_a_feed_is_added_once_listed_and_removed(commands: CommandLine, site: str) -> None:
    assert commands("source", "list").said == "No source yet. Add one: newsbot source add URL\n"
    added = commands("source", "add", f"{site}/feed")
    assert (added.code, added.said) == (0, "1. The Vellmar Herald: 2 articles now, new ones as they come.\n")
    before = stored(commands)
    again = commands("source", "add", f"{site}/feed")
    assert (again.code, again.said) == (1, "")
    assert "already" in again.complained
    assert stored(commands) == before
    assert commands("source", "list").said == f"1. The Vellmar Herald ({site}/feed) — ok\n"
    unknown = commands("source", "remove", "7")
    assert (unknown.code, unknown.said) == (1, "")
    assert "There is no source 7." in unknown.complained
    assert stored(commands) == before
    removed = commands("source", "remove", "1")
    assert (removed.code, removed.said) == (0, "Removed The Vellmar Herald. Its stories stay.\n")
    assert commands("source", "list").said.startswith("No source yet.")


def test_a_feed_is_called_as_told_and_removed_by_address(commands: CommandLine, site: str) -> None:
    added = commands("source", "add", f"{site}/feed", "--title", "Harbour", "--every", "60")
    assert added.said.startswith("1. Harbour: ")
    assert commands("source", "remove", f"{site}/feed").said.startswith("Removed Harbour.")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/text", "not a feed|no feed"),
        ("/json", "not a feed|no feed"),
        ("/empty", "not a feed|no feed|nothing|empty"),
        ("/missing", "404"),
        ("/gone", "410"),
        ("/down", "503"),
        ("/private", "not allowed"),
        ("/loop", "redirect"),
    ],
)
def test_what_is_no_feed_is_told_so_and_nothing_is_stored(
    commands: CommandLine, site: str, path: str, sentence: str
) -> None:
    _refused(commands, f"{site}{path}", sentence)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://127.0.0.1/feed", "name that in NEWSBOT_FETCH_ALLOW"),
        ("http://127.0.0.1:22/", "ports 80, 443, 8080 and 8443"),
        ("http://10.0.0.1/feed", "not allowed"),
        ("http://[::1]/feed", "not allowed"),
        ("http://169.254.169.254/latest/meta-data", "not allowed"),
        ("http://0x7f000001/feed", "not allowed"),
        ("ftp://news.example/feed", "https:// or http://"),
        ("file:///etc/passwd", "https:// or http://"),
        ("news", "https:// or http://"),
        ("two words", "https:// or http://"),
        ("📰", "https:// or http://"),
        ("./feed.xml", "https:// or http://"),
        ("mailto:desk@news.example", "https:// or http://"),
        ("javascript:alert(1)", "https:// or http://"),
        ("http://a..b/feed", "One is https://example.com/feed"),
        ("", "No address was given"),
        ("  ", "No address was given"),
        ("http://user:swordfish@news.example/feed", "user name or password"),
        ("http://" + "x" * 9000, "too long"),
    ],
)
def test_an_address_that_may_not_be_read_is_told_so_and_nothing_is_stored(
    commands: CommandLine, address: str, sentence: str
) -> None:
    commands.environment["NEWSBOT_FETCH_ALLOW"] = ""
    _refused(commands, address, sentence)


def test_a_server_that_does_not_answer_is_told_so_and_nothing_is_stored(commands: CommandLine) -> None:
    _refused(commands, "http://127.0.0.1:1/feed", "reach|connect|answer")


def _refused(commands: CommandLine, address: str, sentence: str) -> None:
    before = stored(commands)
    ended = commands("source", "add", address)
    assert (ended.code, ended.said) == (1, "")
    *_, told = ended.complained.splitlines()
    assert any(part in told for part in sentence.split("|")), told
    assert told.endswith("."), told
    assert "swordfish" not in ended.output
    assert stored(commands) == before


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("world")) as opened:
        yield opened


def live(world: World, home: Path, *, discord: str, telegram: str) -> dict[str, str]:
    """The sandbox's servers, reached as an operator reaches a proxy, at the finest log level."""
    return {
        "NEWSBOT_HOME": str(home),
        "NEWSBOT_LOG_LEVEL": "DEBUG",
        "NEWSBOT_DISCORD_API_URL": world.addresses["discord_api"],
        "NEWSBOT_DISCORD_GATEWAY_URL": world.addresses["discord_gateway"],
        "NEWSBOT_DISCORD_TOKEN": discord,
        "NEWSBOT_TELEGRAM_API_URL": world.addresses["telegram_api"],
        "NEWSBOT_TELEGRAM_TOKEN": telegram,
    }


def is_fit_to_be_seen(lines: Sequence[str], *secrets: str) -> bool:
    told = "\n".join(lines)
    return "Traceback" not in told and not any(secret in told for secret in (*CANARIES, *secrets))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("refused", "well", "discord", "telegram"),
    [
        ("discord", "telegram", DISCORD_CANARY, TELEGRAM_TOKEN),
        ("telegram", "discord", DISCORD_TOKEN, TELEGRAM_CANARY),
    ],
    ids=["discord", "telegram"],
)
async def test_a_wrong_token_is_named_and_the_other_platform_goes_on(
    world: World, tmp_path: Path, refused: str, well: str, discord: str, telegram: str
) -> None:
    environment = live(world, tmp_path, discord=discord, telegram=telegram)
    bot = await Process.start("run", environment=environment)
    try:
        told = await bot.line_with(f"platform refused us platform='{refused}'")
        assert f"NEWSBOT_{refused.upper()}_TOKEN" in told
        await bot.line_with(f"platform ready platform='{well}'")
    finally:
        code = await bot.end()
    assert code == 0
    assert is_fit_to_be_seen(bot.lines, DISCORD_TOKEN, TELEGRAM_TOKEN), bot.lines


@pytest.mark.asyncio(loop_scope="module")
async def test_two_wrong_tokens_are_both_named_and_the_bot_ends_with_1(world: World, tmp_path: Path) -> None:
    wrong = live(world, tmp_path, discord=DISCORD_CANARY, telegram=TELEGRAM_CANARY)
    code, told = await newsbot("run", **wrong)
    assert code == 1
    assert "NEWSBOT_DISCORD_TOKEN" in told
    assert "NEWSBOT_TELEGRAM_TOKEN" in told
    assert is_fit_to_be_seen([told]), told


@pytest.mark.asyncio(loop_scope="module")
async def test_a_second_bot_on_the_same_database_says_so_and_leaves_the_first_alone(
    world: World, tmp_path: Path
) -> None:
    environment = live(world, tmp_path, discord=DISCORD_TOKEN, telegram=TELEGRAM_TOKEN)
    first = await Process.start("run", environment=environment)
    try:
        await first.line_with("platform ready platform='discord'")
        code, told = await newsbot("run", **environment)
        assert code == 1
        assert "Another newsbot is running on" in told
        assert "NEWSBOT_HOME" in told
        assert is_fit_to_be_seen([told], DISCORD_TOKEN, TELEGRAM_TOKEN), told
        assert first.process.returncode is None
    finally:
        code = await first.end()
    assert code == 0
    assert is_fit_to_be_seen(first.lines, DISCORD_TOKEN, TELEGRAM_TOKEN), first.lines


async def test_where_no_sandbox_runs_the_bot_says_how_to_start_one(tmp_path: Path) -> None:
    ports = dict.fromkeys(
        ("NEWSBOT_SANDBOX_PORT", "NEWSBOT_SANDBOX_DISCORD_PORT", "NEWSBOT_SANDBOX_TELEGRAM_PORT"), "0"
    )
    code, told = await newsbot("run", "--no-sandbox", NEWSBOT_HOME=str(tmp_path), **ports)
    assert code == 1
    assert "newsbot sandbox" in told
    assert is_fit_to_be_seen([told]), told
