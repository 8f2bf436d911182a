"""What the box offers while a person types a command."""

from collections.abc import Sequence
from typing import Any

from adapters.sandbox.contract import SandboxError, Suggestion
from adapters.sandbox.discord import slash
from adapters.sandbox.discord.command_rules import SLASH, STRING, SUB_COMMAND, SUB_COMMAND_GROUP
from adapters.sandbox.discord.exchange import Act, Exchange
from adapters.sandbox.discord.interactions import AUTOCOMPLETE

_MOST = 25


async def suggestions(
    exchange: Exchange, channel: dict[str, Any], person: str, commands: Sequence[dict[str, Any]], typing: str | None
) -> tuple[Suggestion, ...]:
    """What may follow ``typing``: commands, then sub-commands, choices, and what the bot suggests itself.

    None stands for an empty box and offers every command.
    """
    if typing is not None and not typing.startswith("/"):
        return ()
    text = typing or "/"
    offered = [one for one in commands if one["type"] == SLASH]
    command = slash.find_command(text, offered)
    if command is None or not any(character.isspace() for character in text):
        return tuple(_command(one) for one in offered if one["name"].startswith(text[1:].strip()))[:_MOST]
    try:
        line, bound = _in_focus(text, slash.read_line(text, command))
    except SandboxError:
        return _sub_commands(text, command)
    if bound is None:
        return ()
    if bound.option.get("autocomplete"):
        data = line.data(typing=bound)
        choices = await exchange.suggestions(Act(kind=AUTOCOMPLETE, channel=channel, person=person, data=data))
    else:
        typed = bound.raw.casefold()
        choices = [one for one in bound.option.get("choices") or () if typed in one["name"].casefold()]
    head = text[: bound.start]
    return tuple(Suggestion(text=f"{head}{choice['value']}", label=choice["name"]) for choice in choices)[:_MOST]


def _in_focus(text: str, line: slash.Line) -> tuple[slash.Line, slash.Bound | None]:
    """The option at the end of the line: the last one touched, or the next one when its first letter is to come."""
    touched = max(line.bound, key=lambda bound: bound.start, default=None)
    takes_spaces = touched is not None and touched.option["type"] == STRING
    if touched is not None and (takes_spaces or not text[-1].isspace()):
        return line, touched
    given = {bound.option["name"] for bound in line.bound}
    option = next((one for one in line.options if one["name"] not in given), None)
    if option is None:
        return line, None
    coming = slash.Bound(option=option, raw="", start=len(text))
    return line.with_bound(coming), coming


def _command(command: dict[str, Any]) -> Suggestion:
    return Suggestion(text=f"/{command['name']} ", label=f"/{command['name']} · {command['description']}")


def _sub_commands(text: str, command: dict[str, Any]) -> tuple[Suggestion, ...]:
    """What may follow the sub-commands typed so far."""
    steps = command.get("options") or ()
    *done, typing = text.split()[1:] + ([""] if text[-1].isspace() else [])
    for word in done:
        step = next((one for one in steps if one["name"] == word), None)
        if step is None:
            return ()
        steps = step.get("options") or ()
    head = " ".join([f"/{command['name']}", *done])
    return tuple(
        Suggestion(text=f"{head} {one['name']} ", label=f"{head} {one['name']} · {one['description']}")
        for one in steps
        if one["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP} and one["name"].startswith(typing)
    )
