"""What a person types after a slash, bound to the options of a registered command."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.sandbox.contract import SandboxError
from adapters.sandbox.discord import cast
from adapters.sandbox.discord.command_rules import (
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    ROLE,
    SLASH,
    STRING,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
    USER,
)

_YES, _NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_MOST_TEXT = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One option with what was typed for it; ``start`` is where its value begins in the line."""

    option: dict[str, Any]
    raw: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A typed line understood: the command, the sub-commands on the way, and the options after them."""

    command: dict[str, Any]
    path: tuple[dict[str, Any], ...]
    options: tuple[dict[str, Any], ...]
    bound: tuple[Bound, ...] = ()
    left_over: str = ""

    @property
    def name(self) -> str:
        return " ".join(["/" + self.command["name"], *(step["name"] for step in self.path)])

    def with_bound(self, bound: Bound) -> "Line":
        """The line with one more option."""
        return replace(self, bound=(*self.bound, bound))

    def data(self, *, typing: Bound | None = None) -> dict[str, Any]:
        """``data`` of the interaction; with ``typing`` that of an autocomplete, its option in focus and unchecked."""
        options = [_autocompleted(bound, typing) for bound in self.bound] if typing else self._checked()
        for step in reversed(self.path):
            options = [{"type": step["type"], "name": step["name"], "options": options}]
        data: dict[str, Any] = {
            "id": self.command["id"],
            "name": self.command["name"],
            "type": SLASH,
            "options": options,
        }
        if self.command.get("guild_id"):
            data["guild_id"] = self.command["guild_id"]
        return data

    def _checked(self) -> list[dict[str, Any]]:
        if self.left_over:
            raise SandboxError(f"{self.name} takes no more words than that: “{self.left_over}” is too much.")
        given = {bound.option["name"] for bound in self.bound}
        for option in self.options:
            if option.get("required") and option["name"] not in given:
                raise SandboxError(f"{self.name} needs {option['name']}: {option['description']}")
        return [
            {"type": bound.option["type"], "name": bound.option["name"], "value": value_of(bound.option, bound.raw)}
            for bound in self.bound
        ]


def _autocompleted(bound: Bound, typing: Bound) -> dict[str, Any]:
    option = {"type": bound.option["type"], "name": bound.option["name"], "value": bound.raw}
    return {**option, "focused": True} if bound is typing else option


def find_command(text: str, commands: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The slash command that the line names."""
    name = text[1:].split(maxsplit=1)[0] if text[1:].strip() else ""
    return next((one for one in commands if one["type"] == SLASH and one["name"] == name), None)


