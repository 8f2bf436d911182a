"""What a member may do in a channel, computed as Discord's documentation ("Permissions") says."""

from collections.abc import Sequence
from enum import IntFlag
from typing import Any


class Permission(IntFlag):
    """The bits that the sandbox looks at."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL = Permission((1 << 50) - 1)


def in_private_chat() -> Permission:
    """What everybody may do in a private chat."""
    return (
        Permission.VIEW_CHANNEL
        | Permission.SEND_MESSAGES
        | Permission.EMBED_LINKS
        | Permission.ATTACH_FILES
        | Permission.READ_MESSAGE_HISTORY
        | Permission.ADD_REACTIONS
        | Permission.USE_EXTERNAL_EMOJIS
        | Permission.USE_APPLICATION_COMMANDS
    )


def in_channel(
    user_id: str,
    own_roles: Sequence[str],
    *,
    guild_id: str,
    owner_id: str,
    roles: Sequence[dict[str, Any]],
    overwrites: Sequence[dict[str, Any]],
) -> Permission:
    """Base permissions of the roles, then the channel's overwrites: everyone, roles together, the member."""
    if user_id == owner_id:
        return ALL
    granted = 0
    for role in roles:
        if role["id"] == guild_id or role["id"] in own_roles:
            granted |= int(role["permissions"])
    if granted & Permission.ADMINISTRATOR:
        return ALL
    by_id = {overwrite["id"]: overwrite for overwrite in overwrites}
    granted = _overwritten(granted, [by_id[guild_id]] if guild_id in by_id else [])
    granted = _overwritten(granted, [by_id[role] for role in own_roles if role in by_id])
    granted = _overwritten(granted, [by_id[user_id]] if user_id in by_id else [])
    return Permission(granted)


def _overwritten(granted: int, overwrites: Sequence[dict[str, Any]]) -> int:
    deny = allow = 0
    for overwrite in overwrites:
        deny |= int(overwrite["deny"])
        allow |= int(overwrite["allow"])
    return (granted & ~deny) | allow
