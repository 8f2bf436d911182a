"""What people do about the bot: let it in, shut it out, forbid it to write, delete where it writes."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from adapters.sandbox.contract import MODERATOR_1, SandboxError
from adapters.sandbox.discord import cast
from adapters.sandbox.discord.gateway import GUILDS
from adapters.sandbox.discord.guilds import guild
from adapters.sandbox.discord.house import House
from adapters.sandbox.discord.permissions import Permission

CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "remove": "A moderator removes the bot from the server.",
        "add": "A moderator lets the bot into the server again.",
        "mute": "A moderator forbids the bot to write in the channel.",
        "unmute": "A moderator lets the bot write in the channel again.",
        "delete": "A moderator deletes the channel or thread.",
        "lock": "A moderator locks the thread.",
        "unlock": "A moderator unlocks the thread.",
        "close": "The person takes no private messages from the bot.",
        "open": "The person takes private messages again.",
    }
)
_WRITING = Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS


async def change_bot(house: House, channel: dict[str, Any], person: str, change: str) -> None:
    """Do it and tell the bot, as the gateway does. Raises SandboxError for what cannot be done here."""
    if change in {"close", "open"}:
        if channel["type"] != cast.DM:
            raise SandboxError("Only a private chat can be closed.")
        house.archive.set_closed(channel["id"], is_closed=change == "close")
        return
    if channel["type"] == cast.DM:
        raise SandboxError("In a private chat there is nobody to remove. Close it instead.")
    if person != MODERATOR_1:
        raise SandboxError("Only a moderator can do that. Choose moderator 1.")
    await _DO[change](house, channel)
    house.ground.pulse.beat("discord", channel["id"])


async def _remove(house: House, _channel: dict[str, Any]) -> None:
    if house.archive.bot_is_in:
        house.archive.set_bot_in(is_in=False)
        gone = {"id": cast.GUILD_ID}
        await house.gateway.send("GUILD_DELETE", gone, intent=GUILDS, guild_id=cast.GUILD_ID)


async def _add(house: House, _channel: dict[str, Any]) -> None:
    if not house.archive.bot_is_in:
        house.archive.set_bot_in(is_in=True)
        await house.gateway.send("GUILD_CREATE", guild(house.archive), intent=GUILDS, guild_id=cast.GUILD_ID)


async def _mute(house: House, channel: dict[str, Any]) -> None:
    denied = {"id": cast.BOT_ROLE_ID, "type": 0, "allow": "0", "deny": str(int(_WRITING))}
    await _overwrite(house, channel, denied)


async def _unmute(house: House, channel: dict[str, Any]) -> None:
    allowed = {"id": cast.BOT_ROLE_ID, "type": 0, "allow": str(int(_WRITING)), "deny": "0"}
    await _overwrite(house, channel, allowed)


async def _overwrite(house: House, channel: dict[str, Any], own: dict[str, Any]) -> None:
    """Rights of a thread are those of the channel that it hangs under."""
    place = house.archive.channels[channel["parent_id"]] if channel["type"] in cast.THREADS else channel
    others = [one for one in place["permission_overwrites"] if one["id"] != cast.BOT_ROLE_ID]
    place["permission_overwrites"] = [*others, own]
    house.archive.keep_channel(place)
    await house.gateway.send("CHANNEL_UPDATE", place, intent=GUILDS, guild_id=cast.GUILD_ID)


async def _delete(house: House, channel: dict[str, Any]) -> None:
    house.archive.drop_channel(channel["id"])
    event = "THREAD_DELETE" if channel["type"] in cast.THREADS else "CHANNEL_DELETE"
    await house.gateway.send(event, channel, intent=GUILDS, guild_id=cast.GUILD_ID)


async def _lock(house: House, channel: dict[str, Any]) -> None:
    await _set_locked(house, channel, is_locked=True)


async def _unlock(house: House, channel: dict[str, Any]) -> None:
    await _set_locked(house, channel, is_locked=False)


async def _set_locked(house: House, channel: dict[str, Any], *, is_locked: bool) -> None:
    if channel["type"] not in cast.THREADS:
        raise SandboxError("Only a thread can be locked.")
    channel["thread_metadata"] = {**channel["thread_metadata"], "locked": is_locked, "archived": is_locked}
    house.archive.keep_channel(channel)
    await house.gateway.send("THREAD_UPDATE", channel, intent=GUILDS, guild_id=cast.GUILD_ID)


_DO: Mapping[str, Callable[[House, dict[str, Any]], Awaitable[None]]] = MappingProxyType(
    {
        "remove": _remove,
        "add": _add,
        "mute": _mute,
        "unmute": _unmute,
        "delete": _delete,
        "lock": _lock,
        "unlock": _unlock,
    }
)
