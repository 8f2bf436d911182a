"""Endpoints for channels, threads, forum posts and private chats."""

from typing import Any

from adapters.sandbox.discord import cast
from adapters.sandbox.discord.gateway import GUILDS
from adapters.sandbox.discord.message_rules import HAS_THREAD, check_new
from adapters.sandbox.discord.permissions import Permission
from adapters.sandbox.discord.refusals import (
    BodyErrors,
    RefusedError,
    invalid_body,
    thread_exists,
    wrong_channel_kind,
)
from adapters.sandbox.discord.rest import Call, Endpoint
from adapters.sandbox.discord.rest_messages import create, the_channel, the_message
from adapters.sandbox.discord.rights import demand
from adapters.sandbox.discord.snowflakes import timestamp, unix_time

_ARCHIVE_MINUTES = {60, 1440, 4320, 10080}
_MOST_TAGS = 5
_CHANGEABLE = ("name", "topic", "position", "permission_overwrites", "rate_limit_per_user", "nsfw", "available_tags")
_THREAD_CHANGEABLE = ("archived", "locked", "auto_archive_duration", "invitable")


async def get(call: Call) -> dict[str, Any]:
    return the_channel(call)


async def change(call: Call) -> dict[str, Any]:
    """Modify Channel: a thread's state, or a server channel's name and rules."""
    channel = the_channel(call)
    body = call.fields()
    if channel["type"] in cast.THREADS:
        own = channel["owner_id"] == cast.BOT_ID
        if not own or "locked" in body:
            demand(call.house.archive, channel, Permission.MANAGE_THREADS)
        changes = {key: body[key] for key in _THREAD_CHANGEABLE if key in body}
        channel["thread_metadata"] = {**channel["thread_metadata"], **changes}
        event = "THREAD_UPDATE"
    else:
        demand(call.house.archive, channel, Permission.MANAGE_CHANNELS)
        event = "CHANNEL_UPDATE"
    channel.update({key: body[key] for key in _CHANGEABLE if key in body})
    call.house.archive.keep_channel(channel)
    await call.house.gateway.send(event, channel, intent=GUILDS, guild_id=channel.get("guild_id"))
    return channel


async def delete(call: Call) -> dict[str, Any]:
    """Delete a thread or a server channel; a private chat is only closed, and stays."""
    channel = the_channel(call)
    if channel["type"] == cast.DM:
        return channel
    in_thread = channel["type"] in cast.THREADS
    demand(call.house.archive, channel, Permission.MANAGE_THREADS if in_thread else Permission.MANAGE_CHANNELS)
    call.house.archive.drop_channel(channel["id"])
    event = "THREAD_DELETE" if in_thread else "CHANNEL_DELETE"
    await call.house.gateway.send(event, channel, intent=GUILDS, guild_id=channel["guild_id"])
    return channel


async def typing(call: Call) -> None:
    the_channel(call)


async def join_thread(call: Call) -> None:
    if the_channel(call)["type"] not in cast.THREADS:
        raise wrong_channel_kind()


async def open_private(call: Call) -> dict[str, Any]:
    """Create DM: the same channel each time."""
    person = cast.PERSON_IDS.get(str(call.fields().get("recipient_id")))
    if person is None:
        raise RefusedError(400, 50033, "Invalid Recipient(s)")
    return call.house.archive.channels[cast.DM_IDS[person]]


async def thread_on_message(call: Call) -> dict[str, Any]:
    """Start Thread from Message: the thread gets the message's id, so there can be one."""
    parent = the_channel(call)
    if parent["type"] not in {cast.TEXT, cast.ANNOUNCEMENT}:
        raise wrong_channel_kind()
    entry = the_message(call)
    demand(call.house.archive, parent, Permission.CREATE_PUBLIC_THREADS)
    if entry.id in call.house.archive.channels:
        raise thread_exists()
    kind = cast.ANNOUNCEMENT_THREAD if parent["type"] == cast.ANNOUNCEMENT else cast.PUBLIC_THREAD
    thread = _thread(call, parent, entry.id, kind)
    entry.payload = {**entry.payload, "flags": entry.payload["flags"] | HAS_THREAD, "thread": thread}
    call.house.archive.keep(entry)
    await _announce(call, thread)
    return thread


