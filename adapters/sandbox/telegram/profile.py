"""What the bot tells about itself: names, descriptions and the command menu by scope and language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.contract import Documents, Suggestion
from adapters.sandbox.telegram.cast import LANGUAGE
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.params import whole
from adapters.sandbox.telegram.room import Room

COMMANDS_AT_MOST = 100
_PROFILE, _COMMANDS = "telegram.profile", "telegram.commands"
_NAME = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SCOPES = (
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
)


class Profile:
    """Texts by kind and language, commands by scope and language; kept on disk."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._texts = {key: str(body["text"]) for key, body in documents.all(_PROFILE).items()}
        self._menus: dict[str, list[Mapping[str, Any]]] = {}
        for key, body in documents.all(_COMMANDS).items():
            self._menus[key] = body["commands"]  # type: ignore[assignment]  # what ``set_commands`` kept

    def set_text(self, kind: str, language: str, text: str) -> None:
        self._texts[f"{kind}/{language}"] = text
        self._documents.put(_PROFILE, f"{kind}/{language}", {"text": text})

    def text(self, kind: str, language: str) -> str:
        """The text in that language, or the one for all languages, or ""."""
        return self._texts.get(f"{kind}/{language}") or self._texts.get(f"{kind}/", "")

    def set_commands(self, scope: str, language: str, commands: Sequence[Mapping[str, Any]]) -> None:
        """Replace the menu of exactly this scope and language; an empty one is forgotten."""
        key = f"{scope}/{language}"
        if commands:
            self._menus[key] = list(commands)
            self._documents.put(_COMMANDS, key, {"commands": list(commands)})
        else:
            self._menus.pop(key, None)
            self._documents.drop(_COMMANDS, key)

    def commands(self, scope: str, language: str) -> list[Mapping[str, Any]]:
        """The menu of exactly this scope and language."""
        return self._menus.get(f"{scope}/{language}", [])

    def menu(self, room: Room, user: int) -> list[Mapping[str, Any]]:
        """What this person's client offers in this chat: the first menu there is, most specific scope first."""
        for scope in _scopes_of(room, user):
            for language in (LANGUAGE, ""):
                menu = self.commands(scope, language)
                if menu:
                    return menu
        return []

    def suggestions(self, room: Room, user: int, typing: str | None) -> tuple[Suggestion, ...]:
        """The menu's commands that begin with what stands in the box; all of them while it is empty."""
        box = (typing or "").lower()
        if box and (not box.startswith("/") or " " in box):
            return ()
        return tuple(
            Suggestion(text=f"/{command['command']} ", label=f"/{command['command']} – {command['description']}")
            for command in self.menu(room, user)
            if f"/{command['command']}".startswith(box)
        )


def _scopes_of(room: Room, user: int) -> list[str]:
    """The order that the Bot API gives under "Determining list of commands"."""
    if room.is_private:
        return [f"chat:{room.id}", "all_private_chats", "default"]
    if room.is_channel:
        return []
    is_admin = user in room.place.admins
    admins = [f"chat_administrators:{room.id}"] if is_admin else []
    all_admins = ["all_chat_administrators"] if is_admin else []
    return [f"chat_member:{room.id}:{user}", *admins, f"chat:{room.id}", *all_admins, "all_group_chats", "default"]


def read_scope(raw: Mapping[str, Any] | None) -> str:
    """A BotCommandScope as the text it is kept under. Raises BadRequestError."""
    if raw is None:
        return "default"
    kind = raw.get("type")
    if kind not in _SCOPES:
        raise BadRequestError("can't parse BotCommandScope: Unsupported type specified")
    match kind:
        case "chat" | "chat_administrators":
            return f"{kind}:{_scope_id(raw, 'chat_id')}"
        case "chat_member":
            return f"{kind}:{_scope_id(raw, 'chat_id')}:{_scope_id(raw, 'user_id')}"
        case _:
            return str(kind)


def _scope_id(raw: Mapping[str, Any], name: str) -> int:
    if name not in raw:
        raise BadRequestError(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    number = whole(raw[name])
    if number is None:
        raise BadRequestError("chat not found")
    return number


def read_language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise BadRequestError("invalid language code specified")
    return code


def read_commands(raw: object) -> list[Mapping[str, Any]]:
    """The commands of setMyCommands. Raises BadRequestError for what a menu cannot hold."""
    if not isinstance(raw, list):
        raise BadRequestError("can't parse commands JSON object" if raw is None else "expected an Array of BotCommand")
    if len(raw) > COMMANDS_AT_MOST:
        raise BadRequestError("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in raw]


def _command(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise BadRequestError("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in raw:
            raise BadRequestError(f"can't parse BotCommand: Can't find field \"{name}\"")
    command, description = str(raw["command"]).removeprefix("/").strip(), str(raw["description"]).strip()
    _check_length("command", command, 32)
    _check_length("command description", description, 256)
    if not _NAME.fullmatch(command):
        raise BadRequestError("BOT_COMMAND_INVALID")
    return {**raw, "command": command, "description": description}


def _check_length(what: str, text: str, at_most: int) -> None:
    if not text:
        raise BadRequestError(f"{what} must be non-empty")
    if len(text) > at_most:
        raise BadRequestError(f"{what} length must not exceed {at_most}")
