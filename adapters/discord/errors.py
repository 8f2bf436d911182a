"""Discord's refusals as the four send errors ("Opcodes and Status Codes", JSON error codes)."""

from types import MappingProxyType
from typing import Any, Final

import aiohttp
import discord

from bot.domain.channel import Loss
from bot.domain.delivery import RateLimit
from bot.ports.platform import (
    ChannelLostError,
    PlatformStartError,
    PostRefusedError,
    SendError,
    TryLaterError,
    UncertainError,
)

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10004, 10008, 10015
THREAD_ARCHIVED = 50083
UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED = 10062, 40060

_LOST: Final = MappingProxyType({
    UNKNOWN_CHANNEL: Loss.GONE,
    UNKNOWN_GUILD: Loss.GONE,
    UNKNOWN_WEBHOOK: Loss.GONE,
    50001: Loss.SHUT_OUT,  # missing access
    50007: Loss.BLOCKED,  # the person takes no private messages from us
    50013: Loss.NO_RIGHTS,  # missing permissions
    50278: Loss.BLOCKED,  # no server in common with the person any more
    50008: Loss.GONE,  # nobody can send messages in it, such as a category
    50024: Loss.GONE,  # no message can be made in a channel of that kind, such as a forum
    160005: Loss.CLOSED,  # the thread is locked
})  # fmt: skip
_LATER: Final = frozenset({
    20016,  # slow mode
    20022,  # too many edits of announcements
    20028,  # too much is written in this channel
    20029,  # too much is written in this server
    30046,  # too many edits of messages older than an hour
    40003,  # private chats are opened too fast
    160006,  # too many active threads
})  # fmt: skip
_REFUSED: Final = frozenset({
    200000,  # refused by the server's own filter
    200001,  # the same, in a title
    240000,  # a link taken for harmful
})  # fmt: skip

_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY, _SERVER_ERROR = 401, 403, 429, 500
_PAUSE: Final = "Discord asked for a pause"
_LONGEST_REASON: Final = 200
_LATER_S: Final = 60.0
UNREACHABLE_S: Final = 5.0
_BARRED_S: Final = 300.0

_FATAL_CLOSE: Final = {
    4004: "Discord refused the token at its gateway",
    4010: "Discord refused the shard",
    4011: "Discord wants this bot to be sharded",
    4012: "Discord no longer serves this version of its gateway",
    4013: "Discord refused the intents",
    4014: "Discord refused the intents",
}


class MessageGoneError(PostRefusedError):
    """The message that was named is not there any more."""


class ThreadArchivedError(ChannelLostError):
    """The thread sleeps: what stands in it can be changed once it is woken."""


class SlowDownError(TryLaterError):
    """Discord refused a call for its rate, ``is_global``: as it would any other."""

    def __init__(self, *, wait_s: float, is_global: bool) -> None:
        super().__init__(_PAUSE, wait_s=wait_s, limit=RateLimit.ASKED)
        self.is_global = is_global


def failed_answer(response: aiohttp.ClientResponse, data: dict[str, Any] | str) -> Exception:
    """An answer that the library would not have raised, but tried again."""
    if response.status >= _SERVER_ERROR:
        return discord.DiscordServerError(response, data)
    refused = discord.HTTPException(response, data)
    if isinstance(data, str) or "Via" not in response.headers:
        return refused
    try:
        wait_s = float(data["retry_after"])
    except (KeyError, TypeError, ValueError):
        wait_s = _wait(refused, _LATER_S)
    return SlowDownError(wait_s=wait_s, is_global=bool(data.get("global")))


def send_error(error: Exception) -> SendError:
    """What a failed request means for the post. Whatever may have been carried out is uncertain."""
    meaning: SendError
    match error:
        case SendError():
            meaning = error
        case discord.RateLimited():
            meaning = TryLaterError(_PAUSE, wait_s=error.retry_after, limit=RateLimit.ASKED)
        case discord.DiscordServerError():
            meaning = UncertainError(f"Discord failed with status {error.status}")
        case discord.HTTPException():
            meaning = _refusal(error)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            meaning = TryLaterError("Discord cannot be reached", wait_s=UNREACHABLE_S)
        case RuntimeError() if "closed" in str(error):
            meaning = TryLaterError("not connected to Discord", wait_s=UNREACHABLE_S)
        case _:
            meaning = UncertainError("the connection to Discord broke before it answered")
    return meaning


def bars_everything(error: Exception) -> bool:
    """Whether nothing at all should be asked of Discord before the wait is over.

    A 429 of the API itself has a ``Via`` header. One without comes from the network in front of it, which bars
    addresses that made too many bad requests.
    """
    if isinstance(error, SlowDownError):
        return error.is_global
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status == _UNAUTHORIZED or (error.status == _TOO_MANY and "Via" not in error.response.headers)


def start_error(error: Exception) -> PlatformStartError | None:
    """Why starting again is of no use; None where it may help."""
    match error:
        case discord.LoginFailure():
            return PlatformStartError(
                "Discord refused the token. Set NEWSBOT_DISCORD_TOKEN to the token of your application "
                "(Developer Portal, Bot, Reset Token)."
            )
        case discord.PrivilegedIntentsRequired():
            return PlatformStartError(f"{_FATAL_CLOSE[4014]} (close code 4014).")
        case discord.ConnectionClosed() if error.code in _FATAL_CLOSE:
            hint = " Check NEWSBOT_DISCORD_TOKEN." if error.code == 4004 else ""  # noqa: PLR2004  # named above
            return PlatformStartError(f"{_FATAL_CLOSE[error.code]} (close code {error.code}).{hint}")
        case _:
            return None


def _refusal(error: discord.HTTPException) -> SendError:
    reason = _reason(error)
    refusal: SendError
    match error.status, error.code:
        case ((401 | 429), _):
            asked = RateLimit.ASKED if error.status == _TOO_MANY else None
            refusal = TryLaterError(reason, wait_s=_wait(error, _BARRED_S), limit=asked)
        case _, code if code in _LATER:
            refusal = TryLaterError(reason, wait_s=_wait(error, _LATER_S), limit=RateLimit.ASKED)
        case _, code if code == UNKNOWN_MESSAGE:
            refusal = MessageGoneError(reason)
        case _, code if code == THREAD_ARCHIVED:
            refusal = ThreadArchivedError(reason, loss=Loss.CLOSED)
        case _, code if code in _REFUSED:
            refusal = PostRefusedError(reason, by_rules=True)
        case status, code if code in _LOST or (status == _FORBIDDEN and code):
            refusal = ChannelLostError(reason, loss=_LOST.get(code, Loss.NO_RIGHTS))
        case ((400 | 413), _):
            refusal = PostRefusedError(reason)
        case _:  # not the API's own words: something stands between, a proxy for one
            refusal = TryLaterError(reason, wait_s=_LATER_S)
    return refusal


def _reason(error: discord.HTTPException) -> str:
    """Discord's own sentence where it has one; what is not of the API, such as a proxy's page, has none."""
    if error.status == _TOO_MANY:
        return _PAUSE
    sentence = error.text.split("\n", 1)[0][:_LONGEST_REASON] if error.code else ""
    return f"Discord says: {sentence} (code {error.code})" if sentence else f"Discord answered {error.status}"


def _wait(error: discord.HTTPException, otherwise: float) -> float:
    try:
        return float(error.response.headers.get("Retry-After", otherwise))
    except ValueError:
        return otherwise
