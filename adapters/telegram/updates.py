"""Updates as they come: what their numbers are, who speaks in them, and which cannot be read."""

import logging

from telegram import Bot, Update

_LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")


def number_of(raw: object) -> int | None:
    """The update's number; None for what is no update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) else None


def read_update(raw: object, bot: Bot) -> Update | None:
    """The update; None, which is logged, for one that the library cannot read."""
    try:
        if isinstance(raw, dict) and number_of(raw) is not None:
            return Update.de_json(raw, bot)
    except Exception as error:  # noqa: BLE001  # the library raises whatever its constructors meet
        _LOG.error("telegram: update %s cannot be read (%s), left out", number_of(raw), type(error).__name__)
        return None
    _LOG.error("telegram sent an update without a number, left out")
    return None


def lane_of(update: Update) -> str:
    """One for each person in each chat, and for each message whose buttons they press: its pages keep their order."""
    chat, person, query = update.effective_chat, update.effective_user, update.callback_query
    pressed = query.message.message_id if query and query.message else ""
    return f"{chat.id if chat else 0}:{person.id if person else 0}:{pressed}"
