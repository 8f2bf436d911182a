"""What Discord demands of registered commands ("Application Commands" of its documentation)."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.discord.component_rules import Path
from adapters.sandbox.discord.refusals import BodyErrors

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(
    1, 12
)
_MOST_OF_KIND = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}
_MOST_CHARACTERS = 8000
# Which of the two may stand below a command itself, a sub-command and a group.
_STEPS_WITHIN = {None: {SUB_COMMAND, SUB_COMMAND_GROUP}, SUB_COMMAND: set[int](), SUB_COMMAND_GROUP: {SUB_COMMAND}}
# Discord's pattern is ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$; \w has the letters, numbers and underscore.
_SLASH_NAME = re.compile(r"^[-'\w]{1,32}$")


def check_commands(commands: list[dict[str, Any]]) -> None:
    """Refuse the list as a whole, as a bulk overwrite does; paths start with the command's place in the list."""
    errors = BodyErrors()
    for kind, most in _MOST_OF_KIND.items():
        if sum(1 for command in commands if command.get("type", SLASH) == kind) > most:
            errors.add(
                (),
                "APPLICATION_COMMANDS_MAX",
                f"Maximum number of application commands of type {kind} reached ({most}).",
            )
    names = Counter((command.get("type", SLASH), command.get("name")) for command in commands)
    for index, command in enumerate(commands):
        if names[command.get("type", SLASH), command.get("name")] > 1:
            errors.add(
                (index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        _check_command(command, (index,), errors)
    errors.refuse_if_any()


def _check_command(command: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    kind = command.get("type", SLASH)
    if kind not in _MOST_OF_KIND:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
        return
    if kind == SLASH:
        _check_name(command, path, errors)
        errors.check_length((*path, "description"), command.get("description"), 1, 100)
        _check_options(command.get("options"), (*path, "options"), errors, within=None)
    else:
        errors.check_length((*path, "name"), command.get("name"), 1, 32)
    if _weight(command) > _MOST_CHARACTERS:
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({_MOST_CHARACTERS})")


def _check_name(thing: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    names = {"name": thing.get("name"), **(thing.get("name_localizations") or {})}
    for language, name in names.items():
        here = (*path, "name") if language == "name" else (*path, "name_localizations", language)
        if not isinstance(name, str) or not _SLASH_NAME.match(name) or name != name.lower():
            errors.add(here, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for language, words in (thing.get("description_localizations") or {}).items():
        errors.check_length((*path, "description_localizations", language), words, 1, 100)


def _check_options(options: object, path: Path, errors: BodyErrors, *, within: int | None) -> None:
    if not isinstance(options, list):
        return
    if len(options) > 25:  # noqa: PLR2004  # the documented bound
        errors.too_long(path, 25)
    names: set[object] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = (*path, index)
        if option.get("name") in names:
            errors.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(option.get("name"))
        required = bool(option.get("required"))
        if required and optional_seen:
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                       "Required options must be placed before non-required options")  # fmt: skip
        optional_seen = optional_seen or not required
        _check_option(option, here, errors, within=within)


def _check_option(option: Mapping[str, Any], path: Path, errors: BodyErrors, *, within: int | None) -> None:
    kind = option.get("type")
    if kind not in range(1, 12):
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
        return
    _check_name(option, path, errors)
    errors.check_length((*path, "description"), option.get("description"), 1, 100)
    if kind in {SUB_COMMAND, SUB_COMMAND_GROUP}:
        if kind not in _STEPS_WITHIN[within]:
            errors.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                       "Sub-command and sub-command group option types are mutually exclusive")  # fmt: skip
        _check_options(option.get("options"), (*path, "options"), errors, within=kind)
        return
    _check_choices(option, path, errors)


def _check_choices(option: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        errors.add(
            path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "Choices are not allowed with autocomplete"
        )
    if len(choices) > 25:  # noqa: PLR2004  # the documented bound
        errors.too_long((*path, "choices"), 25)
    for index, choice in enumerate(choices):
        check_choice(choice, (*path, "choices", index), errors)


def check_choice(choice: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    """One choice of an option or of an autocomplete answer."""
    errors.check_length((*path, "name"), choice.get("name"), 1, 100)
    value = choice.get("value")
    if isinstance(value, str):
        errors.check_length((*path, "value"), value, 1, 100)
    elif value is None:
        errors.missing((*path, "value"))


def _weight(thing: Mapping[str, Any]) -> int:
    """Characters of names, descriptions and values; of a localised text the longest version counts."""
    weight = 0
    for key in ("name", "description"):
        texts = [thing.get(key) or "", *(thing.get(f"{key}_localizations") or {}).values()]
        weight += max(len(text) for text in texts)
    weight += sum(
        len(str(choice.get("value", ""))) + len(choice.get("name") or "") for choice in thing.get("choices") or []
    )
    return weight + sum(_weight(option) for option in thing.get("options") or [])