def read_line(text: str, command: dict[str, Any]) -> Line:
    """Follow the sub-commands, then hand the words to the options; raises SandboxError for a sub-command not there."""
    position = _after_word(text, 1)
    options = list(command.get("options") or ())
    path: list[dict[str, Any]] = []
    while options and options[0]["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP}:
        end = _after_word(text, position)
        word = text[position:end].strip()
        step = next((option for option in options if option["name"] == word), None)
        if step is None:
            names = ", ".join(option["name"] for option in options)
            where = " ".join(["/" + command["name"], *(one["name"] for one in path)])
            raise SandboxError(f"{where} needs one of: {names}.")
        path.append(step)
        options, position = list(step.get("options") or ()), end
    bound, left_over = _bind(text, position, options)
    return Line(
        command=command,
        path=tuple(path),
        options=tuple(options),
        bound=tuple(bound),
        left_over=left_over,
    )


def _after_word(text: str, start: int) -> int:
    """Where the next word begins."""
    match = re.compile(r"\S*\s*").match(text, start)
    return match.end() if match else len(text)


def _bind(text: str, start: int, options: list[dict[str, Any]]) -> tuple[list[Bound], str]:
    """``name:value`` pairs first; the words before them go to the other options in order."""
    names = {option["name"]: option for option in options}
    pattern = "|".join(map(re.escape, names))
    pairs = list(re.finditer(rf"(?:(?<=\s)|^)({pattern}):\s*", text[start:])) if names else []
    bound = []
    for index, pair in enumerate(pairs):
        end = pairs[index + 1].start() if index + 1 < len(pairs) else len(text) - start
        bound.append(
            Bound(option=names[pair[1]], raw=text[start + pair.end() : start + end].strip(), start=start + pair.end())
        )
    named = {one.option["name"] for one in bound}
    free = [option for option in options if option["name"] not in named]
    stop = start + pairs[0].start() if pairs else len(text)
    by_place, left_over = _bind_by_place(text[:stop], start, free)
    order = {option["name"]: index for index, option in enumerate(options)}
    return sorted(by_place + bound, key=lambda one: order[one.option["name"]]), left_over


def _bind_by_place(text: str, start: int, options: list[dict[str, Any]]) -> tuple[list[Bound], str]:
    """A word for each option; the last text option takes the rest of the line."""
    last_text = max((index for index, option in enumerate(options) if option["type"] == STRING), default=-1)
    bound: list[Bound] = []
    position = start
    for index, option in enumerate(options):
        if not text[position:].strip():
            break
        if index == last_text:
            return [*bound, Bound(option=option, raw=text[position:].strip(), start=position)], ""
        end = _after_word(text, position)
        bound.append(Bound(option=option, raw=text[position:end].strip(), start=position))
        position = end
    return bound, text[position:].strip()


def value_of(option: Mapping[str, Any], raw: str) -> object:
    """The typed words as the option's kind; raises SandboxError that says what was expected."""
    name = option["name"]
    if option.get("choices"):
        for choice in option["choices"]:
            if raw.casefold() in {str(choice["value"]).casefold(), choice["name"].casefold()}:
                return choice["value"]
        names = ", ".join(choice["name"] for choice in option["choices"])
        raise SandboxError(f"“{raw}” is not one of the choices for {name}: {names}.")
    match option["type"]:
        case 3:
            return _text(option, raw)
        case 4 | 10:
            return _number(option, raw)
        case 5:
            return _flag(name, raw)
        case 6 | 7 | 8 | 9:
            return _reference(option, raw)
        case _:
            raise SandboxError(f"Files cannot be sent from here, so {name} cannot be given.")


def _text(option: Mapping[str, Any], raw: str) -> str:
    low, high = option.get("min_length") or 0, option.get("max_length") or _MOST_TEXT
    if not low <= len(raw) <= high:
        raise SandboxError(f"{option['name']} takes between {low} and {high} characters, not {len(raw)}.")
    return raw


def _number(option: Mapping[str, Any], raw: str) -> float:
    whole = option["type"] == INTEGER
    try:
        number = int(raw) if whole else float(raw)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise SandboxError(f"“{raw}” is not {kind}, which {option['name']} needs.") from None
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and number < low) or (high is not None and number > high):
        limits = " and ".join(
            words
            for words in (f"at least {low}" if low is not None else "", f"at most {high}" if high is not None else "")
            if words
        )
        raise SandboxError(f"{option['name']} must be {limits}.")
    return number


def _flag(name: str, raw: str) -> bool:
    if raw.casefold() in _YES:
        return True
    if raw.casefold() in _NO:
        return False
    raise SandboxError(f"“{raw}” is neither yes nor no, which {name} needs.")


def _reference(option: Mapping[str, Any], raw: str) -> str:
    wanted = raw.strip("<@!&#>").casefold()
    known: dict[str, str] = {}
    if option["type"] in {USER, MENTIONABLE}:
        known |= cast.PERSON_IDS | {cast.BOT_ID: "newsbot"}
    if option["type"] in {ROLE, MENTIONABLE}:
        known |= {role["id"]: role["name"].removeprefix("@") for role in cast.ROLES}
    if option["type"] == CHANNEL:
        known |= {one["id"]: one["name"] for one in cast.first_channels() if one.get("name")}
    for thing_id, name in known.items():
        if wanted in {thing_id, name.casefold()}:
            return thing_id
    raise SandboxError(f"There is no “{raw}” here for {option['name']}; there are: {', '.join(known.values())}.")
