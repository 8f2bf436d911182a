"""Backing up and coming back at a terminal."""

from pathlib import Path

import pytest

from adapters.machine.run_lock import only_one
from tests.command_line import CommandLine
from tests.stored_rows import rows_of

MUSEUM = """Baku opens a museum of carpets
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A person at a terminal whose bot knows one story, and who made a backup of it."""
    at_terminal = CommandLine(tmp_path / "home", monkeypatch)
    at_terminal.has_database()
    page = tmp_path / "page.txt"
    page.write_text(MUSEUM)
    assert at_terminal("import", str(page)).code == 0
    made = at_terminal("backup", "one.backup")
    assert (made.code, made.said) == (0, "one.backup holds 1 article, and 0 posts that had not left.\n")
    page.write_text(MUSEUM.replace("carpets", "teapots"))
    assert at_terminal("import", str(page)).code == 0
    return at_terminal


def _database(commands: CommandLine) -> Path:
    return commands.home / "newsbot.db"


def test_coming_back_says_first_what_that_means_asks_and_keeps_what_was_there(commands: CommandLine) -> None:
    before = rows_of(_database(commands))
    refused = commands("restore", "one.backup")
    assert refused.code == 1
    assert "Nothing was changed." in refused.complained
    assert rows_of(_database(commands)) == before

    done = commands("restore", "one.backup", "--yes")
    assert done.code == 0
    told = done.said.splitlines()
    assert told[0].endswith("It holds 1 article, and 0 posts that had not left.")
    assert "How many posts could repeat cannot be counted" in told[1], "this installation never ran a bot"
    assert "What was there before is kept: " in told[-1]
    assert "teapots" not in commands("story", "list").said
    [kept] = _database(commands).parent.glob("newsbot.db.before-*")
    assert any("teapots" in row for row in rows_of(kept))


def test_what_cannot_be_done_is_said_and_ends_with_1(commands: CommandLine) -> None:
    before = rows_of(_database(commands))
    for arguments in (("backup", "one.backup"), ("restore", "page.txt", "--yes"), ("restore", "no.backup")):
        refused = commands(*arguments)
        assert (refused.code, refused.said) == (1, "")
        assert refused.complained
    with only_one(_database(commands)):
        refused = commands("restore", "one.backup", "--yes")
    assert (refused.code, refused.said) == (1, "")
    assert "Another newsbot is running" in refused.complained
    assert rows_of(_database(commands)) == before
