"""More servers than the page shows, for whoever wants to see the bot serve thousands of channels."""

from adapters.sandbox.discord import cast
from adapters.sandbox.discord.gateway import GUILDS
from adapters.sandbox.discord.guilds import guild
from adapters.sandbox.discord.house import House

MOST_CHANNELS = 500
"""Of a server, categories counted (support.discord.com, "Server Limits")."""


async def gather(house: House, count: int) -> list[str]:
    """Open so many text channels, as few servers as hold them, and invite the bot; their ids."""
    opened: list[str] = []
    while len(opened) < count:
        guild_id = house.board.next_id()
        size = min(MOST_CHANNELS, count - len(opened))
        for position in range(size):
            channel = cast.text_channel(house.board.next_id(), f"news-{position + 1}", position, guild_id=guild_id)
            house.archive.keep_channel(channel)
            opened.append(channel["id"])
        invited = guild(house.archive, guild_id)
        await house.gateway.send("GUILD_CREATE", invited, intent=GUILDS, guild_id=guild_id)
    return opened
