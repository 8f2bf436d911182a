"""The board: puts messages up, changes them and takes them down, and tells everybody whom it concerns."""

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.contract import PEOPLE, Ground, Shown
from adapters.sandbox.discord import cast, gateway
from adapters.sandbox.discord.archive import Archive, Entry
from adapters.sandbox.discord.drawing import Drawing, draw, visible_text
from adapters.sandbox.discord.gateway import Gateway
from adapters.sandbox.discord.interactions import Watch
from adapters.sandbox.discord.markdown import Reading
from adapters.sandbox.discord.mentions import Pinged, pinged_by
from adapters.sandbox.discord.message_rules import LOADING
from adapters.sandbox.discord.messages import name_pinged
from adapters.sandbox.discord.permissions import Permission
from adapters.sandbox.discord.rights import rights_in
from adapters.sandbox.discord.snowflakes import Snowflakes, unix_time

_FADES_AFTER_S = 20
_USERS: dict[str, dict[str, Any]] = {
    cast.BOT_ID: cast.BOT_USER,
    cast.OWNER_ID: cast.OWNER,
    **{cast.USER_IDS[person.id]: cast.user(person) for person in PEOPLE},
}
_NAMES = {user["id"]: user["global_name"] or user["username"] for user in _USERS.values()} | {
    role["id"]: role["name"].removeprefix("@") for role in cast.ROLES
}


class Board:
    """All changes to what chats show go through here: archive, ledger, page, gateway, and people who wait."""

    def __init__(self, ground: Ground, archive: Archive, bot: Gateway, ids: Snowflakes) -> None:
        self._ground = ground
        self._archive = archive
        self._bot = bot
        self._ids = ids
        self._watches: dict[str, set[Watch]] = {}

    def watch(self, channel_id: str, watch: Watch) -> None:
        """Let the watch note what changes in the channel, until ``unwatch``."""
        self._watches.setdefault(channel_id, set()).add(watch)

    def unwatch(self, channel_id: str, watch: Watch) -> None:
        self._watches[channel_id].discard(watch)

    def next_id(self) -> str:
        return self._ids.next()

    def ping(
        self, message: dict[str, Any], allowed: Mapping[str, Any] | None, *, replied_to: str | None = None
    ) -> Pinged:
        """Work out whom the message pings by its author's rights, and write it into the message."""
        channel = self._archive.channels[message["channel_id"]]
        may_ping_all = bool(rights_in(self._archive, channel, message["author"]["id"]) & Permission.MENTION_EVERYONE)
        pinged = pinged_by(visible_text(message), allowed, may_ping_all=may_ping_all, replied_to=replied_to)
        name_pinged(message, pinged, _USERS)
        return pinged

    async def put_up(
        self, entry: Entry, *, watch: Watch | None = None, nonce: str | None = None, pinged: Pinged | None = None
    ) -> None:
        """Show a new message. ``watch`` belongs to the interaction that it answers; without one all who wait see it."""
        self._archive.keep(entry)
        self._archive.channels[entry.channel_id]["last_message_id"] = entry.id
        self._note(entry, watch)
        if not entry.payload["flags"] & LOADING:
            self._write("shown", entry, nonce=nonce, pinged=pinged)
        if entry.to is None and not entry.spoken:
            await self._tell("MESSAGE_CREATE", entry, {"nonce": nonce} if nonce else {})

    async def change(
        self, entry: Entry, after: dict[str, Any], *, watch: Watch | None = None, pinged: Pinged | None = None
    ) -> None:
        """Show the message as it is now; the first real text of a deferred answer counts as shown, not as edited."""
        was_loading = entry.payload["flags"] & LOADING
        entry.payload, entry.drawing = after, None
        if self._archive.holds(entry):
            self._archive.keep(entry)
        self._note(entry, watch)
        self._write("shown" if was_loading else "edited", entry, pinged=pinged)
        if entry.to is None:
            await self._tell("MESSAGE_UPDATE", entry, {})

    async def take_down(self, entry: Entry) -> None:
        self._archive.drop(entry)
        for watch in self._watches.get(entry.channel_id, ()):
            watch.entries.pop(entry.id, None)
        self._ground.ledger.write("discord", "withdrawn", {"chat": entry.channel_id, "message": entry.id})
        self._ground.pulse.beat("discord", entry.channel_id)
        if entry.to is None:
            guild_id = self._archive.channels[entry.channel_id].get("guild_id")
            data = {"id": entry.id, "channel_id": entry.channel_id, "guild_id": guild_id}
            await self._bot.send("MESSAGE_DELETE", data, intent=_intent(guild_id), guild_id=guild_id)

    def shown(self, entry: Entry, person: str) -> Shown:
        """The message as the person sees it."""
        drawing = self.drawing(entry)
        author = entry.payload["author"]
        reference = entry.payload.get("message_reference") or {}
        return Shown(
            id=entry.id,
            author=_NAMES[author["id"]],
            text=drawing.text,
            title=drawing.title,
            image=drawing.image,
            buttons=drawing.buttons,
            ephemeral=entry.to is not None and not entry.spoken,
            edited=entry.payload["edited_timestamp"] is not None,
            reply_to=reference.get("message_id"),
            html=drawing.html,
            at=unix_time(entry.id),
            mine=author["id"] == cast.USER_IDS[person],
        )

    def drawing(self, entry: Entry) -> Drawing:
        """The drawn message, made anew after a change and when its relative times have aged."""
        now = self._ground.clock()
        drawing = entry.drawing
        if drawing is None or (drawing.fades and now - drawing.at > _FADES_AFTER_S):
            names = _NAMES | {channel["id"]: channel.get("name") or "" for channel in self._archive.channels.values()}
            drawing = entry.drawing = draw(entry.payload, Reading(names=names, now=now))
        return drawing

    def _note(self, entry: Entry, watch: Watch | None) -> None:
        self._ground.pulse.beat("discord", entry.channel_id)
        if watch is not None:
            watch.note(entry, is_own=True)
        elif not entry.spoken:
            for waiting in self._watches.get(entry.channel_id, ()):
                waiting.note(entry)

    def _write(self, kind: str, entry: Entry, *, nonce: str | None = None, pinged: Pinged | None = None) -> None:
        drawing = self.drawing(entry)
        facts: dict[str, object] = {
            "chat": entry.channel_id,
            "message": entry.id,
            "author": _NAMES[entry.payload["author"]["id"]],
            "title": drawing.title,
            "text": drawing.text,
            "to": entry.to,
            "buttons": [{"id": button.id, "label": button.label} for button in drawing.buttons],
        }
        if nonce:
            facts["nonce"] = nonce
        if pinged:
            facts["pinged"] = pinged.as_facts()
        self._ground.ledger.write("discord", kind, facts)

    async def _tell(self, event: str, entry: Entry, more: dict[str, Any]) -> None:
        guild_id = self._archive.channels[entry.channel_id].get("guild_id")
        data = {**entry.payload, **more}
        if guild_id:
            data["guild_id"] = guild_id
            if entry.payload["author"]["id"] != cast.BOT_ID and not _concerns_bot(entry):
                data |= {"content": "", "embeds": [], "attachments": [], "components": []}
        await self._bot.send(event, data, intent=_intent(guild_id), guild_id=guild_id)


def _intent(guild_id: str | None) -> int:
    return gateway.GUILD_MESSAGES if guild_id else gateway.DIRECT_MESSAGES


def _concerns_bot(entry: Entry) -> bool:
    """Without the message-content intent a bot reads what mentions it, besides its own and private messages."""
    return any(user["id"] == cast.BOT_ID for user in entry.payload["mentions"])
