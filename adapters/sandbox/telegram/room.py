"""One chat: who is in it, what was said in it and which prompts wait for an answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.sandbox.contract import Chat, Documents
from adapters.sandbox.telegram.cast import BOT, PERSON_IDS, PLACES, PLATFORM, Place, person_of, user_json
from adapters.sandbox.telegram.message import Key, Message

_CHATS, _MESSAGES = "telegram.chat", "telegram.message"
_OF_CHATS = ("first_name", "username")
MEMBER, LEFT, KICKED, MUTED = "member", "left", "kicked", "restricted"
"""What the bot is in a chat, in the Bot API's words; blocked in a private chat is kicked there."""

_KINDS = {"private": "private", "supergroup": "group", "channel": "channel"}


class Room:
    """A chat with its messages, oldest first. Every change is put into the documents at once."""

    def __init__(self, place: Place, documents: Documents, kept: Mapping[str, Any] | None = None) -> None:
        kept = kept or {}
        self.id = place.id
        self.place = place
        self.last_id = int(kept.get("last_id", 0))
        self.bot_is = str(kept.get("bot_is", MEMBER))
        self.migrated_to: int | None = kept.get("migrated_to")
        self.migrated_from: int | None = kept.get("migrated_from")
        self.prompts: dict[int, Key] = {int(user): Key(*key) for user, key in kept.get("prompts", {}).items()}
        self.messages: dict[Key, Message] = {}
        self._maybe_free: dict[int, int] = {}  # by receiver: below this, no ephemeral id is free
        self._documents = documents

    @property
    def is_private(self) -> bool:
        return self.place.type == "private"

    @property
    def is_group(self) -> bool:
        return self.place.type == "supergroup"

    @property
    def is_channel(self) -> bool:
        return self.place.type == "channel"

    @property
    def bot_is_out(self) -> bool:
        return self.bot_is in {LEFT, KICKED}

    @property
    def bot_is_admin(self) -> bool:
        return BOT in self.place.admins

    def as_json(self) -> dict[str, object]:
        """The Bot API's Chat."""
        if not self.is_private:
            return {"id": self.id, "type": self.place.type, "title": self.place.title}
        user = user_json(self.id)
        return {"id": self.id, "type": "private"} | {key: user[key] for key in _OF_CHATS if key in user}

    def as_chat(self) -> Chat:
        people = tuple(person_of(user) for user in self.place.people if is_person(user))
        kind = _KINDS[self.place.type]
        return Chat(platform=PLATFORM, chat=str(self.id), title=self.place.title, kind=kind, people=people)

    def author(self, message: Message) -> str:
        """The name that stands over a message."""
        if message.is_post:
            return self.place.title
        return str(user_json(message.sender)["first_name"])

    def json_of(self, message: Message) -> dict[str, object]:
        """The Bot API's Message, with the message it replies to."""
        return message.as_json(self.as_json(), self.replied(message))

    def replied(self, message: Message) -> Message | None:
        """The message that this one replies to, if it is still there."""
        return self.messages.get(message.reply_to) if message.reply_to else None

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def next_ephemeral_id(self, receiver: int) -> int:
        """The lowest id that is free for this receiver: the platform uses them again, too."""
        number = self._maybe_free.get(receiver, 1)
        while Key(receiver, number) in self.messages:
            number += 1
        self._maybe_free[receiver] = number
        return number

    def keep(self, message: Message) -> None:
        """Add the message, or put its newer state in its place."""
        self.messages[message.key] = message
        self._documents.put(_MESSAGES, self._name(message.key), message.as_document())
        self.save()

    def forget(self, key: Key) -> None:
        del self.messages[key]
        self._maybe_free[key.receiver] = min(key.id, self._maybe_free.get(key.receiver, 1))
        self._documents.drop(_MESSAGES, self._name(key))
        self.save()

    def save(self) -> None:
        """Put what is no message into the documents."""
        place = self.place
        self._documents.put(
            _CHATS,
            str(self.id),
            {
                "place": {
                    "id": place.id,
                    "type": place.type,
                    "title": place.title,
                    "people": place.people,
                    "admins": sorted(place.admins),
                    "owner": place.owner,
                },
                "last_id": self.last_id,
                "bot_is": self.bot_is,
                "migrated_to": self.migrated_to,
                "migrated_from": self.migrated_from,
                "prompts": {str(user): key for user, key in self.prompts.items()},
            },
        )

    def _name(self, key: Key) -> str:
        return f"{self.id}/{key.receiver}/{key.id}"


class Rooms:
    """All chats, in the order in which the page lists them, as the documents remember them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._rooms: dict[int, Room] = {}
        for kept in documents.all(_CHATS).values():
            place = Place(**_place(kept["place"]))
            self._rooms[place.id] = Room(place, documents, kept)
        for place in PLACES:
            if place.id not in self._rooms:
                self.add(Room(place, documents))
        for document in documents.all(_MESSAGES).values():
            message = Message.from_document(document)
            self._rooms[message.chat].messages[message.key] = message

    def __iter__(self) -> Iterator[Room]:
        """Those that people can open: a migrated group only under its new id."""
        return (room for room in self._rooms.values() if room.migrated_to is None)

    def add(self, room: Room) -> None:
        self._rooms[room.id] = room
        room.save()

    def get(self, chat: int) -> Room | None:
        """The chat with exactly this id, migrated or not."""
        return self._rooms.get(chat)

    def living(self, chat: int) -> Room | None:
        """The chat that people reach by this id now."""
        room = self._rooms.get(chat)
        while room is not None and room.migrated_to is not None:
            room = self._rooms.get(room.migrated_to)
        return room

    def past(self, room: Room) -> list[Room]:
        """The room and those it migrated from, oldest first: a client shows their messages as one history."""
        line = [room]
        while line[0].migrated_from is not None:
            line.insert(0, self._rooms[line[0].migrated_from])
        return line


def _place(kept: Any) -> dict[str, Any]:
    return {**kept, "people": tuple(kept["people"]), "admins": frozenset(kept["admins"])}


def is_person(user: int) -> bool:
    return user in PERSON_IDS
