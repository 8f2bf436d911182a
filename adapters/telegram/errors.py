"""What Telegram's refusals mean for a post."""

import logging
from types import MappingProxyType

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

from adapters.telegram.transport import NotSentError, SlowDownError
from bot.domain.channel import ChannelRef, Loss
from bot.domain.delivery import RateLimit
from bot.ports.platform import ChannelLostError, PostRefusedError, SendError, TryLaterError, UncertainError

_LOG = logging.getLogger(__name__)

_UNREACHABLE_S = 5.0
_REFUSED_TOKEN_S = 60.0

# Compared in lower case: the same reason comes as a sentence from one layer and as a code from another, and missing
# rights come as 400, not 403 (tdlib/telegram-bot-api, fail_query_with_error).
_LOST = MappingProxyType({
    "bot was blocked": Loss.BLOCKED,
    "user_is_blocked": Loss.BLOCKED,
    "can't initiate conversation": Loss.BLOCKED,
    "not a member": Loss.SHUT_OUT,
    "was kicked": Loss.SHUT_OUT,
    "channel_private": Loss.SHUT_OUT,
    "peer_id_invalid": Loss.SHUT_OUT,
    "chat_write_forbidden": Loss.NO_RIGHTS,
    "chat_admin_required": Loss.NO_RIGHTS,
    "chat_restricted": Loss.NO_RIGHTS,
    "user_banned_in_channel": Loss.NO_RIGHTS,
    "not enough rights": Loss.NO_RIGHTS,
    "need administrator rights": Loss.NO_RIGHTS,
    "have no write access": Loss.NO_RIGHTS,
    "topic_closed": Loss.CLOSED,
    "topic_deleted": Loss.GONE,
    "message thread not found": Loss.GONE,
    "chat not found": Loss.GONE,
    "was deleted": Loss.GONE,
    "is deactivated": Loss.GONE,
    "upgraded to a supergroup": Loss.GONE,
})  # fmt: skip
_MARKUP = "can't parse entities"
_UNCHANGED = "message is not modified"
_GONE = "message to delete not found"
_STALE = "query is too old"


def send_error(error: TelegramError, to: ChannelRef, *, is_repeatable: bool = False) -> SendError:  # noqa: PLR0911  # one for each row of the table
    """The error in the core's four words, by its real cause: BadRequest is a NetworkError to the library.

    ``is_repeatable``: doing it twice is the same as once (edits, withdrawals), so an unknown outcome is tried again.
    """
    reason = _reason(error)
    match error:
        case SlowDownError():
            return TryLaterError(reason, wait_s=error.wait_s, limit=RateLimit.ASKED)
        case ChatMigrated():
            moved = ChannelRef(platform=to.platform, id=str(error.new_chat_id), thread=to.thread)
            return ChannelLostError(reason, moved_to=moved)
        case Forbidden():
            return ChannelLostError(reason, loss=_loss(error) or Loss.SHUT_OUT)
        case BadRequest():
            loss = _loss(error)
            return ChannelLostError(reason, loss=loss) if loss else PostRefusedError(reason)
        case InvalidToken() | Conflict():
            _LOG.error("telegram refuses our token or our method: %s", error.message)
            return TryLaterError(reason, wait_s=_REFUSED_TOKEN_S)
        case NotSentError():
            return TryLaterError(reason, wait_s=_UNREACHABLE_S)
        case _ if is_repeatable:
            return TryLaterError(reason, wait_s=_UNREACHABLE_S)
        case _:
            return UncertainError(reason)


def _reason(error: TelegramError) -> str:
    """Words for readers: Telegram's own where it has any."""
    match error:
        case SlowDownError():
            return "Telegram asked for a pause"
        case ChatMigrated():
            return "the group became a supergroup"
        case Forbidden() | BadRequest():
            return f"Telegram says: {error.message.removeprefix('Forbidden: ')}"
        case InvalidToken() | Conflict():
            return "Telegram refuses this bot for now"
        case NotSentError():
            return "Telegram cannot be reached"
        case _:
            return "Telegram's answer was lost"


def is_markup_error(error: TelegramError) -> bool:
    """Telegram could not read the HTML: an error of ours."""
    return _says(error, _MARKUP)


def is_unchanged(error: TelegramError) -> bool:
    """An edit that changes nothing, which is a success."""
    return _says(error, _UNCHANGED)


def is_gone(error: TelegramError) -> bool:
    """The message to delete is gone already, which is a success."""
    return _says(error, _GONE)


def is_stale_query(error: TelegramError) -> bool:
    """A press that was answered too late or twice."""
    return _says(error, _STALE)


def _loss(error: TelegramError) -> Loss | None:
    return next((loss for part, loss in _LOST.items() if _says(error, part)), None)


def _says(error: TelegramError, *parts: str) -> bool:
    text = error.message.lower()
    return any(part in text for part in parts)
