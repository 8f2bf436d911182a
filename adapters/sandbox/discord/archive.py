"""Channels, messages, nonces and commands, in memory for speed and in documents for the next start."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from adapters.sandbox.contract import Documents
from adapters.sandbox.discord import cast
from adapters.sandbox.discord.drawing import Drawing
from adapters.sandbox.discord.message_rules import LOADING

_CHANNELS, _MESSAGES, _NONCES, _COMMANDS = "discord.channel", "discord.message", "discord.nonce", "discord.commands"
_CHANGES = "discord.change"
_MOST_WHISPERS = 20


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """One message of a channel.

    ``payload`` is the API's message object; ``to`` the only person who sees it, or None; ``spoken`` marks the line that
    says which command a person used, which no client can ask for.
    """

    payload: dict[str, Any]
    to: str | None = None
    spoken: bool = False
    drawing: Drawing | None = None

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def channel_id(self) -> str:
        return str(self.payload["channel_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a nonce stands for: the message it made, and when."""

    message: str
    channel: str
    at: float


class Archive:
    """What a restart must show again. Ids are made rising, so insertion order is the order of time."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.channels: dict[str, dict[str, Any]] = dict(documents.all(_CHANNELS))
        if not self.channels:
            for channel in cast.first_channels():
                self.keep_channel(channel)
        self._entries: dict[str, dict[str, Entry]] = {channel: {} for channel in self.channels}
        self._whispers: dict[tuple[str, str], deque[Entry]] = {}
        for document in documents.all(_MESSAGES).values():
            self._remember(_entry(document))
        self._nonces = {nonce: _sent(document) for nonce, document in documents.all(_NONCES).items()}
        self._changes = set(documents.all(_CHANGES))
        self.commands: dict[str, list[dict[str, Any]]] = {
            scope: _commands(document) for scope, document in documents.all(_COMMANDS).items()
        }

    @property
    def bot_is_in(self) -> bool:
        """Whether the bot is in the server."""
        return "out" not in self._changes

    def set_bot_in(self, *, is_in: bool) -> None:
        self._change("out", is_so=not is_in)

    def is_closed(self, channel_id: str) -> bool:
        """Whether the private chat takes nothing from the bot."""
        return f"closed {channel_id}" in self._changes

    def set_closed(self, channel_id: str, *, is_closed: bool) -> None:
        self._change(f"closed {channel_id}", is_so=is_closed)

    def _change(self, name: str, *, is_so: bool) -> None:
        if is_so:
            self._changes.add(name)
            self._documents.put(_CHANGES, name, {})
        else:
            self._changes.discard(name)
            self._documents.drop(_CHANGES, name)

    @property
    def last_id(self) -> int:
        """The highest id that was ever given to a kept message or channel."""
        ids = [int(channel) for channel in self.channels]
        ids += [int(entry) for entries in self._entries.values() for entry in entries]
        return max(ids, default=0)

    def keep_channel(self, channel: dict[str, Any]) -> None:
        self.channels[channel["id"]] = channel
        self._documents.put(_CHANNELS, channel["id"], channel)

    def drop_channel(self, channel_id: str) -> None:
        """Forget the channel and all its messages."""
        for message_id in self._entries.pop(channel_id, {}):
            self._documents.drop(_MESSAGES, message_id)
        self.channels.pop(channel_id, None)
        self._documents.drop(_CHANNELS, channel_id)

    def threads(self, parent_id: str | None = None) -> list[dict[str, Any]]:
        return [
            channel
            for channel in self.channels.values()
            if channel["type"] in cast.THREADS and parent_id in (None, channel["parent_id"])
        ]

    def keep(self, entry: Entry) -> None:
        """Add the message, or write down that it changed."""
        entry.drawing = None
        self._documents.put(_MESSAGES, entry.id, {"payload": entry.payload, "to": entry.to, "spoken": entry.spoken})
        if entry.id not in self._entries.setdefault(entry.channel_id, {}):
            self._remember(entry)

    def drop(self, entry: Entry) -> None:
        self._entries.get(entry.channel_id, {}).pop(entry.id, None)
        self._documents.drop(_MESSAGES, entry.id)

    def holds(self, entry: Entry) -> bool:
        """False once the message was deleted, or gave way to newer ephemeral ones."""
        return self.find(entry.channel_id, entry.id) is entry

    def find(self, channel_id: str, message_id: str) -> Entry | None:
        return self._entries.get(channel_id, {}).get(message_id)

    def history(self, channel_id: str, *, before: int | None, after: int | None, limit: int) -> list[Entry]:
        """Public messages, newest first; with ``after`` the oldest of those that came later."""
        newest_first = (entry for entry in reversed(self._entries.get(channel_id, {}).values()) if _is_public(entry))
        if after is not None:
            later = []
            for entry in newest_first:
                if int(entry.id) <= after:
                    break
                later.append(entry)
            return later[-limit:]
        return list(islice((entry for entry in newest_first if before is None or int(entry.id) < before), limit))

    def visible(self, channel_id: str, person: str, *, most: int) -> list[Entry]:
        """The latest messages that the person sees, oldest first."""
        seen: Iterator[Entry] = (
            entry for entry in reversed(self._entries.get(channel_id, {}).values()) if entry.to in (None, person)
        )
        return list(islice(seen, most))[::-1]

    def sent(self, nonce: str, *, since: float) -> Sent | None:
        """The message that this nonce made at ``since`` (Unix seconds) or later."""
        sent = self._nonces.get(nonce)
        return sent if sent and sent.at >= since else None

    def remember_nonce(self, nonce: str, sent: Sent, *, forget_before: float) -> None:
        for old in list(islice(self._nonces, 4)):
            if self._nonces[old].at < forget_before:
                del self._nonces[old]
                self._documents.drop(_NONCES, old)
        self._nonces.pop(nonce, None)
        self._nonces[nonce] = sent
        self._documents.put(_NONCES, nonce, {"message": sent.message, "channel": sent.channel, "at": sent.at})

    def register(self, scope: str, commands: list[dict[str, Any]]) -> None:
        """Replace the commands of the scope: "global" or a server's id."""
        self.commands[scope] = commands
        self._documents.put(_COMMANDS, scope, {"commands": commands})

    def _remember(self, entry: Entry) -> None:
        self._entries.setdefault(entry.channel_id, {})[entry.id] = entry
        if entry.to is None:
            return
        whispers = self._whispers.setdefault((entry.channel_id, entry.to), deque())
        whispers.append(entry)
        while len(whispers) > _MOST_WHISPERS:
            oldest = whispers.popleft()
            if oldest.to is not None:
                self.drop(oldest)


def _is_public(entry: Entry) -> bool:
    return entry.to is None and not entry.spoken and not entry.payload["flags"] & LOADING


def _entry(document: dict[str, Any]) -> Entry:
    return Entry(payload=document["payload"], to=document["to"], spoken=bool(document["spoken"]))


def _sent(document: dict[str, Any]) -> Sent:
    return Sent(message=document["message"], channel=document["channel"], at=document["at"])


def _commands(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(document["commands"])
