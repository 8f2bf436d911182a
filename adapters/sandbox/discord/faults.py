"""Faults that can be ordered, and how they strike a REST call."""

import asyncio
from collections.abc import Mapping

from adapters.sandbox.contract import Fault, Ground
from adapters.sandbox.discord import refusals
from adapters.sandbox.discord.refusals import RefusedError

KINDS: Mapping[str, str] = {
    "rate_limit": "Every call is answered 429 (options: seconds, default 1; scope: user, global or shared).",
    "error_before": "Calls fail with a server error and nothing has happened (options: status, default 500).",
    "error_after": "Calls take effect, but are answered with a server error (options: status, default 500).",
    "cut_before": "The connection is closed before a call takes effect.",
    "cut_after": "The connection is closed after a call took effect, before its answer.",
    "slow": "Answers take longer (options: seconds, default 2).",
    "reconnect": "The gateway asks the bot to reconnect (op 7), once.",
    "invalid_session": "The gateway declares the bot's session invalid (op 9), once.",
    "close": "The gateway closes the connection, once (options: code, default 1011).",
    "repeat_events": "The bot gets each interaction twice.",
    "missing_access": "Sends are refused with 403, code 50001.",
    "missing_permissions": "Sends are refused with 403, code 50013.",
    "unknown_channel": "Sends are refused with 404, code 10003.",
    "slow_mode": "Sends are refused with 429, code 20016 (options: seconds, default 30).",
    "closed_dm": "Sends to private chats are refused with 403, code 50007.",
}


class CutError(Exception):
    """The connection must be closed without an answer."""


async def strike_before(ground: Ground, call: str) -> None:
    """Play what happens before the call takes effect; every fault may be limited to one call by its option "call"."""
    if _strikes(ground, "cut_before", call):
        raise CutError
    if fault := _strikes(ground, "error_before", call):
        raise refusals.server_error(int(_number(fault, "status", 500)))
    if fault := _strikes(ground, "rate_limit", call):
        scope = str(fault.options.get("scope", "user"))
        raise refusals.rate_limited(_number(fault, "seconds", 1), scope=scope, headers={})
    if fault := _strikes(ground, "slow", call):
        await asyncio.sleep(_number(fault, "seconds", 2))


def strike_after(ground: Ground, call: str) -> None:
    """Play what happens after the call took effect."""
    if _strikes(ground, "cut_after", call):
        raise CutError
    if fault := _strikes(ground, "error_after", call):
        raise refusals.server_error(int(_number(fault, "status", 500)))


def strike_send(ground: Ground, *, is_private: bool) -> None:
    """Refuse a send as if the channel were gone or closed."""
    if fault := _strikes(ground, "slow_mode", "send"):
        raise refusals.slow_mode(_number(fault, "seconds", 30))
    refusal: dict[str, RefusedError] = {
        "missing_access": refusals.missing_access(),
        "missing_permissions": refusals.missing_permissions(),
        "unknown_channel": refusals.unknown_channel(),
    }
    if is_private:
        refusal["closed_dm"] = refusals.closed_dm()
    for kind, error in refusal.items():
        if _strikes(ground, kind, "send"):
            raise error


def strikes_event(ground: Ground) -> bool:
    """Whether the bot gets this event twice."""
    return _strikes(ground, "repeat_events", "event") is not None


def _strikes(ground: Ground, kind: str, call: str) -> Fault | None:
    fault = ground.faults.strikes("discord", kind)
    if fault is None or fault.options.get("call", call) != call:
        return None
    ground.ledger.write("discord", "fault", {"fault": kind, "call": call})
    return fault


def _number(fault: Fault, option: str, default: float) -> float:
    value = fault.options.get(option, default)
    return float(value) if isinstance(value, int | float) else default
