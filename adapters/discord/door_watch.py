"""What the gateway tells of channels that open and close ("Gateway Events", GUILDS), and what our rights are there."""

from collections.abc import Iterable

import discord

from adapters.discord.inbound import PLATFORM, channel_ref, posts
from bot.domain.channel import ChannelRef, Loss
from bot.ports.platform import Doors


class DoorWatch:
    """Hears of each change and tells the core. Of rights it asks only where posting is paused."""

    def __init__(self, doors: Doors | None) -> None:
        self._doors = doors

    async def rights_changed(self, client: discord.Client) -> None:
        """Somewhere we may perhaps do more than before: at the start, after an invitation, with a new role."""
        if self._doors is None:
            return
        for paused in await self._doors.paused(PLATFORM):
            if may_post(client, paused):
                await self._doors.opened(paused)

    async def server_left(self, guild: discord.Guild) -> None:
        """We were thrown out; the library still knows what was there."""
        await self._closed((*guild.channels, *guild.threads), "the bot was removed from the server", Loss.SHUT_OUT)

    async def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """It was deleted."""
        await self._closed((channel,), "the channel was deleted", Loss.GONE)

    async def thread_gone(self, parent_id: int, thread_id: int) -> None:
        """It was deleted; nobody need have known it."""
        if self._doors is not None:
            ref = ChannelRef(platform=PLATFORM, id=str(parent_id), thread=str(thread_id))
            await self._doors.closed([ref], reason="the thread was deleted", loss=Loss.GONE)

    async def _closed(self, channels: Iterable[discord.abc.Snowflake], reason: str, loss: Loss) -> None:
        if self._doors is not None:
            await self._doors.closed([channel_ref(channel) for channel in channels], reason=reason, loss=loss)


def may_post(client: discord.Client, ref: ChannelRef) -> bool:
    """Whether a post would be let in, by what the gateway has told us; no where it has told nothing."""
    if not (ref.thread or ref.id).isdecimal():
        return False
    channel = client.get_channel(int(ref.thread or ref.id))
    match channel:
        case discord.Thread(locked=False) | discord.abc.GuildChannel():
            return posts(channel.permissions_for(channel.guild.me), channel)
        case _:
            return False