async def thread_alone(call: Call) -> dict[str, Any]:
    """Start Thread without Message; in a forum a post, whose first message is the body's ``message``."""
    parent = the_channel(call)
    if parent["type"] == cast.FORUM:
        return await _forum_post(call, parent)
    if parent["type"] not in {cast.TEXT, cast.ANNOUNCEMENT}:
        raise wrong_channel_kind()
    demand(call.house.archive, parent, Permission.CREATE_PUBLIC_THREADS)
    kind = call.fields().get("type", cast.PRIVATE_THREAD)
    thread = _thread(call, parent, call.house.board.next_id(), kind)
    await _announce(call, thread)
    return thread


async def _forum_post(call: Call, forum: dict[str, Any]) -> dict[str, Any]:
    demand(call.house.archive, forum, Permission.SEND_MESSAGES)
    body = call.fields()
    message = body.get("message")
    if not isinstance(message, dict):
        raise invalid_body(("message",), "BASE_TYPE_REQUIRED", "This field is required")
    tags = [str(tag) for tag in body.get("applied_tags") or ()]
    if len(tags) > _MOST_TAGS:
        raise invalid_body(("applied_tags",), "BASE_TYPE_MAX_LENGTH", f"Must be {_MOST_TAGS} or fewer in length.")
    known = {tag["id"] for tag in forum["available_tags"]}
    if unknown := [tag for tag in tags if tag not in known]:
        raise RefusedError(400, 10087, "Unknown tag", tags=unknown)
    check_new(message, under="message", files=len(call.uploads))
    thread = _thread(call, forum, call.house.board.next_id(), cast.PUBLIC_THREAD, applied_tags=tags)
    await _announce(call, thread)
    # The first message of a forum post has the post's own id.
    entry = create(call, thread, message, message_id=thread["id"])
    pinged = call.house.board.ping(entry.payload, message.get("allowed_mentions"))
    await call.house.board.put_up(entry, pinged=pinged)
    return {**thread, "message": entry.payload}


def _thread(call: Call, parent: dict[str, Any], thread_id: str, kind: int, **more: Any) -> dict[str, Any]:
    body = call.fields()
    errors = BodyErrors()
    errors.check_length(("name",), body.get("name"), 1, 100)
    minutes = body.get("auto_archive_duration") or 4320
    if minutes not in _ARCHIVE_MINUTES:
        errors.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", "Value must be one of {60, 1440, 4320, 10080}.")
    errors.refuse_if_any()
    since = timestamp(unix_time(thread_id))
    return {
        "id": thread_id,
        "type": kind,
        "guild_id": cast.GUILD_ID,
        "parent_id": parent["id"],
        "owner_id": cast.BOT_ID,
        "name": body["name"],
        "last_message_id": None,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "rate_limit_per_user": body.get("rate_limit_per_user") or 0,
        "flags": 0,
        "thread_metadata": {
            "archived": False,
            "locked": False,
            "auto_archive_duration": minutes,
            "archive_timestamp": since,
            "create_timestamp": since,
        },
        "member": {"id": thread_id, "user_id": cast.BOT_ID, "join_timestamp": since, "flags": 0},
        **more,
    }


async def _announce(call: Call, thread: dict[str, Any]) -> None:
    call.house.archive.keep_channel(thread)
    data = {**thread, "newly_created": True}
    await call.house.gateway.send("THREAD_CREATE", data, intent=GUILDS, guild_id=cast.GUILD_ID)
    call.house.ground.pulse.beat("discord", thread["parent_id"])


ENDPOINTS = (
    Endpoint(method="GET", path="/channels/{id}", handle=get),
    Endpoint(method="PATCH", path="/channels/{id}", handle=change),
    Endpoint(method="DELETE", path="/channels/{id}", handle=delete),
    Endpoint(method="POST", path="/channels/{id}/typing", handle=typing),
    Endpoint(method="POST", path="/channels/{id}/messages/{message}/threads", handle=thread_on_message),
    Endpoint(method="POST", path="/channels/{id}/threads", handle=thread_alone),
    Endpoint(method="PUT", path="/channels/{id}/thread-members/@me", handle=join_thread),
    Endpoint(method="DELETE", path="/channels/{id}/thread-members/@me", handle=join_thread),
    Endpoint(method="POST", path="/users/@me/channels", handle=open_private),
)
