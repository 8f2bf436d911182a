"""Which chat a call means and whether the bot may do that there, checked in the real server's order."""

from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.errors import BadRequestError, ChatMigratedError, ForbiddenError
from adapters.sandbox.telegram.migration import migrate
from adapters.sandbox.telegram.params import Params, whole
from adapters.sandbox.telegram.room import KICKED, MUTED, Room

_WORDS = {"supergroup": "supergroup chat", "channel": "channel chat", "private": "private chat"}
_REASONS = {
    "blocked": "bot was blocked by the user",
    "deactivated": "user is deactivated",
    "never_started": "bot can't initiate conversation with a user",
}


def known_room(api: Api, chat: str) -> Room:
    """The chat with this id. Raises BadRequestError, or ChatMigratedError when it moved."""
    if not chat:
        raise BadRequestError("chat_id is empty")
    number = whole(chat)
    room = api.rooms.get(number) if number is not None else None
    if room is None:
        raise BadRequestError("chat not found")
    if room.migrated_to is not None:
        raise ChatMigratedError(room.migrated_to)
    return room


def joined_room(api: Api, params: Params) -> Room:
    """The call's chat, which the bot must be in. Raises ForbiddenError where it is not."""
    room = known_room(api, params.text("chat_id").strip())
    if room.bot_is_out:
        raise ForbiddenError(_why_out(room))
    return room


def writable_room(api: Api, params: Params) -> Room:
    """The call's chat, in which the bot may write now; ordered faults strike here."""
    room = joined_room(api, params)
    if room.is_group and _strikes(api, "migrate", room):
        raise ChatMigratedError(migrate(api, room).id)
    reason = _strikes(api, "blocked", room)
    if reason is not None:
        word = _WORDS[room.place.type]
        raise ForbiddenError(
            _REASONS.get(reason, _REASONS["blocked"]) if room.is_private else f"bot was kicked from the {word}"
        )
    if room.bot_is == MUTED:
        raise BadRequestError("not enough rights to send text messages to the chat")
    if room.is_channel and not room.bot_is_admin:
        raise BadRequestError("need administrator rights in the channel chat")
    return room


def _why_out(room: Room) -> str:
    if room.is_private:
        return _REASONS["blocked"]
    place = _WORDS[room.place.type]
    return f"bot was kicked from the {place}" if room.bot_is == KICKED else f"bot is not a member of the {place}"


def _strikes(api: Api, kind: str, room: Room) -> str | None:
    """Whether the fault strikes in this chat, and its reason ("" without one)."""
    fault = api.ground.faults.strikes(PLATFORM, kind)
    if fault is None or str(fault.options.get("chat", room.id)) != str(room.id):
        return None
    return str(fault.options.get("reason", kind))
