"""What Discord's refusals and broken wires mean."""

import errno
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict

from adapters.discord.errors import MessageGoneError, ThreadArchivedError, bars_everything, send_error, start_error
from bot.domain.channel import Loss
from bot.ports.platform import (
    ChannelLostError,
    PostRefusedError,
    SendError,
    TryLaterError,
    UncertainError,
)


def _response(status: int, headers: dict[str, str] | None = None) -> Any:
    return SimpleNamespace(status=status, reason="Reason", headers=CIMultiDict(headers or {}))


def _http_error(status: int, code: int, headers: dict[str, str] | None = None) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = discord.DiscordServerError if status >= 500 else kinds.get(status, discord.HTTPException)
    return kind(_response(status, headers), {"code": code, "message": "What Discord says"})


def _unconnectable() -> aiohttp.ClientConnectorError:
    return aiohttp.ClientConnectorError(cast("ConnectionKey", SimpleNamespace(ssl=True, host="h", port=1)), OSError())


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (403, 50001, ChannelLostError),
        (403, 50013, ChannelLostError),
        (404, 10003, ChannelLostError),
        (404, 10004, ChannelLostError),
        (404, 10015, ChannelLostError),
        (403, 50007, ChannelLostError),
        (403, 50278, ChannelLostError),
        (400, 50083, ThreadArchivedError),
        (400, 160005, ChannelLostError),
        (403, 50009, ChannelLostError),
        (404, 10008, MessageGoneError),
        (400, 50035, PostRefusedError),
        (400, 50006, PostRefusedError),
        (400, 220001, PostRefusedError),
        (400, 240000, PostRefusedError),
        (400, 200000, PostRefusedError),
        (403, 200001, PostRefusedError),
        (413, 40005, PostRefusedError),
        (400, 40003, TryLaterError),
        (429, 30046, TryLaterError),
        (400, 20016, TryLaterError),
        (400, 160006, TryLaterError),
        (401, 0, TryLaterError),
        (429, 0, TryLaterError),
        (403, 0, TryLaterError),
        (404, 0, TryLaterError),
        (500, 0, UncertainError),
        (503, 0, UncertainError),
    ],
)
def test_every_refusal_has_its_meaning(status: int, code: int, meaning: type[SendError]) -> None:
    assert type(send_error(_http_error(status, code))) is meaning


@pytest.mark.parametrize(
    ("status", "code", "loss"),
    [
        (404, 10003, Loss.GONE),
        (404, 10004, Loss.GONE),
        (403, 50001, Loss.SHUT_OUT),
        (403, 50013, Loss.NO_RIGHTS),
        (403, 50007, Loss.BLOCKED),
        (403, 50278, Loss.BLOCKED),
        (400, 50008, Loss.GONE),
        (400, 50024, Loss.GONE),
        (400, 160005, Loss.CLOSED),
        (400, 50083, Loss.CLOSED),
        (403, 50009, Loss.NO_RIGHTS),
    ],
)
def test_a_lost_channel_says_what_has_to_change(status: int, code: int, loss: Loss) -> None:
    lost = send_error(_http_error(status, code))
    assert isinstance(lost, ChannelLostError)
    assert lost.loss is loss


@pytest.mark.parametrize(("code", "by_rules"), [(240000, True), (200000, True), (200001, True), (50035, False)])
def test_what_a_servers_own_rules_refuse_is_told_apart(code: int, *, by_rules: bool) -> None:
    refused = send_error(_http_error(400, code))
    assert isinstance(refused, PostRefusedError)
    assert refused.by_rules is by_rules


def test_a_wait_is_exactly_as_long_as_discord_says() -> None:
    limited = send_error(discord.RateLimited(41.5))
    named = send_error(_http_error(400, 30046, {"Retry-After": "1163"}))
    nonsense = send_error(_http_error(400, 30046, {"Retry-After": "soon"}))
    assert [cast("TryLaterError", later).wait_s for later in (limited, named, nonsense)] == [41.5, 1163, 60]


def test_a_barred_address_and_a_void_token_stop_everything() -> None:
    assert bars_everything(_http_error(429, 0))
    assert bars_everything(_http_error(401, 0))
    assert not bars_everything(_http_error(429, 0, {"Via": "1.1 google"}))
    assert not bars_everything(discord.RateLimited(41.5))
    assert not bars_everything(_http_error(403, 50013))


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (_unconnectable(), TryLaterError),
        (aiohttp.ConnectionTimeoutError(), TryLaterError),
        (RuntimeError("Session is closed"), TryLaterError),
        (RuntimeError("anything else"), UncertainError),
        (aiohttp.ServerDisconnectedError(), UncertainError),
        (aiohttp.SocketTimeoutError(), UncertainError),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), UncertainError),
        (TimeoutError(), UncertainError),
        (KeyError("id"), UncertainError),
        (TypeError("text for JSON"), UncertainError),
    ],
)
def test_what_may_have_been_carried_out_is_uncertain(error: Exception, meaning: type[SendError]) -> None:
    assert type(send_error(error)) is meaning


def test_a_send_error_stays_what_it_is() -> None:
    error = TryLaterError("our own pace", wait_s=2)
    assert send_error(error) is error


def test_a_reason_is_one_line_of_a_length_that_can_be_shown() -> None:
    error = discord.HTTPException(_response(400), {"code": 50035, "message": "A\nB" + "x" * 500})
    reason = str(send_error(error))
    assert reason.startswith("Discord says: A")
    assert reason.endswith("(code 50035)")
    assert len(reason) < 250
    assert "\n" not in reason


def _closed(code: int) -> discord.ConnectionClosed:
    return discord.ConnectionClosed(cast("Any", SimpleNamespace(close_code=code)), shard_id=None, code=code)


@pytest.mark.parametrize(
    "error",
    [
        discord.LoginFailure("Improper token"),
        discord.PrivilegedIntentsRequired(None),
        *(_closed(code) for code in (4004, 4010, 4011, 4012, 4013)),
    ],
)
def test_starting_again_is_of_no_use(error: Exception) -> None:
    fatal = start_error(error)
    assert fatal is not None
    assert "Discord" in str(fatal)


@pytest.mark.parametrize("error", [_closed(1006), _closed(4000), OSError(), KeyError("token"), _http_error(503, 0)])
def test_starting_again_may_help(error: Exception) -> None:
    assert start_error(error) is None
