"""Every command has its words, ends as it should, and tells what is wrong in a sentence."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from adapters import cli, errors, sources
from adapters.machine.clock import SystemClock
from adapters.machine.health import write_health
from bot.ports.progress import Progress
from tests.canaries import DISCORD_CANARY, PASSWORD_CANARY, TELEGRAM_CANARY
from tests.command_line import CommandLine


@pytest.fixture
def newsbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(tmp_path / "home", monkeypatch)


def below(command: object, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that lead to the command and to every command below it."""
    yield path
    for name, sub in getattr(command, "commands", {}).items():
        yield from below(sub, *path, name)


@pytest.mark.parametrize("path", list(below(typer.main.get_command(cli.app))), ids=" ".join)
def test_every_command_tells_in_a_sentence_what_it_is_for(newsbot: CommandLine, path: tuple[str, ...]) -> None:
    ended = newsbot(*path, "--help")
    assert ended.code == 0
    usage, told, *_ = (line.strip() for line in ended.said.splitlines() if line.strip())
    assert usage.startswith("Usage: ")
    assert told[0].isupper()
    assert not newsbot.home.exists(), "asking for help changes nothing"


def test_help_is_had_without_loading_platforms_or_databases() -> None:
    heavy = "discord", "telegram", "sqlalchemy", "lxml", "aiohttp"
    told = f"import sys, adapters.cli; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("source", "dance"),
        ("import",),
        ("source", "add"),
        ("source", "add", "https://news.example", "--every", "5"),
        ("source", "add", "https://news.example", "--every", "nan"),
        ("source", "add", "https://news.example", "--every", "100000"),
        ("source", "add", "https://news.example", "--choose", "first"),
        ("source", "import"),
        ("story", "show", "0"),
        ("article", "list", "--limit", "0"),
        ("run", "--fast"),
    ],
)
def test_a_command_that_cannot_be_meant_so_ends_with_2_and_does_nothing(
    newsbot: CommandLine, arguments: tuple[str, ...]
) -> None:
    ended = newsbot(*arguments)
    assert ended.code == 2
    assert "Usage:" in ended.complained
    assert not newsbot.home.exists()


@pytest.mark.parametrize("arguments", [("run",), ("sandbox",), ("migrate",), ("health",), ("source", "list")])
def test_wrong_settings_are_all_named_end_with_2_and_nothing_is_started(
    newsbot: CommandLine, arguments: tuple[str, ...]
) -> None:
    ended = newsbot(
        *arguments,
        NEWSBOT_SANDBOX_PORT="http",
        NEWSBOT_DISCORD_TOKEN=DISCORD_CANARY + " ",
        NEWSBOT_DATABASE_URL=f"mysql://newsbot:{PASSWORD_CANARY}@db.example/news",
    )
    assert ended.code == 2
    assert ended.said == ""
    first, *lines = ended.complained.splitlines()
    assert first == "Wrong settings, nothing was started:"
    assert {line.partition(":")[0] for line in lines} == {
        "NEWSBOT_SANDBOX_PORT",
        "NEWSBOT_DISCORD_TOKEN",
        "NEWSBOT_DATABASE_URL",
    }
    assert all("expected " in line or "should be" in line for line in lines)
    assert not newsbot.home.exists()


def test_a_slip_in_a_setting_s_name_is_told_and_the_command_goes_on(newsbot: CommandLine) -> None:
    ended = newsbot("health", NEWSBOT_TELEGRAM_TOKE=TELEGRAM_CANARY)
    assert "NEWSBOT_TELEGRAM_TOKE is no setting. Did you mean NEWSBOT_TELEGRAM_TOKEN?" in ended.complained
    assert "No bot has run" in ended.said


def test_health_ends_with_0_only_while_a_running_bot_gets_on(newsbot: CommandLine) -> None:
    now = SystemClock().now()
    newsbot.home.mkdir()
    assert newsbot("health").code == 1
    write_health(newsbot.home, Progress(connected={"discord"}), now)
    well = newsbot("health")
    assert (well.code, well.said) == (0, "All is well on discord.\n")
    for progress, at, sentence in (
        (Progress(connected={"discord"}), now - timedelta(minutes=2), "gave no sign since"),
        (Progress(platforms=frozenset({"discord"})), now, "no platform is connected"),
        (Progress(connected={"discord"}, loops={"sources": now - timedelta(minutes=6)}), now, "Stuck"),
    ):
        write_health(newsbot.home, progress, at)
        ended = newsbot("health")
        assert ended.code == 1
        assert sentence in ended.said
    (newsbot.home / "health.json").write_text("{")
    damaged = newsbot("health")
    assert damaged.code == 1
    assert "damaged" in damaged.said


def test_what_the_bot_stands_on_and_cannot_is_named_with_the_setting_that_says_where(
    newsbot: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    unreachable = f"postgresql+asyncpg://newsbot:{PASSWORD_CANARY}@127.0.0.1:1/news"
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "topics.toml").write_text("topic = 7")
    for code, setting, value, sentence in (
        (2, "NEWSBOT_HOME", str(tmp_path / "file"), "cannot be used as a directory"),
        (2, "NEWSBOT_SEEDS", str(tmp_path / "nowhere"), "topics.toml cannot be read"),
        (2, "NEWSBOT_SEEDS", str(tmp_path / "seeds"), "The catalogue of topics has no [[topic]] in it."),
        (1, "NEWSBOT_DATABASE_URL", unreachable, "The database cannot be used"),
        (1, "NEWSBOT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}", "The database cannot be used"),
    ):
        ended = newsbot("source", "list", **{setting: value})
        assert ended.code == code
        assert ended.said == ""
        assert sentence in ended.complained
        assert setting in ended.complained or "catalogue" in ended.complained


def test_an_error_of_our_own_ends_with_1_and_its_stack_trace_holds_no_secret(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(f"{TELEGRAM_CANARY} {DISCORD_CANARY} postgresql://u:{PASSWORD_CANARY}@h/d")

    monkeypatch.setattr(sources, "all_sources", broken)
    ended = newsbot.unchecked("source", "list")
    assert ended.code == 1
    assert ended.complained.splitlines()[-1].startswith("This is an error in newsbot itself")
    assert "ZeroDivisionError: [secret] [secret]" in ended.complained


@pytest.mark.parametrize("error", errors.TOLD)
def test_every_error_with_a_sentence_is_told_and_ends_with_1_or_2_where_a_setting_is_wrong(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def refuses(*_: object, **__: object) -> None:
        raise error("It cannot be done. Do this.", **({"kind": "x"} if error.__name__ == "ReadingError" else {}))

    monkeypatch.setattr(sources, "all_sources", refuses)
    ended = newsbot("source", "list")
    assert (ended.code, ended.said) == (2 if issubclass(error, errors.WRONG_SETTINGS) else 1, "")
    assert ended.complained.splitlines()[-1] == "It cannot be done. Do this."
