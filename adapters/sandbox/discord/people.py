"""The people's side: what they see, say, press and fill in, and what comes back at once."""

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.contract import (
    PEOPLE,
    Chat,
    Person,
    SandboxError,
    Seen,
    UnknownChatError,
    UnknownThingError,
    View,
)
from adapters.sandbox.discord import cast, messages, slash
from adapters.sandbox.discord.archive import Entry
from adapters.sandbox.discord.component_rules import BUTTON, SELECTS, walk
from adapters.sandbox.discord.exchange import Act, Exchange, Patience
from adapters.sandbox.discord.forms import OpenForm
from adapters.sandbox.discord.house import House
from adapters.sandbox.discord.interactions import COMMAND, COMPONENT, MODAL_SUBMIT, Watch
from adapters.sandbox.discord.permissions import Permission
from adapters.sandbox.discord.rights import rights_in, send_right
from adapters.sandbox.discord.suggestions import suggestions

_KINDS = {cast.TEXT: "text", cast.DM: "private", cast.FORUM: "forum", cast.ANNOUNCEMENT: "announcement"}
_MOST_SHOWN = 200


class People:
    """What the three people do in this server."""

    def __init__(self, house: House, patience: Patience) -> None:
        self._house = house
        self._exchange = Exchange(house, patience)
        self._forms: dict[tuple[str, str], OpenForm] = {}

    def chats(self) -> list[Chat]:
        """Channels and private chats in their first order, then threads as they were opened."""
        channels = self._house.archive.channels.values()
        shown = [channel for channel in channels if _people(channel)]
        return [_chat(channel) for channel in sorted(shown, key=lambda one: one["type"] in cast.THREADS)]

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        channel = self.entered(chat, person)
        form = self._forms.get((chat, person))
        return View(
            messages=tuple(self._house.board.shown(entry, person) for entry in self._entries(channel, person)),
            form=form.as_form() if form else None,
            suggestions=await suggestions(self._exchange, channel, person, self._commands(channel, person), typing),
        )

    async def say(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen:
        channel, text = self.entered(chat, person), text.strip()
        if not text:
            raise SandboxError("There is nothing to send: the text is empty.")
        if channel["type"] == cast.FORUM:  # Discord's client has no line to write in there, for commands either
            raise SandboxError("A forum has posts, not messages: write in one of its posts.")
        if text.startswith("/"):
            return await self._command(channel, person, text)
        return await self._chatter(channel, person, text, reply_to)

    async def press(self, chat: str, person: str, message: str, button: str) -> Seen:
        entry = self._entry(self.entered(chat, person), person, message)
        name, _, value = button.partition("=")
        component = _component(entry, button) or _component(entry, name)
        if component is None:
            raise UnknownThingError(f"Message {message} has no button {button}.")
        if component.get("disabled"):
            raise SandboxError("This button is switched off.")
        if component.get("url"):
            return Seen(url=component["url"])
        data = {"id": component["id"], "custom_id": component["custom_id"], "component_type": component["type"]}
        if component["type"] in SELECTS:
            data["values"] = _picked(component, value)
        channel = self._house.archive.channels[entry.channel_id]
        return await self._do(Act(kind=COMPONENT, channel=channel, person=person, data=data, source=entry))

    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen:
        channel = self.entered(chat, person)
        is_open = self._forms.get((chat, person))
        if is_open is None or is_open.id != form:
            raise UnknownThingError("This form is not open any more; press the button again.")
        data = is_open.submission(fields)
        seen = await self._do(Act(kind=MODAL_SUBMIT, channel=channel, person=person, data=data, source=is_open.source))
        # A form whose answer failed stays open with the person, as in Discord's own client.
        if seen.first_answer_ms is not None and self._forms.get((chat, person)) is is_open:
            del self._forms[chat, person]
            self._house.ground.pulse.beat("discord", chat)
        return seen

    async def _command(self, channel: dict[str, Any], person: str, text: str) -> Seen:
        command = slash.find_command(text, self._commands(channel, person))
        if command is None:
            name = text.split(maxsplit=1)[0]
            raise SandboxError(f"There is no command {name} here. Type / to see what there is.")
        data = slash.read_line(text, command).data()
        spoken = Entry(payload=self._line(channel, person, text), to=person, spoken=True)
        await self._house.board.put_up(spoken)
        return await self._do(Act(kind=COMMAND, channel=channel, person=person, data=data, spoken=spoken))

    def _commands(self, channel: dict[str, Any], person: str) -> list[dict[str, Any]]:
        """The commands that the person can use here, the server's own first."""
        guild_id, archive = channel.get("guild_id"), self._house.archive
        if guild_id and not archive.bot_is_in:
            return []
        own = archive.commands.get(guild_id, []) if guild_id else []
        names = {(one["type"], one["name"]) for one in own}
        everywhere = [one for one in archive.commands.get("global", []) if (one["type"], one["name"]) not in names]
        rights = rights_in(archive, channel, cast.USER_IDS[person])
        return [one for one in (*own, *everywhere) if _is_offered(one, in_guild=bool(guild_id), rights=rights)]

    async def _chatter(self, channel: dict[str, Any], person: str, text: str, reply_to: str | None) -> Seen:
        if not rights_in(self._house.archive, channel, cast.USER_IDS[person]) & send_right(channel):
            raise SandboxError("Only the bot and moderators can write here.")
        line = self._line(channel, person, text)
        replied_to = None
        if reply_to is not None:
            original = self._entry(channel, person, reply_to)
            replied_to = original.payload["author"]["id"]
            line["type"] = messages.REPLY
            line["message_reference"] = {"type": 0, "message_id": original.id, "channel_id": channel["id"]}
        entry = Entry(payload=line)
        pinged = self._house.board.ping(line, None, replied_to=replied_to)
        await self._house.board.put_up(entry, pinged=pinged)
        return Seen(messages=(self._house.board.shown(entry, person),))

    def _line(self, channel: dict[str, Any], person: str, text: str) -> dict[str, Any]:
        """What the person typed, as a message."""
        user = cast.user(cast.PERSONS[person])
        message_id = self._house.board.next_id()
        return messages.new_message({"content": text}, message_id=message_id, channel_id=channel["id"], author=user)

    async def _do(self, act: Act) -> Seen:
        if not self._exchange.reaches_bot:
            return Seen(toast="newsbot is not online.")
        watch = await self._exchange.put(act)
        toast = None
        if watch.first_ms is None:
            toast = "The application did not respond." if act.kind == COMMAND else "This interaction failed."
        form = self._opened(act, watch.form) if watch.form is not None else None
        return Seen(
            toast=toast,
            form=form.as_form() if form else None,
            messages=self._changed(watch, act.person),
            first_answer_ms=watch.first_ms,
        )

    def _opened(self, act: Act, modal: dict[str, Any]) -> OpenForm:
        form = OpenForm(id=self._house.board.next_id(), modal=modal, source=act.source)
        self._forms[act.channel["id"], act.person] = form
        self._house.ground.pulse.beat("discord", act.channel["id"])
        return form

    def _changed(self, watch: Watch, person: str) -> tuple[Any, ...]:
        return tuple(self._house.board.shown(entry, person) for entry in watch.seen() if entry.to in (None, person))

    def entered(self, chat: str, person: str) -> dict[str, Any]:
        """The channel, for somebody who is in it. Raises UnknownChatError."""
        channel = self._house.archive.channels.get(chat)
        if channel is None:
            raise UnknownChatError(f"There is no chat {chat} on Discord.")
        if all(one.id != person for one in _people(channel)):
            raise UnknownChatError(f"{person} is not in this chat.")
        return channel

    def _entries(self, channel: dict[str, Any], person: str) -> list[Entry]:
        """The latest messages; a forum shows the first message of each of its posts."""
        archive = self._house.archive
        own = archive.visible(channel["id"], person, most=_MOST_SHOWN)
        if channel["type"] != cast.FORUM:
            return own
        starters = [archive.find(post["id"], post["id"]) for post in archive.threads(channel["id"])]
        return [entry for entry in starters if entry is not None] + own

    def _entry(self, channel: dict[str, Any], person: str, message: str) -> Entry:
        # The first message of a forum post has the post's own id, and shows in the forum too.
        places = (channel["id"], message) if channel["type"] == cast.FORUM else (channel["id"],)
        for place in places:
            entry = self._house.archive.find(place, message)
            if entry is not None and entry.to in (None, person):
                return entry
        raise UnknownThingError(f"There is no message {message} here.")


def _chat(channel: dict[str, Any]) -> Chat:
    people = _people(channel)
    title = f"Direct message with {people[0].name}" if channel["type"] == cast.DM else f"#{channel['name']}"
    kind = _KINDS.get(channel["type"], "thread")
    return Chat(platform="discord", chat=channel["id"], title=title, kind=kind, people=people)


def _people(channel: dict[str, Any]) -> tuple[Person, ...]:
    if channel["type"] != cast.DM:
        return PEOPLE if channel["guild_id"] == cast.GUILD_ID else ()
    return tuple(person for person in PEOPLE if cast.DM_IDS[person.id] == channel["id"])


def _is_offered(command: dict[str, Any], *, in_guild: bool, rights: Permission) -> bool:
    """Whether Discord's menu shows the command: by the places it is for, and by the rights it asks for."""
    contexts = command.get("contexts")
    if in_guild:
        return (contexts is None or 0 in contexts) and _is_allowed(command.get("default_member_permissions"), rights)
    return 1 in contexts if contexts is not None else command.get("dm_permission") is not False


def _is_allowed(needed: str | None, rights: Permission) -> bool:
    """All of the needed rights; "0" stands for administrators only."""
    if needed is None or rights & Permission.ADMINISTRATOR:
        return True
    return int(needed) != 0 and not int(needed) & ~rights


def _component(entry: Entry, name: str) -> dict[str, Any] | None:
    """The button or select of this custom id or address."""
    for component in walk(entry.payload["components"]):
        is_pressable = component["type"] == BUTTON or component["type"] in SELECTS
        if is_pressable and name in (component.get("custom_id"), component.get("url")):
            return component
    return None


def _picked(select: dict[str, Any], value: str) -> list[str]:
    """The chosen options of a select; several are joined by commas."""
    known = [str(option["value"]) for option in select.get("options") or ()]
    values = [value] if value in known else [one for one in value.split(",") if one]
    if unknown := [one for one in values if known and one not in known]:
        raise UnknownThingError(f"This menu has no {', '.join(unknown)}.")
    return values
