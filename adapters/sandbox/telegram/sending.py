"""sendMessage, sendPhoto and sendChatAction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.sandbox.telegram.access import writable_room
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT
from adapters.sandbox.telegram.ephemeral import Addressee, addressee, read_ephemeral
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.formatted import fit_caption, fit_text, read_caption, read_preview, read_text
from adapters.sandbox.telegram.keyboards import judge_markup, read_markup
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.params import Params, whole
from adapters.sandbox.telegram.photos import read_photo
from adapters.sandbox.telegram.room import Room

_ACTION_LIST = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location
    record_video_note upload_video_note record_audio upload_audio
"""
_ACTIONS = frozenset(_ACTION_LIST.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What stands around the content of a send: read before the chat is looked at."""

    reply: Mapping[str, Any] | None
    markup: Mapping[str, Any] | None
    ephemeral: Mapping[str, Any] | None
    is_paid: bool


def _read_frame(params: Params) -> _Frame:
    reply = params.mapping("reply_parameters", "reply parameters")
    if reply is None and params.number("reply_to_message_id"):
        reply = {
            "message_id": params.number("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    return _Frame(
        reply=reply,
        markup=read_markup(params),
        ephemeral=read_ephemeral(params),
        is_paid=params.flag("allow_paid_broadcast"),
    )


async def send_message(api: Api, params: Params) -> object:
    """Steps of the real server: text, parse, frame, chat, reply target, cleaning, length, back end."""
    formatted = read_text(params)
    preview = read_preview(params)
    frame = _read_frame(params)
    room, whom, draft = _drafted(api, params, frame)
    content = fit_text(formatted)
    return _sent(api, room, whom, frame, replace(draft, text=content.text, entities=content.entities, preview=preview))


async def send_photo(api: Api, params: Params) -> object:
    """A photo by address, by file id or uploaded."""
    formatted = read_caption(params)
    frame = _read_frame(params)
    room, whom, draft = _drafted(api, params, frame)
    content = fit_caption(formatted)
    photo = await read_photo(api.ground, params)
    return _sent(api, room, whom, frame, replace(draft, text=content.text, entities=content.entities, photo=photo))


async def send_chat_action(api: Api, params: Params) -> object:
    """Nothing to see in a chat log, but it spends a group's budget."""
    if params.text("action") not in _ACTIONS:
        raise BadRequestError("wrong parameter action in request")
    room = writable_room(api, params)
    api.rates.spend(room, message=False)
    return True


def _drafted(api: Api, params: Params, frame: _Frame) -> tuple[Room, Addressee | None, Message]:
    room = writable_room(api, params)
    if room.is_channel and frame.markup and "inline_keyboard" not in frame.markup:
        raise BadRequestError("inline keyboard expected")
    whom = addressee(api, room, frame.ephemeral, frame.reply) if frame.ephemeral else None
    draft = Message(
        chat=room.id,
        id=0,
        sender=room.id if room.is_channel else BOT,
        at=api.ground.clock(),
        markup=frame.markup,
        reply_to=_reply_target(room, frame, whom),
        receiver=whom.user if whom else 0,
        replaces=whom.replaces if whom else 0,
    )
    return room, whom, draft


def _reply_target(room: Room, frame: _Frame, whom: Addressee | None) -> Key | None:
    if frame.reply is None:
        return None
    if whom is not None and frame.reply.get("ephemeral_message_id"):
        return Key(whom.user, whole(frame.reply["ephemeral_message_id"]) or 0)
    number = whole(frame.reply.get("message_id") or 0)
    chat = whole(frame.reply.get("chat_id") or room.id)
    if number is None or chat is None:
        raise BadRequestError("can't parse reply parameters JSON object")
    if chat == room.id and Key(0, number) in room.messages:
        return Key(0, number)
    if frame.reply.get("allow_sending_without_reply"):
        return None
    raise BadRequestError("message to be replied not found")


def _sent(api: Api, room: Room, whom: Addressee | None, frame: _Frame, draft: Message) -> object:
    judge_markup(draft.markup)
    api.rates.spend(room, is_paid=frame.is_paid)
    number = room.next_ephemeral_id(draft.receiver) if draft.receiver else room.next_id()
    message = replace(draft, id=number, at=api.ground.clock())
    api.stage.show(room, message)
    if whom and whom.press:
        whom.press.watch.answer()
    return room.json_of(message)
