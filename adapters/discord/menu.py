"""The command table as Discord's menu ("Application Commands")."""

from collections.abc import Iterable
from typing import Any, Final

from bot.messages.menu import CommandOption, CommandSpec

_CHAT_INPUT: Final = 1
_STRING: Final = 3
_INSTALLED_IN_SERVER: Final = 0
_IN_SERVER, _IN_PRIVATE_CHAT = 0, 1


def menu(commands: Iterable[CommandSpec]) -> list[dict[str, Any]]:
    """What is registered. Greetings are left out: here people meet us by the menu itself.

    Nothing is hidden by ``default_member_permissions``: that is only a hint, would hide settings from nobody in a
    private chat, and keep moderators without it from finding them; the desk checks rights on each request.
    """
    return [_command(command) for command in commands if not command.is_greeting]


def _command(command: CommandSpec) -> dict[str, Any]:
    required_first = sorted(command.options, key=lambda option: not option.is_required)
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        "description": command.description,
        "options": [_option(option) for option in required_first],
        "integration_types": [_INSTALLED_IN_SERVER],
        "contexts": [_IN_SERVER, _IN_PRIVATE_CHAT],
    }


def _option(option: CommandOption) -> dict[str, Any]:
    return {
        "type": _STRING,
        "name": option.name,
        "description": option.description,
        "required": option.is_required,
        "autocomplete": option.has_suggestions,
    }
