"""Somebody who hears of channels that open, close and move, and writes it down."""

import asyncio
from collections.abc import Sequence

from bot.domain.channel import ChannelRef, Loss


class FakeDoors:
    """Implements ``Doors``. ``shut`` is where nothing is posted; ``heard`` is what was told, in order."""

    def __init__(self, *shut: ChannelRef) -> None:
        self.shut = list(shut)
        self.heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()

    async def opened(self, channel: ChannelRef) -> None:
        await self.heard.put(("opened", channel))

    async def closed(self, channels: Sequence[ChannelRef], *, reason: str, loss: Loss) -> None:
        await self.heard.put(("closed", *channels, loss))

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        await self.heard.put(("moved", old, new))

    async def paused(self, platform: str) -> list[ChannelRef]:
        return self.shut
