"""A group that goes on under a new id."""

from dataclasses import replace

from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.message import Message
from adapters.sandbox.telegram.room import Room


def migrate(api: Api, room: Room) -> Room:
    """Move the group to a new id, tell the bot in both chats, and return the new chat.

    Old messages stay under the old id, where the bot can no longer reach them; people see one history.
    """
    moved = Room(replace(room.place, id=_free_id(api, room)), api.ground.documents)
    moved.last_id = room.last_id + 1
    moved.migrated_from, room.migrated_to = room.id, moved.id
    api.rooms.add(moved)
    for place, service in (
        (room, {"migrate_to_chat_id": moved.id}),
        (moved, {"migrate_from_chat_id": room.id}),
    ):
        message = Message(
            chat=place.id, id=place.next_id(), sender=room.place.people[0], at=api.ground.clock(), service=service
        )
        place.keep(message)
        api.updates.add("message", place.json_of(message))
    api.ground.pulse.beat(PLATFORM, str(moved.id))
    return moved


def _free_id(api: Api, room: Room) -> int:
    number = room.id - 1000
    while api.rooms.get(number) is not None:
        number -= 1000
    return number
