"""The servers that the bot is in, as the gateway and the API show them."""

from typing import Any

from adapters.sandbox.discord import cast
from adapters.sandbox.discord.archive import Archive


def guild(archive: Archive, guild_id: str = cast.GUILD_ID) -> dict[str, Any]:
    """GUILD_CREATE's object, with the channels and open threads of now."""
    return _guild(guild_id, [one for one in archive.channels.values() if one.get("guild_id") == guild_id])


def joined(archive: Archive) -> list[dict[str, Any]]:
    """All of them, the one that people see at the page first."""
    channels: dict[str, list[dict[str, Any]]] = {cast.GUILD_ID: []}
    for channel in archive.channels.values():
        if guild_id := channel.get("guild_id"):
            channels.setdefault(guild_id, []).append(channel)
    return [_guild(one, its) for one, its in channels.items() if one != cast.GUILD_ID or archive.bot_is_in]


def is_joined(archive: Archive, guild_id: str) -> bool:
    """Whether the bot is in the server."""
    return any(one["id"] == guild_id for one in joined(archive))


def _guild(guild_id: str, its: list[dict[str, Any]]) -> dict[str, Any]:
    channels = [one for one in its if one["type"] not in cast.THREADS]
    threads = [one for one in its if one["type"] in cast.THREADS and not one["thread_metadata"]["archived"]]
    return cast.guild(channels, threads, guild_id=guild_id)
