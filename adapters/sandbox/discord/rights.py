"""What the bot and the people may do in the sandbox's channels."""

from typing import Any

from adapters.sandbox.discord import cast, permissions
from adapters.sandbox.discord.archive import Archive
from adapters.sandbox.discord.permissions import Permission
from adapters.sandbox.discord.refusals import missing_access, missing_permissions


def rights_in(archive: Archive, channel: dict[str, Any], user_id: str) -> Permission:
    """The user's permissions in the channel; a thread has those of the channel it hangs under."""
    if channel["type"] == cast.DM:
        return permissions.in_private_chat()
    if channel["type"] in cast.THREADS:
        channel = archive.channels.get(channel["parent_id"], channel)
    return permissions.in_channel(
        user_id,
        cast.roles_of(user_id),
        guild_id=cast.GUILD_ID,
        owner_id=cast.OWNER_ID,
        roles=cast.ROLES,
        overwrites=channel.get("permission_overwrites") or (),
    )


def send_right(channel: dict[str, Any]) -> Permission:
    """The permission that writing needs here."""
    in_thread = channel["type"] in cast.THREADS
    return Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES


def demand(archive: Archive, channel: dict[str, Any], needed: Permission) -> None:
    """Raise 50001 when the bot cannot see the channel, 50013 when it lacks one of the needed permissions."""
    if channel.get("guild_id") == cast.GUILD_ID and not archive.bot_is_in:
        raise missing_access()
    has = rights_in(archive, channel, cast.BOT_ID)
    if not has & Permission.VIEW_CHANNEL:
        raise missing_access()
    if needed & ~has:
        raise missing_permissions()
