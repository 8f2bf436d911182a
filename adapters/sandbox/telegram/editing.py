"""Edits, deletions and reactions: what happens to messages that are there."""

from dataclasses import replace

from adapters.sandbox.telegram.access import writable_room
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.formatted import fit_caption, fit_text, read_caption, read_preview, read_text
from adapters.sandbox.telegram.keyboards import judge_markup, read_markup
from adapters.sandbox.telegram.message import Key, Message
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.room import Room

DELETE_WITHIN_S = 48 * 3600
DELETE_AT_MOST = 100
# The standard emoji of ReactionTypeEmoji, without variation selectors.
_REACTION_LIST = """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐
    🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾
    🤷\u200d♂ 🤷 🤷\u200d♀ 😡
"""
_REACTIONS = frozenset(_REACTION_LIST.split())


async def edit_text(api: Api, params: Params) -> object:
    """editMessageText; the keyboard is replaced too, and removed when not given."""
    formatted = read_text(params)
    preview = read_preview(params)
    markup = read_markup(params)
    room, message = _editable(api, params)
    if message.photo is not None or not message.text:
        raise BadRequestError("there is no text in the message to edit")
    content = fit_text(formatted)
    edited = replace(message, text=content.text, entities=content.entities, preview=preview, markup=markup)
    return _changed(api, room, message, edited)


async def edit_caption(api: Api, params: Params) -> object:
    """editMessageCaption."""
    formatted = read_caption(params)
    markup = read_markup(params)
    room, message = _editable(api, params)
    if message.photo is None:
        raise BadRequestError("there is no caption in the message to edit")
    content = fit_caption(formatted)
    edited = replace(message, text=content.text, entities=content.entities, markup=markup)
    return _changed(api, room, message, edited)


async def edit_markup(api: Api, params: Params) -> object:
    """editMessageReplyMarkup; absent markup removes the keyboard."""
    markup = read_markup(params)
    room, message = _editable(api, params)
    return _changed(api, room, message, replace(message, markup=markup))


async def delete_message(api: Api, params: Params) -> object:
    """deleteMessage: own messages, in a private chat the person's too, for 48 hours."""
    number = params.number("message_id")
    if not number:
        raise BadRequestError("message identifier is not specified")
    room = writable_room(api, params)
    message = room.messages.get(Key(0, number))
    if message is None:
        raise BadRequestError("message to delete not found")
    if not _deletable(api, room, message):
        raise BadRequestError("message can't be deleted for everyone")
    api.rates.spend(room, message=False)
    api.stage.withdraw(room, message)
    return True


async def delete_messages(api: Api, params: Params) -> object:
    """deleteMessages: unknown ones are skipped."""
    numbers = params.json("message_ids", "message identifiers")
    if not isinstance(numbers, list) or not numbers:
        raise BadRequestError("message identifiers are not specified")
    if len(numbers) > DELETE_AT_MOST:
        raise BadRequestError("too many message identifiers specified")
    room = writable_room(api, params)
    found = [room.messages.get(Key(0, number)) for number in numbers if isinstance(number, int)]
    messages = [message for message in found if message is not None]
    if not all(_deletable(api, room, message) for message in messages):
        raise BadRequestError("message can't be deleted for everyone")
    api.rates.spend(room, message=False)
    for message in messages:
        api.stage.withdraw(room, message)
    return True


async def set_reaction(api: Api, params: Params) -> object:
    """setMessageReaction: one standard emoji, or none to take it back."""
    raw = params.json("reaction", "reaction types")
    if raw is not None and not isinstance(raw, list):
        raise BadRequestError("expected an Array of ReactionType")
    emoji = [_emoji(reaction) for reaction in raw or []]
    room = writable_room(api, params)
    message = room.messages.get(Key(0, params.number("message_id")))
    if message is None:
        raise BadRequestError("message to react not found")
    if len(emoji) > 1:
        raise BadRequestError("REACTIONS_TOO_MANY")
    api.rates.spend(room, message=False)
    api.stage.change(room, replace(message, reaction=emoji[0] if emoji else None))
    return True


def _emoji(raw: object) -> str:
    if not isinstance(raw, dict) or raw.get("type") not in ("emoji", "custom_emoji", "paid"):
        raise BadRequestError("can't parse ReactionType: invalid reaction type specified")
    emoji = str(raw.get("emoji", "")).replace("\ufe0f", "")
    if raw["type"] != "emoji" or emoji not in _REACTIONS:
        raise BadRequestError("REACTION_INVALID")
    return emoji


def _editable(api: Api, params: Params) -> tuple[Room, Message]:
    if params.text("inline_message_id"):
        raise BadRequestError("MESSAGE_ID_INVALID")
    number = params.number("message_id")
    if not number:
        raise BadRequestError("message identifier is not specified")
    room = writable_room(api, params)
    message = room.messages.get(Key(0, number))
    if message is None:
        raise BadRequestError("message to edit not found")
    if (message.sender != BOT and not message.is_post) or message.service:
        raise BadRequestError("message can't be edited")
    if message.markup is not None and "inline_keyboard" not in message.markup:
        raise BadRequestError("message can't be edited")
    return room, message


def _changed(api: Api, room: Room, before: Message, after: Message) -> object:
    if after.markup is not None and "inline_keyboard" not in after.markup:
        raise BadRequestError("inline keyboard expected")
    judge_markup(after.markup)
    api.rates.spend(room, message=False)
    if before == after:
        raise BadRequestError(
            "message is not modified: specified new message content and reply markup are exactly the same as a current"
            " content and reply markup of the message"
        )
    is_content = (before.text, before.entities) != (after.text, after.entities)
    edited = replace(after, edited_at=api.ground.clock() if is_content else before.edited_at)
    api.stage.change(room, edited)
    return room.json_of(edited)


def _deletable(api: Api, room: Room, message: Message) -> bool:
    if room.is_channel:
        return room.bot_is_admin
    is_own = message.sender == BOT
    is_young = api.ground.clock() - message.at <= DELETE_WITHIN_S
    return (room.bot_is_admin and room.is_group) or ((is_own or room.is_private) and is_young)
