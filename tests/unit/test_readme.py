"""What the README says is what there is."""

import re
from pathlib import Path

import typer
from typer.main import get_command

from adapters.cli import app
from adapters.settings import PREFIX, Settings
from bot.commands.routes import COMMAND_HANDLERS, PRESS_HANDLERS, SUBMISSION_HANDLERS
from bot.commands.table import COMMANDS
from bot.messages.action import Verb
from bot.views.notices import usage

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in README.splitlines() if line.startswith("| `")
]


def test_every_setting_stands_in_the_table_with_its_meaning_and_default() -> None:
    told = {row[0].strip("`"): row[1:] for row in ROWS if row[0].startswith(f"`{PREFIX}")}
    assert set(told) == {PREFIX + name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert told[PREFIX + name.upper()][0] == field.description
        if isinstance(field.default, int | float | str) and name != "seeds":
            assert told[PREFIX + name.upper()][1].strip("`").lower() == str(field.default).lower()


def test_every_chat_command_stands_in_the_table_as_the_menu_has_it() -> None:
    told = {row[0].strip("`"): row[1] for row in ROWS if row[0].startswith("`/")}
    assert list(told) == [usage(command) for command in COMMANDS]
    for command in COMMANDS:
        assert told[usage(command)].startswith(command.description)


def test_every_command_line_command_stands_in_the_table() -> None:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    told = {re.sub(r" [A-Z\[].*", "", row[0].strip("`")): row[1] for row in ROWS if row[0].startswith("`newsbot")}
    known: dict[str, str | None] = {}
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            known |= {f"newsbot {name} {inner}": one.help for inner, one in command.commands.items()}
        else:
            known[f"newsbot {name}"] = command.help
    assert set(told) == set(known)
    for name, words in known.items():
        assert (words or "").split("\n")[0].rstrip(".") == told[name]


def test_every_command_and_button_has_a_handler() -> None:
    assert set(COMMAND_HANDLERS) == {command.name for command in COMMANDS}
    assert set(PRESS_HANDLERS) | set(SUBMISSION_HANDLERS) == set(Verb)


def test_every_command_fits_both_platforms_menus() -> None:
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]{1,32}", command.name)
        assert len(command.description) <= 100
        for option in command.options:
            assert re.fullmatch(r"[a-z]{1,32}", option.name)
            assert len(option.description) <= 100
        required = [option.is_required for option in command.options]
        assert required == sorted(required, reverse=True), "platforms want required options first"
