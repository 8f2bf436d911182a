"""What people do about the bot: let it in, shut it out, forbid it to write."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from adapters.sandbox.contract import SandboxError
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT, PLATFORM, user_json
from adapters.sandbox.telegram.membership import member_json
from adapters.sandbox.telegram.migration import migrate
from adapters.sandbox.telegram.room import KICKED, MEMBER, MUTED, Room

CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "remove": "An administrator removes the bot from the group or channel.",
        "add": "An administrator lets the bot in again.",
        "mute": "An administrator forbids the bot to write in the group.",
        "unmute": "An administrator lets the bot write in the group again.",
        "block": "The person blocks the bot in the private chat.",
        "unblock": "The person takes the block back.",
        "upgrade": "The group goes on under a new id.",
    }
)
_IS: Mapping[str, str] = MappingProxyType(
    {"remove": KICKED, "add": MEMBER, "mute": MUTED, "unmute": MEMBER, "block": KICKED, "unblock": MEMBER}
)


def change_bot(api: Api, room: Room, user: int, change: str) -> None:
    """Do it and tell the bot by a my_chat_member update. Raises SandboxError for what cannot be done here."""
    _MAY[change](room, user)
    if change == "upgrade":
        migrate(api, room)
        return
    before = member_json(room, BOT)
    room.bot_is = _IS[change]
    room.save()
    after = member_json(room, BOT)
    if before == after:
        return
    told = {
        "chat": room.as_json(),
        "from": user_json(user),
        "date": int(api.ground.clock()),
        "old_chat_member": before,
        "new_chat_member": after,
    }
    api.updates.add("my_chat_member", told)
    api.ground.pulse.beat(PLATFORM, str(room.id))


def _for_the_person(room: Room, user: int) -> None:
    if room.id != user:
        raise SandboxError("Only a private chat can be blocked.")


def _for_administrators(room: Room, user: int) -> None:
    if room.is_private:
        raise SandboxError("In a private chat there is nobody to remove. Block the bot instead.")
    if user not in room.place.admins:
        raise SandboxError("Only an administrator can do that. Choose moderator 1.")


def _in_groups(room: Room, user: int) -> None:
    _for_administrators(room, user)
    if not room.is_group:
        raise SandboxError("Only in a group.")


_MAY: Mapping[str, Callable[[Room, int], None]] = MappingProxyType(
    {
        "remove": _for_administrators,
        "add": _for_administrators,
        "mute": _in_groups,
        "unmute": _in_groups,
        "block": _for_the_person,
        "unblock": _for_the_person,
        "upgrade": _in_groups,
    }
)
