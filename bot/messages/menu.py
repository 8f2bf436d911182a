"""The shape of a command in the menus that platforms show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOption:
    """One option of a command, always a text. ``name`` ≤ 32 of a-z, ``description`` ≤ 100 characters."""

    name: str
    description: str
    is_required: bool = False
    has_suggestions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One command. ``name`` ≤ 32 of a-z, ``description`` ≤ 100 characters.

    ``is_greeting``: only where people open a conversation with a start command; ``is_for_managers``: changes a
    channel's settings, which in shared channels only those may who manage it (a hint for menus; the desk checks).
    """

    name: str
    description: str
    options: tuple[CommandOption, ...] = ()
    is_greeting: bool = False
    is_for_managers: bool = False
