"""Reply prompts (ForceReply): for whom one opens, what it asks and when it closes."""

from collections.abc import Iterable

from adapters.sandbox.contract import Field, Form
from adapters.sandbox.telegram.cast import BOT, user_json
from adapters.sandbox.telegram.formatted import TEXT_AT_MOST
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.room import Room

FIELD = "words"


def open_prompts(room: Room, message: Message) -> None:
    """A new message with a prompt becomes the open prompt of everybody it is for, in place of an older one."""
    if message.sender == BOT and (message.markup or {}).get("force_reply"):
        for user in _addressed(room, message):
            room.prompts[user] = message.key


def close_prompts(room: Room, key: Key) -> None:
    """The message is gone: nobody is asked any more."""
    for user in [user for user, prompt in room.prompts.items() if prompt == key]:
        del room.prompts[user]


def form_of(room: Room, user: int) -> Form | None:
    """The prompt that waits for this person's reply, as a form with one field."""
    key = room.prompts.get(user)
    message = room.messages.get(key) if key else None
    if message is None:
        return None
    placeholder = str((message.markup or {}).get("input_field_placeholder", ""))
    words = Field(name=FIELD, label=placeholder or "Your reply", required=True, max_length=TEXT_AT_MOST)
    return Form(id=message.key.name, title=message.text.partition("\n")[0], fields=(words,))


def _addressed(room: Room, message: Message) -> Iterable[int]:
    if message.receiver:
        return (message.receiver,)
    if room.is_private or not (message.markup or {}).get("selective"):
        return room.place.people
    replied = room.replied(message)
    return [user for user in room.place.people if (replied and replied.sender == user) or _mentions(message, user)]


def _mentions(message: Message, user: int) -> bool:
    if any(entity.user == user for entity in message.entities):
        return True
    name = f"@{user_json(user)['username']}".lower()
    units = message.text.encode("utf-16-le")
    named = (units[2 * e.offset : 2 * e.end].decode("utf-16-le") for e in message.entities if e.type == "mention")
    return any(mention.lower() == name for mention in named)
