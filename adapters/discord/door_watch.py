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

    async def rights_changed(self, client: discord.Client, guild: discord.Guild | None = None) -> None:
        """In that server, at the start in any, we may perhaps do more than before."""
        if self._doors is None:
            return
        for paused in await self._doors.paused(PLATFORM):
            channel = _known(client, paused)
            if channel and guild in {None, channel.guild} and _may_post(channel):
                await self._doors.opened(paused)

    async def thread_opened(self, thread: discord.Thread) -> None:
        """A new one, or one that slept or was locked."""
        if self._doors is None:
            return
        ref = channel_ref(thread)
        if ref in await self._doors.paused(PLATFORM) and _may_post(thread):
            await self._doors.opened(ref)

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


def _known(client: discord.Client, ref: ChannelRef) -> discord.Thread | discord.abc.GuildChannel | None:
    """The channel, if the gateway has told of it and it is no private chat."""
    place = ref.thread or ref.id
    channel = client.get_channel(int(place)) if place.isdecimal() else None
    return channel if isinstance(channel, discord.Thread | discord.abc.GuildChannel) else None


def _may_post(channel: discord.Thread | discord.abc.GuildChannel) -> bool:
    """Whether a post would be let in, by what the gateway has told us of our rights."""
    is_locked = isinstance(channel, discord.Thread) and channel.locked
    return not is_locked and posts(channel.permissions_for(channel.guild.me), channel)
