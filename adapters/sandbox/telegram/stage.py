"""Where messages appear, change and vanish, and everybody concerned learns of it."""

from dataclasses import replace

from adapters.sandbox.contract import Ground, Shown
from adapters.sandbox.telegram.cast import BOT, PERSON_IDS, PLATFORM
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.prompts import close_prompts, open_prompts
from adapters.sandbox.telegram.render import shown
from adapters.sandbox.telegram.room import Room, Rooms
from adapters.sandbox.telegram.watch import Watches


class Stage:
    """Keeps, notes and announces every change of what a chat shows."""

    def __init__(self, ground: Ground, rooms: Rooms, watches: Watches) -> None:
        self._ground = ground
        self._rooms = rooms
        self._watches = watches
        self._faces: dict[tuple[int, Key], Shown] = {}

    def show(self, room: Room, message: Message) -> None:
        """A new message becomes visible."""
        self._faces[room.id, message.key] = face = shown(message, author=room.author(message))
        open_prompts(room, message)
        room.keep(message)
        self._announce(room, message, "shown", face)

    def change(self, room: Room, message: Message) -> None:
        """A message gets new content."""
        self._faces[room.id, message.key] = face = shown(message, author=room.author(message))
        room.keep(message)
        self._announce(room, message, "edited", face)

    def withdraw(self, room: Room, message: Message) -> None:
        """A message vanishes, and a prompt with it."""
        close_prompts(room, message.key)
        room.forget(message.key)
        self._faces.pop((room.id, message.key), None)
        self._ground.ledger.write(PLATFORM, "withdrawn", {"chat": str(room.id), "message": message.key.name})
        self._ground.pulse.beat(PLATFORM, str(room.id))

    def face(self, room: Room, message: Message, person: int) -> Shown:
        """The message as this person sees it."""
        face = self._faces.get((room.id, message.key))
        if face is None:
            face = self._faces[room.id, message.key] = shown(message, author=room.author(message))
        return replace(face, mine=True) if message.sender == person else face

    def _announce(self, room: Room, message: Message, kind: str, face: Shown) -> None:
        facts = {
            "chat": str(room.id),
            "message": face.id,
            "author": face.author,
            "title": face.title,
            "text": face.text,
            "to": PERSON_IDS.get(message.receiver),
            "buttons": [{"id": button.id, "label": button.label} for button in face.buttons],
        }
        self._ground.ledger.write(PLATFORM, kind, facts)
        for user in (message.receiver,) if message.receiver else room.place.people:
            for watch in self._watches.of(user):
                # What people say is no answer to anybody.
                if message.sender == BOT or message.is_post:
                    watch.see(room.id, message.key)
        living = self._rooms.living(room.id) or room
        self._ground.pulse.beat(PLATFORM, str(living.id))
