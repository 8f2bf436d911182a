"""Log lines tell what happened, and never a secret nor anything that pretends to be a line of ours."""

import io
import logging
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from adapters.machine.logs import LogEvents, RedactingFormatter, set_up_logs
from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN
from tests.canaries import CANARIES, DISCORD_CANARY, PASSWORD_CANARY, TELEGRAM_CANARY

URL = f"https://api.telegram.org/bot{TELEGRAM_CANARY}/getUpdates?timeout=50"
DATABASE = f"postgresql+asyncpg://newsbot:{PASSWORD_CANARY}@db.example/news"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process writes to standard error, at the finest level; the log is put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    for handler in handlers:
        root.removeHandler(handler)
    set_up_logs("DEBUG")
    yield stream
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


def raise_with(secret: str) -> None:
    try:
        int(f"inside {secret}")
    except ValueError as error:
        raise RuntimeError(f"The token `{secret}` was rejected by the server.") from error


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL])
@pytest.mark.parametrize("secret", [DISCORD_CANARY, TELEGRAM_CANARY, URL, DATABASE, DISCORD_TOKEN, TELEGRAM_TOKEN])
def test_a_token_or_password_that_nobody_told_us_of_is_cut_by_its_shape(
    written: io.StringIO, level: int, secret: str
) -> None:
    log = logging.getLogger("somebody.elses")
    log.log(level, "in the message: " + secret)  # noqa: G003  # what careless code does
    log.log(level, "as an argument: %s, %r", secret, {"token": secret})
    log.log(level, "as bytes: %s", secret.encode())
    try:
        raise_with(secret)
    except RuntimeError as error:
        log.log(level, "in a traceback", exc_info=True)
        LogEvents().trouble("in an event", error, address=secret)
    told = written.getvalue()
    assert "rejected by the server" in told
    for canary in (*CANARIES, DISCORD_TOKEN, TELEGRAM_TOKEN):
        assert canary not in told


def test_a_token_is_cut_where_it_stands_quoted_in_an_address() -> None:
    assert RedactingFormatter().redact(f"/bot{quote(TELEGRAM_CANARY)}/getMe") == "/bot[secret]/getMe"


def test_a_known_secret_is_cut_whatever_its_shape() -> None:
    assert RedactingFormatter(["swordfish"]).redact("password=swordfish&x") == "password=[secret]&x"


def test_no_secret_is_no_reason_to_cut_anything() -> None:
    told = "2026-11-23T12:00:00Z 12:30 https://news.example/a@b?c=d 1.2.3 a.b.c host:8080 user@host"
    assert RedactingFormatter(["", ""]).redact(told) == told


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_a_text_from_outside_cannot_forge_a_line(written: io.StringIO, end: str) -> None:
    forged = "2026-11-23T12:00:00Z WARNING newsbot: all accounts were deleted"
    logging.getLogger("newsbot").info("title %s", f"News{end}{forged}")
    LogEvents().note("article", title=f"News{end}{forged}")
    LogEvents().trouble("broken", ValueError(f"News{end}{forged}"))
    assert forged in written.getvalue()
    assert not any(line.startswith("2026-11-23T12:00:00Z WARNING") for line in written.getvalue().splitlines())
    assert sum(not line.startswith("  ") for line in written.getvalue().splitlines()) == 3, "three events were logged"


@pytest.mark.parametrize(
    "escape", ["\x1b[31m", "\x1b[2J", "\x1b[1;1H", "\x1b]0;owned\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "\x08\x08"]
)
def test_a_text_from_outside_cannot_move_the_terminal(written: io.StringIO, escape: str) -> None:
    logging.getLogger("newsbot").info("before%safter", escape)
    told = written.getvalue()
    assert "before" in told
    assert "after" in told
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in told.rstrip("\n"))


def test_a_text_from_outside_cannot_turn_the_line_round(written: io.StringIO) -> None:
    logging.getLogger("newsbot").info("\u202egnp.exe\u2066")
    assert "gnp.exe" in written.getvalue()
    assert not {"\u202e", "\u2066"} & set(written.getvalue())


def test_letters_of_all_scripts_stay_as_they_are(written: io.StringIO) -> None:
    logging.getLogger("newsbot").info("Bakı, Москва, 東京, العربية, 👍🏽")
    assert "Bakı, Москва, 東京, العربية, 👍🏽" in written.getvalue()


def test_an_event_tells_its_fields_and_when_it_was_in_utc(written: io.StringIO) -> None:
    LogEvents().note("delivery not sent", platform="discord", count=2)
    LogEvents().warn("platform refused us", reason="no token")
    first, second = written.getvalue().splitlines()
    assert first.endswith("INFO    newsbot: delivery not sent platform='discord' count=2")
    assert first.partition(" ")[0].endswith("Z")
    assert second.endswith("WARNING newsbot: platform refused us reason='no token'")


@pytest.mark.parametrize("library", ["discord.http", "telegram.ext", "aiohttp.access", "alembic.runtime", "aiosqlite"])
def test_libraries_tell_warnings_alone_at_whatever_level(written: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("chatter")
    logging.getLogger(library).warning("something is wrong")
    assert "chatter" not in written.getvalue()
    assert "something is wrong" in written.getvalue()
