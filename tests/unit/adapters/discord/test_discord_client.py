"""The library's client, made to serve thousands of channels."""

import aiohttp
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


async def test_limits_of_channels_are_forgotten_without_being_gone_through_for_each_new_channel() -> None:
    client = NewsClient(
        menu=[],
        respond=_nothing,
        on_login=print,
        on_open=print,
        on_word=print,
        doors=DoorWatch(None),
        trace=aiohttp.TraceConfig(),
    )
    limits = client.http._buckets
    limits |= {f"old {number}": Looked(None) for number in range(1_000)}
    for number in range(999):
        client.http.get_ratelimit(f"new {number}")
    assert Looked.times == 0
    client.http.get_ratelimit("one more")
    assert Looked.times == 1_000
    assert len(limits) == 1_000
