"""Messages in a group that one person alone sees: to whom they may go, and their edits and deletion."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.sandbox.telegram.access import writable_room
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.callbacks import ANSWER_WITHIN_S, Press
from adapters.sandbox.telegram.cast import BOT
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.formatted import fit_text, read_preview, read_text
from adapters.sandbox.telegram.keyboards import judge_markup, read_markup
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.params import Params, whole
from adapters.sandbox.telegram.room import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who will see it, and in place of which public message (0: none), after which press."""

    user: int
    replaces: int = 0
    press: Press | None = None


def read_ephemeral(params: Params) -> Mapping[str, Any] | None:
    """The call's ``ephemeral_message_parameters`` (Bot API 10.3), None when absent."""
    raw = params.mapping("ephemeral_message_parameters", "ephemeral message parameters")
    if raw is not None and not isinstance(raw.get("receiver_user_id"), int):
        raise BadRequestError("can't parse EphemeralMessageParameters: Can't find field \"receiver_user_id\"")
    return raw


def addressee(api: Api, room: Room, raw: Mapping[str, Any], reply: Mapping[str, Any] | None) -> Addressee:
    """The receiver, if the bot may reach them: any member as administrator, else within 15 s of what they did."""
    user = int(raw["receiver_user_id"])
    if not room.is_group:
        raise BadRequestError("unallowed message content")
    if user not in room.place.people:
        raise BadRequestError("can't access the user")
    if raw.get("callback_query_id"):
        return _after_press(api, room, user, raw)
    if reply and reply.get("ephemeral_message_id"):
        asked = room.messages.get(Key(user, whole(reply["ephemeral_message_id"]) or 0))
        if asked is None or asked.sender != user or api.ground.clock() - asked.at > ANSWER_WITHIN_S:
            raise BadRequestError("message to be replied not found")
    elif not room.bot_is_admin:
        raise BadRequestError("BOT_NOT_ADMIN")
    return Addressee(user=user)


def _after_press(api: Api, room: Room, user: int, raw: Mapping[str, Any]) -> Addressee:
    press = api.presses.answerable(str(raw["callback_query_id"]))
    if press.user != user or press.chat != room.id:
        raise BadRequestError("query is too old and response timeout expired or query ID is invalid")
    in_place = bool(raw.get("replace_callback_query_message"))
    if in_place and press.key.receiver:
        raise BadRequestError("MESSAGE_ID_INVALID")
    return Addressee(user=user, replaces=press.key.id if in_place else 0, press=press)


async def edit_ephemeral_text(api: Api, params: Params) -> object:
    """editEphemeralMessageText."""
    formatted = read_text(params)
    preview = read_preview(params)
    markup = read_markup(params)
    room, message = _found(api, params, "message to edit not found")
    content = fit_text(formatted)
    judge_markup(markup)
    api.rates.spend(room, message=False)
    at = api.ground.clock()
    api.stage.change(
        room,
        replace(
            message,
            text=content.text,
            entities=content.entities,
            preview=preview,
            markup=markup,
            photo=None,
            edited_at=at,
        ),
    )
    return True


async def edit_ephemeral_markup(api: Api, params: Params) -> object:
    """editEphemeralMessageReplyMarkup; absent markup removes it."""
    markup = read_markup(params)
    room, message = _found(api, params, "message to edit not found")
    judge_markup(markup)
    api.rates.spend(room, message=False)
    api.stage.change(room, replace(message, markup=markup))
    return True


async def delete_ephemeral(api: Api, params: Params) -> object:
    """deleteEphemeralMessage."""
    room, message = _found(api, params, "message to delete not found")
    api.rates.spend(room, message=False)
    api.stage.withdraw(room, message)
    return True


def _found(api: Api, params: Params, missing: str) -> tuple[Room, Message]:
    room = writable_room(api, params)
    message = room.messages.get(Key(params.number("receiver_user_id"), params.number("ephemeral_message_id")))
    if message is None or not message.receiver or message.sender != BOT:
        raise BadRequestError(missing)
    return room, message
