"""The library's client, made to serve thousands of channels."""

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
    is_closed: bool = False

    def heart(self) -> KeepAliveHandler:
        return KeepAliveHandler(ws=self, interval=60.0)  # type: ignore[arg-type]  # all that it asks of one

    async def close(self) -> None:
        self.is_closed = True


async def test_a_connection_that_is_cut_at_its_hello_is_closed_and_no_other() -> None:
    client, other = _client(), _client()
    cut, standing = (_Connection(one._connection) for one in (client, other))
    hearts = [connection.heart() for connection in (cut, standing)]
    for heart in hearts:
        heart.start()
    try:
        await client.leave()
        assert (cut.is_closed, standing.is_closed) == (True, False)
    finally:
        for heart in hearts:
            heart.stop()
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
