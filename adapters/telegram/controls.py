"""Buttons under a message, and links that do what a button does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.telegram.escaping import clean
from bot.messages.action import ActionCodec
from bot.messages.post import Control

_WEB_ADDRESS = re.compile(
    r"https?://([^\s/?#@]*@)?[^\s/?#@:.\[\]]+(\.[^\s/?#@:.\[\]]+)+\.?(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE
)


def keyboard(rows: Sequence[Sequence[Control]], codec: ActionCodec) -> Mapping[str, Any] | None:
    """The rows as the Bot API's InlineKeyboardMarkup; None where no button is left."""
    drawn = [[button for control in row if (button := _button(control, codec))] for row in rows]
    drawn = [row for row in drawn if row]
    return {"inline_keyboard": drawn} if drawn else None


def deep_link(username: str, token: str) -> str:
    """An address that opens our private chat and hands over the token (core.telegram.org/bots/features#deep-linking).

    Tokens hold only ``A-Z a-z 0-9 _ -`` and at most 64 of them, which is what a start parameter may be.
    """
    return f"https://t.me/{username}?start={token}"


def linked_token(username: str, address: str) -> str | None:
    """The token that such an address hands over; None for any other address."""
    start, _, token = address.partition("?start=")
    return token if token and start.lower() == f"https://t.me/{username}".lower() else None


def is_web_address(address: str) -> bool:
    """Whether Telegram takes it for a link: http(s) and a dot in the host; one bad button would refuse the post."""
    return _WEB_ADDRESS.fullmatch(address) is not None


def _button(control: Control, codec: ActionCodec) -> Mapping[str, Any] | None:
    button: dict[str, Any] = {"text": clean(control.label)}
    if control.is_disabled:
        # Bot API 10.3. Older servers want some action, so a button that has one keeps it.
        button["disabled"] = {}
    elif control.is_primary:
        button["style"] = "primary"
    if control.action is not None:
        button["callback_data"] = codec.encode(control.action)
    elif control.link is not None and is_web_address(control.link):
        button["url"] = control.link
    elif not control.is_disabled:
        return None
    return button
