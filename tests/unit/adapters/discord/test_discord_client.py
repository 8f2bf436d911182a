"""The library's client, made to serve thousands of channels."""

import asyncio
from dataclasses import dataclass

import aiohttp
from discord.gateway import KeepAliveHandler
from discord.http import Ratelimit
from typing_extensions import override

from adapters.discord.client import NewsClient
from adapters.discord.door_watch import DoorWatch


class Looked(Ratelimit):
    """The limit of a channel that notes how often it was asked whether it can be forgotten."""

    times = 0

    @override
    def is_inactive(self) -> bool:
        type(self).times += 1
        return True


async def _nothing(_: object) -> None:
    pass


def _client() -> NewsClient:
    return NewsClient(
        menu=[],
        respond=_nothing,
        on_login=print,
        on_open=print,
        on_word=print,
        doors=DoorWatch(None),
        trace=aiohttp.TraceConfig(),
    )


@dataclass
class _Connection:
    """A connection that said hello and is in nobody's hands yet, as far as a heartbeat asks."""

    _connection: object
    thread_id: int = 0
    _max_heartbeat_timeout: float = 60.0


async def test_a_connection_that_is_cut_at_its_hello_leaves_no_heartbeat_behind() -> None:
    client, other = _client(), _client()
    hearts = [KeepAliveHandler(ws=_Connection(one._connection), interval=60.0) for one in (client, other)]  # type: ignore[arg-type]
    for heart in hearts:
        heart.start()
    await client.leave()
    await asyncio.to_thread(hearts[0].join, 5.0)
    assert [heart.is_alive() for heart in hearts] == [False, True]
    await other.leave()


async def test_limits_of_channels_are_forgotten_without_being_gone_through_for_each_new_channel() -> None:
    client = _client()
    limits = client.http._buckets
    limits |= {f"old {number}": Looked(None) for number in range(1_000)}
    for number in range(999):
        client.http.get_ratelimit(f"new {number}")
    assert Looked.times == 0
    client.http.get_ratelimit("one more")
    assert Looked.times == 1_000
    assert len(limits) == 1_000
