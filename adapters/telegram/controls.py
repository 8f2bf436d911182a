"""Buttons under a message, and links that do what a button does."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram.escaping import clean
from bot.messages.action import ActionCodec
from bot.messages.post import Control


def keyboard(rows: Sequence[Sequence[Control]], codec: ActionCodec) -> InlineKeyboardMarkup | None:
    """The rows as an inline keyboard; None where no button is left."""
    drawn = [[button for control in row if (button := _button(control, codec))] for row in rows]
    drawn = [row for row in drawn if row]
    return InlineKeyboardMarkup(drawn) if drawn else None


def deep_link(username: str, token: str) -> str:
    """An address that opens our private chat and hands over the token (core.telegram.org/bots/features#deep-linking).

    Tokens hold only ``A-Z a-z 0-9 _ -`` and at most 64 of them, which is what a start parameter may be.
    """
    return f"https://t.me/{username}?start={token}"


def is_web_address(address: str) -> bool:
    """Whether Telegram takes it for a link: http(s) and a dot in the host; one bad button would refuse the post."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    has_host = parts.hostname is not None and "." in parts.hostname.strip(".")
    return parts.scheme in {"http", "https"} and has_host and not any(mark.isspace() for mark in address)


def _button(control: Control, codec: ActionCodec) -> InlineKeyboardButton | None:
    kwargs: dict[str, Any] = {}
    if control.is_disabled:
        # Bot API 10.3. Older servers want some action, so a button that has one keeps it.
        kwargs["api_kwargs"] = {"disabled": {}}
    elif control.is_primary:
        kwargs["style"] = "primary"
    if control.action is not None:
        kwargs["callback_data"] = codec.encode(control.action)
    elif control.link is not None and is_web_address(control.link):
        kwargs["url"] = control.link
    elif not control.is_disabled:
        return None
    return InlineKeyboardButton(clean(control.label), **kwargs)
