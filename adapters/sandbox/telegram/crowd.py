"""More readers than the page shows, for whoever wants to see the bot serve thousands of chats."""

from itertools import islice

from adapters.sandbox.contract import Documents
from adapters.sandbox.telegram.cast import CROWD, Place, user_json
from adapters.sandbox.telegram.room import Room, Rooms


def gather(rooms: Rooms, documents: Documents, count: int) -> list[str]:
    """Open so many private chats, each of somebody new who has started the bot; their ids."""
    users = list(islice((user for user in CROWD if rooms.get(user) is None), count))
    for user in users:
        title = str(user_json(user)["first_name"])
        rooms.add(Room(Place(id=user, type="private", title=title, people=(user,)), documents))
    return [str(user) for user in users]
