"""The people's side: what they see, type, press and answer in a chat."""

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.sandbox.contract import SandboxError, Seen, Shown, UnknownChatError, UnknownThingError, View
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT, BOT_USERNAME, USER_IDS, user_json
from adapters.sandbox.telegram.detect import detected
from adapters.sandbox.telegram.entities import utf16_length
from adapters.sandbox.telegram.formatted import TEXT_AT_MOST, Formatted, clean
from adapters.sandbox.telegram.links import start_payload
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.params import whole
from adapters.sandbox.telegram.prompts import FIELD, form_of
from adapters.sandbox.telegram.queries import InlineQueries
from adapters.sandbox.telegram.render import raw_button
from adapters.sandbox.telegram.room import Room
from adapters.sandbox.telegram.watch import Watch

INLINE_WITHIN_S = 1.0


class People:
    """What a person's client does, for all of them."""

    def __init__(self, api: Api, inline: InlineQueries) -> None:
        self._api = api
        self._inline = inline

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        """What the person sees now, with the open prompt and what the box offers."""
        room, user = self.entered(chat, person)
        return View(
            messages=self._history(room, user),
            form=form_of(room, user),
            suggestions=await self._suggestions(room, user, typing),
        )

    async def say(self, chat: str, person: str, text: str, reply_to: str | None) -> Seen:
        """Type a message. Without ``reply_to`` it answers the open prompt, unless it is a command."""
        room, user = self.entered(chat, person)
        if room.is_private and room.bot_is_out:
            raise SandboxError("You have blocked this bot. Unblock it to talk to it.")
        if room.is_channel and user not in room.place.admins:
            raise SandboxError("Only the channel's administrator can post here. Choose moderator 1.")
        target = self._message(room, user, reply_to) if reply_to is not None else self._prompt(room, user, text)
        return await self._said(room, user, text, target)

    async def press(self, chat: str, person: str, message: str, button: str) -> Seen:
        """Press a button; links to this bot are followed, other links are given back."""
        room, user = self.entered(chat, person)
        target = self._message(room, user, message)
        raw = raw_button(target, button)
        if raw is None:
            raise UnknownThingError("This message has no such button any more.")
        if "disabled" in raw:
            raise SandboxError("This button is switched off.")
        if "url" in raw:
            return await self._follow(user, str(raw["url"]))
        if "copy_text" in raw:
            return Seen(toast="Copied")
        if "callback_data" not in raw:
            raise SandboxError("The sandbox cannot press buttons of this kind.")
        return await self._called(self._api.rooms.get(target.chat) or room, user, target, raw)

    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen:
        """Send the reply that a prompt asked for."""
        room, user = self.entered(chat, person)
        prompt = room.prompts.get(user)
        if prompt is None or prompt.name != form:
            raise UnknownThingError("This question is no longer open.")
        return await self._said(room, user, str(fields.get(FIELD, "")), room.messages[prompt])

    def entered(self, chat: str, person: str) -> tuple[Room, int]:
        """The chat and the person in it. Raises UnknownChatError."""
        number = whole(chat)
        room = self._api.rooms.living(number) if number is not None else None
        user = USER_IDS.get(person)
        if room is None or user is None or user not in room.place.people:
            raise UnknownChatError("There is no such chat for this person.")
        return room, user

    def _history(self, room: Room, user: int) -> tuple[Shown, ...]:
        rooms = self._api.rooms.past(room)
        seen = [(place, m) for place in rooms for m in _visible(place, user)]
        instead = {(place.id, m.replaces): m for place, m in seen if m.replaces}
        views = []
        for place, message in seen:
            if message.replaces and Key(0, message.replaces) in place.messages:
                continue
            views.append(self._api.stage.face(place, _instead(instead, place, message), user))
        return tuple(views)

    async def _suggestions(self, room: Room, user: int, typing: str | None) -> tuple[Any, ...]:
        name = f"@{BOT_USERNAME} "
        if typing is not None and typing.lower().startswith(name) and not room.is_channel:
            return await self._inline.ask(user_json(user), typing[len(name) :], INLINE_WITHIN_S)
        return self._api.profile.suggestions(room, user, typing)

    def _message(self, room: Room, user: int, name: str) -> Message:
        number = whole(name.removeprefix("e"))
        if number is not None:
            key = Key(user if name.startswith("e") else 0, number)
            for place in reversed(self._api.rooms.past(room)):
                if key in place.messages:
                    return place.messages[key]
        raise UnknownThingError("There is no such message in this chat.")

    @staticmethod
    def _prompt(room: Room, user: int, text: str) -> Message | None:
        key = room.prompts.get(user)
        return room.messages.get(key) if key and not text.startswith("/") else None

    async def _said(self, room: Room, user: int, text: str, target: Message | None) -> Seen:
        words = clean(Formatted(text=text)).text
        if not words:
            raise SandboxError("There is nothing to send.")
        if utf16_length(words) > TEXT_AT_MOST:
            raise SandboxError(f"A Telegram message holds {TEXT_AT_MOST} characters; this one has more.")
        message = self._typed(room, user, words, target)
        if target and room.prompts.get(user) == target.key:
            del room.prompts[user]
        self._api.stage.show(room, message)

        def is_answer(chat: int, key: Key) -> bool:
            """In private everything is; elsewhere what replies to this message or is shown to this person alone."""
            return user in {chat, key.receiver} or room.messages[key].reply_to == message.key

        with self._api.watches.watching(user, room.id, user, is_answer=is_answer) as watch:
            if self._is_for_bot(room, message):
                watch.update = self._api.updates.add(
                    "channel_post" if room.is_channel else "message", room.json_of(message)
                )
            if watch.update is not None and self._expects_answer(room, message):
                await watch.until_quiet()
            return self._seen(watch, room)

    def _typed(self, room: Room, user: int, words: str, target: Message | None) -> Message:
        is_whisper = room.is_group and (bool(target and target.receiver) or self._is_ephemeral(room, user, words))
        return Message(
            chat=room.id,
            id=room.next_ephemeral_id(user) if is_whisper else room.next_id(),
            sender=room.id if room.is_channel else user,
            at=self._api.ground.clock(),
            text=words,
            entities=detected(words),
            reply_to=target.key if target and target.chat == room.id else None,
            receiver=user if is_whisper else 0,
        )

    def _is_ephemeral(self, room: Room, user: int, words: str) -> bool:
        name = words.split(maxsplit=1)[0].partition("@")[0]
        menu = self._api.profile.menu(room, user) if name.startswith("/") else []
        return any(f"/{command['command']}" == name and command.get("is_ephemeral") for command in menu)

    @staticmethod
    def _is_for_bot(room: Room, message: Message) -> bool:
        """Privacy mode: in groups a bot that is no administrator gets commands, replies to it and mentions of it."""
        if room.bot_is_out:
            return False
        if not room.is_group or room.bot_is_admin or message.receiver:
            return True
        replied = room.replied(message)
        if replied is not None and replied.sender == BOT:
            return True
        units = message.text.encode("utf-16-le")
        for entity in message.entities:
            word = units[2 * entity.offset : 2 * entity.end].decode("utf-16-le").lower()
            if entity.type == "bot_command" and word.partition("@")[2] in ("", BOT_USERNAME):
                return True
            if entity.type == "mention" and word == f"@{BOT_USERNAME}":
                return True
        return False

    def _expects_answer(self, room: Room, message: Message) -> bool:
        """A post in a channel is addressed to nobody; and where no bot listens, nobody waits for it."""
        if room.is_channel and not message.text.startswith("/"):
            return False
        return self._api.has_listener

    async def _called(self, room: Room, user: int, target: Message, raw: Mapping[str, Any]) -> Seen:
        with self._api.watches.watching(user, room.id, user) as watch:
            press = self._api.presses.add(user, room.id, target.key, watch)
            query = {
                "id": press.id,
                "from": user_json(user),
                "message": room.json_of(target),
                "chat_instance": str(room.id * -7919),
                "data": raw["callback_data"],
            }
            watch.update = self._api.updates.add("callback_query", query)
            if watch.update is not None and self._api.has_listener:
                await watch.until_answered()
            seen = self._seen(watch, room, pressed=target)
        reply = watch.reply
        if reply is not None and reply.url:
            return await self._follow(user, reply.url, first_answer_ms=watch.first_answer_ms)
        return seen

    async def _follow(self, user: int, url: str, first_answer_ms: float | None = None) -> Seen:
        payload = start_payload(url, BOT_USERNAME)
        if payload is None:
            return Seen(url=url)
        seen = await self._said(self._api.rooms.get(user) or self._lost(), user, f"/start {payload}".strip(), None)
        return Seen(
            form=seen.form,
            messages=seen.messages,
            url=url,
            chat=str(user),
            first_answer_ms=seen.first_answer_ms if first_answer_ms is None else first_answer_ms,
        )

    @staticmethod
    def _lost() -> Room:
        raise UnknownChatError("This person has no private chat with the bot.")

    def _seen(self, watch: Watch, room: Room, *, pressed: Message | None = None) -> Seen:
        """What changed for the person; what is meant for them alone, or stands where they pressed, comes last."""
        here = [key for chat, key in watch.changed if chat == room.id]
        there = [key for chat, key in watch.changed if chat != room.id]
        place = room if here or not there else self._api.rooms.get(watch.user) or room
        found = [place.messages[key] for key in (here or there) if key in place.messages]
        found.sort(key=lambda one: one is pressed or one.receiver == watch.user or watch.counts(place.id, one.key))
        return Seen(
            toast=(watch.reply.text or None) if watch.reply else None,
            form=form_of(place, watch.user),
            messages=tuple(self._api.stage.face(place, message, watch.user) for message in found),
            chat=str(place.id) if place is not room else None,
            first_answer_ms=watch.first_answer_ms,
        )


def _visible(place: Room, user: int) -> Iterable[Message]:
    """What this person may see; of the two notes about a migration, the one in the new chat."""
    return (
        m for m in place.messages.values() if m.receiver in (0, user) and "migrate_to_chat_id" not in (m.service or {})
    )


def _instead(instead: Mapping[tuple[int, int], Message], place: Room, message: Message) -> Message:
    """The whisper that this person sees in place of a public message, else the message itself."""
    return message if message.receiver else instead.get((place.id, message.id), message)
