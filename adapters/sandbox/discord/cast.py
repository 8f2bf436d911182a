"""Who and what is there when the sandbox opens: one server, its channels, its people, and their private chats."""

from typing import Any

from adapters.sandbox.contract import MODERATOR_1, PEOPLE, READER_1, READER_2, Person
from adapters.sandbox.discord.permissions import Permission

BOT_ID = APPLICATION_ID = "1000000000000000001"
OWNER_ID = "1000000000000000010"
USER_IDS = {
    READER_1: "1000000000000000011",
    READER_2: "1000000000000000012",
    MODERATOR_1: "1000000000000000013",
}
PERSON_IDS = {user: person for person, user in USER_IDS.items()}
PERSONS = {person.id: person for person in PEOPLE}

GUILD_ID = "1000000000000000100"
BOT_ROLE_ID = "1000000000000000101"
MODERATOR_ROLE_ID = "1000000000000000102"

TEXT_CHANNEL_ID = "1000000000000000110"
FORUM_ID = "1000000000000000111"
ANNOUNCEMENTS_ID = "1000000000000000112"
DM_IDS = {
    READER_1: "1000000000000000121",
    READER_2: "1000000000000000122",
    MODERATOR_1: "1000000000000000123",
}

TEXT, DM, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 5, 10, 11, 12, 15
THREADS = {ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD}

_SINCE = "2026-01-01T00:00:00.000000+00:00"

_EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
)
_MODERATOR = (
    _EVERYONE | Permission.MANAGE_GUILD | Permission.MANAGE_CHANNELS | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
)  # fmt: skip
_BOT = _EVERYONE | Permission.MENTION_EVERYONE

BOT_USER: dict[str, Any] = {
    "id": BOT_ID,
    "username": "newsbot",
    "global_name": None,
    "discriminator": "0001",
    "avatar": None,
    "bot": True,
    "public_flags": 0,
}
OWNER: dict[str, Any] = {
    "id": OWNER_ID,
    "username": "sandbox-owner",
    "global_name": "sandbox owner",
    "discriminator": "0",
    "avatar": None,
    "public_flags": 0,
}
APPLICATION: dict[str, Any] = {
    "id": APPLICATION_ID,
    "name": "newsbot",
    "icon": None,
    "description": "The bot under trial in this sandbox.",
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": OWNER,
    "verify_key": "0" * 64,
    "flags": 0,
    "team": None,
}


def user(person: Person) -> dict[str, Any]:
    """The person as Discord's user object."""
    return {
        "id": USER_IDS[person.id],
        "username": person.id,
        "global_name": person.name,
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
    }


def member(user_object: dict[str, Any], roles: list[str]) -> dict[str, Any]:
    """The user as a member of the server."""
    return {
        "user": user_object,
        "nick": None,
        "avatar": None,
        "roles": roles,
        "joined_at": _SINCE,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def roles_of(user_id: str) -> list[str]:
    """The roles that the user has besides @everyone."""
    match user_id:
        case _ if user_id == BOT_ID:
            return [BOT_ROLE_ID]
        case _ if user_id == USER_IDS[MODERATOR_1]:
            return [MODERATOR_ROLE_ID]
        case _:
            return []


def _role(role_id: str, name: str, position: int, permissions: int, **more: Any) -> dict[str, Any]:
    return {
        "id": role_id,
        "name": name,
        "color": 0,
        "hoist": False,
        "position": position,
        "permissions": str(int(permissions)),
        "managed": False,
        "mentionable": False,
        "flags": 0,
        **more,
    }


ROLES = (
    _role(GUILD_ID, "@everyone", 0, _EVERYONE),
    _role(BOT_ROLE_ID, "newsbot", 1, _BOT, managed=True, tags={"bot_id": BOT_ID}),
    _role(MODERATOR_ROLE_ID, "moderators", 2, _MODERATOR, mentionable=True),
)


def _guild_channel(channel_id: str, kind: int, name: str, position: int, topic: str, **more: Any) -> dict[str, Any]:
    return {
        "id": channel_id,
        "type": kind,
        "guild_id": GUILD_ID,
        "name": name,
        "position": position,
        "topic": topic,
        "nsfw": False,
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "permission_overwrites": [],
        **more,
    }


def text_channel(channel_id: str, name: str, position: int, *, guild_id: str) -> dict[str, Any]:
    """A channel of a server in which nobody from the page is."""
    return _guild_channel(channel_id, TEXT, name, position, "", guild_id=guild_id)


def _private_channel(person: Person) -> dict[str, Any]:
    return {
        "id": DM_IDS[person.id],
        "type": DM,
        "last_message_id": None,
        "flags": 0,
        "recipients": [user(person)],
    }


def first_channels() -> list[dict[str, Any]]:
    """The channels at the start, in the order in which the page lists them."""
    only_the_bot_writes = [
        {"id": GUILD_ID, "type": 0, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))},
        {"id": BOT_ROLE_ID, "type": 0, "allow": str(int(Permission.SEND_MESSAGES)), "deny": "0"},
        {"id": MODERATOR_ROLE_ID, "type": 0, "allow": str(int(Permission.SEND_MESSAGES)), "deny": "0"},
    ]
    tags = [
        {"id": f"10000000000000002{number:02}", "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for number, name in enumerate(("World", "Economy", "Culture", "Sport", "Science"))
    ]
    return [
        _guild_channel(TEXT_CHANNEL_ID, TEXT, "world-news", 0, "News from everywhere"),
        *(_private_channel(person) for person in PEOPLE),
        _guild_channel(FORUM_ID, FORUM, "stories", 1, "One post for each story", available_tags=tags, flags=0),
        _guild_channel(
            ANNOUNCEMENTS_ID,
            ANNOUNCEMENT,
            "announcements",
            2,
            "What must not be missed",
            permission_overwrites=only_the_bot_writes,
        ),
    ]


def guild(channels: list[dict[str, Any]], threads: list[dict[str, Any]], *, guild_id: str) -> dict[str, Any]:
    """GUILD_CREATE's object; with the GUILDS intent alone its members are the bot itself."""
    return {
        "id": guild_id,
        "name": "Sandbox server" if guild_id == GUILD_ID else f"Server {guild_id}",
        "owner_id": OWNER_ID,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "features": ["COMMUNITY", "NEWS"],
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 0,
        "nsfw_level": 0,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "joined_at": _SINCE,
        "large": False,
        "unavailable": False,
        "member_count": len(PEOPLE) + 2,
        "members": [member(BOT_USER, roles_of(BOT_ID))],
        "roles": [{**ROLES[0], "id": guild_id}, *ROLES[1:]],
        "emojis": [],
        "stickers": [],
        "channels": channels,
        "threads": threads,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
