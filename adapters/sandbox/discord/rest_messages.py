"""Endpoints for messages: send, read, edit, delete, publish, react."""

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from adapters.sandbox.discord import cast, faults, messages, uploads
from adapters.sandbox.discord.archive import Entry, Sent
from adapters.sandbox.discord.gateway import DIRECT_REACTIONS, GUILD_REACTIONS, GUILDS
from adapters.sandbox.discord.limits import CROSSPOSTS, EDITS, SENDS
from adapters.sandbox.discord.message_rules import CROSSPOSTED, check_edit, check_new
from adapters.sandbox.discord.permissions import Permission
from adapters.sandbox.discord.refusals import (
    RefusedError,
    already_crossposted,
    archived_thread,
    closed_dm,
    invalid_body,
    locked_thread,
    not_the_author,
    unknown_channel,
    unknown_message,
    wrong_channel_kind,
)
from adapters.sandbox.discord.rest import Call, Endpoint
from adapters.sandbox.discord.rights import demand, rights_in, send_right

_MOST_REACTIONS = 20
_WRITABLE = {cast.TEXT, cast.DM, cast.ANNOUNCEMENT, *cast.THREADS}


def the_channel(call: Call) -> dict[str, Any]:
    """The channel of the path, which the bot can see; raises 10003 or 50001."""
    channel = call.house.archive.channels.get(call.part("id"))
    if channel is None:
        raise unknown_channel()
    demand(call.house.archive, channel, Permission.VIEW_CHANNEL)
    return channel


def the_message(call: Call) -> Entry:
    """The public message of the path; raises 10008."""
    entry = call.house.archive.find(call.part("id"), call.part("message"))
    if entry is None or entry.to is not None or entry.spoken:
        raise unknown_message()
    return entry


async def send(call: Call) -> dict[str, Any]:
    """Create Message. With ``enforce_nonce`` a known nonce returns its first message and creates nothing."""
    channel = the_channel(call)
    body = call.fields()
    nonce = body.get("nonce")
    call.nonce = None if nonce is None else str(nonce)
    faults.strike_send(call.house.ground, is_private=channel["type"] == cast.DM)
    if channel["type"] not in _WRITABLE:
        raise wrong_channel_kind()
    if call.house.archive.is_closed(channel["id"]):
        raise closed_dm()
    demand(call.house.archive, channel, send_right(channel))
    check_new(body, files=len(call.uploads))
    if call.nonce is not None and body.get("enforce_nonce") and (first := _first_with(call, call.nonce)):
        return first
    await wake_thread(call, channel)
    entry = create(call, channel, body)
    pinged = call.house.board.ping(entry.payload, body.get("allowed_mentions"), replied_to=_replied_to(entry))
    if call.nonce is not None and body.get("enforce_nonce"):
        _remember(call, call.nonce, entry)
    await call.house.board.put_up(entry, nonce=call.nonce, pinged=pinged)
    return {**entry.payload, "nonce": nonce} if nonce is not None else entry.payload


def create(call: Call, channel: Mapping[str, Any], body: Mapping[str, Any], message_id: str | None = None) -> Entry:
    """The bot's message of this body, with its files, not yet shown."""
    board = call.house.board
    more: dict[str, Any] = {}
    reference = body.get("message_reference")
    if reference:
        more = _reply(call, channel, reference)
    payload = messages.new_message(
        body, message_id=message_id or board.next_id(), channel_id=channel["id"], author=cast.BOT_USER, **more
    )
    attach_uploads(call, payload)
    return Entry(payload=payload)


def attach_uploads(call: Call, payload: dict[str, Any]) -> None:
    """Keep the call's files and let the message show them."""
    if call.uploads or payload["attachments"]:
        ids = [call.house.board.next_id() for _ in call.uploads]
        documents = call.house.ground.documents
        messages.attach(payload, uploads.keep(documents, call.uploads, address=call.house.address, ids=ids))


async def wake_thread(call: Call, channel: dict[str, Any]) -> None:
    """A message wakes an archived thread, unless it is locked."""
    metadata = channel.get("thread_metadata") or {}
    if metadata.get("locked"):
        raise locked_thread()
    if metadata.get("archived"):
        channel["thread_metadata"] = {**metadata, "archived": False}
        call.house.archive.keep_channel(channel)
        await call.house.gateway.send("THREAD_UPDATE", channel, intent=GUILDS, guild_id=channel["guild_id"])


def _first_with(call: Call, nonce: str) -> dict[str, Any] | None:
    window = call.house.ground.strictness.nonce_window_s
    sent = call.house.archive.sent(nonce, since=call.house.ground.clock() - window) if window > 0 else None
    if sent is None:
        return None
    entry = call.house.archive.find(sent.channel, sent.message)
    if entry is None:
        raise unknown_message()
    return {**entry.payload, "nonce": nonce}


def _remember(call: Call, nonce: str, entry: Entry) -> None:
    now = call.house.ground.clock()
    sent = Sent(message=entry.id, channel=entry.channel_id, at=now)
    forget_before = now - call.house.ground.strictness.nonce_window_s
    call.house.archive.remember_nonce(nonce, sent, forget_before=forget_before)


def _reply(call: Call, channel: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    if not rights_in(call.house.archive, dict(channel), cast.BOT_ID) & Permission.READ_MESSAGE_HISTORY:
        raise RefusedError(403, 160002, "You cannot reply without permission to read message history")
    message_id = str(reference.get("message_id"))
    original = call.house.archive.find(channel["id"], message_id)
    if original is None and reference.get("fail_if_not_exists", True):
        raise invalid_body(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    link = {"type": 0, "channel_id": channel["id"], "message_id": message_id}
    if channel.get("guild_id"):
        link["guild_id"] = channel["guild_id"]
    return {
        "kind": messages.REPLY,
        "message_reference": link,
        "referenced_message": original.payload if original else None,
    }


def _replied_to(entry: Entry) -> str | None:
    original = entry.payload.get("referenced_message")
    return original["author"]["id"] if original else None


async def edit(call: Call) -> dict[str, Any]:
    """Edit Message: own ones only, none in an archived thread."""
    channel = the_channel(call)
    entry = the_message(call)
    if entry.payload["author"]["id"] != cast.BOT_ID:
        raise not_the_author()
    if (channel.get("thread_metadata") or {}).get("archived"):
        raise archived_thread()
    body = call.fields()
    after = messages.edited(entry.payload, body, at=call.house.ground.clock())
    check_edit(body, entry.payload, after)
    attach_uploads(call, after)
    pinged = call.house.board.ping(after, body.get("allowed_mentions"))
    await call.house.board.change(entry, after, pinged=pinged)
    return entry.payload


async def read(call: Call) -> dict[str, Any]:
    the_channel(call)
    return the_message(call).payload


async def history(call: Call) -> list[dict[str, Any]]:
    """Get Channel Messages, newest first; empty without the right to read history. A nonce is never in it."""
    channel = the_channel(call)
    if not rights_in(call.house.archive, channel, cast.BOT_ID) & Permission.READ_MESSAGE_HISTORY:
        return []
    query = call.request.query
    limit = _whole(query.get("limit"), "limit") or 50
    if not 1 <= limit <= 100:  # noqa: PLR2004  # the documented bound
        raise invalid_body(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    around = _whole(query.get("around"), "around")
    before, after = _whole(query.get("before"), "before"), _whole(query.get("after"), "after")
    if around is not None:
        return _around(call, channel["id"], around, limit)
    entries = call.house.archive.history(channel["id"], before=before, after=after, limit=limit)
    return [entry.payload for entry in entries]


def _around(call: Call, channel_id: str, around: int, limit: int) -> list[dict[str, Any]]:
    archive, half = call.house.archive, max(1, limit // 2)
    later = archive.history(channel_id, before=None, after=around, limit=half)
    earlier = archive.history(channel_id, before=around + 1, after=None, limit=half + 1)
    return [entry.payload for entry in (*later, *earlier)][:limit]


def _whole(text: str | None, name: str) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        raise invalid_body((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.') from None


async def delete(call: Call) -> None:
    """Delete Message: own ones, or any with Manage Messages."""
    channel = the_channel(call)
    entry = the_message(call)
    if entry.payload["author"]["id"] != cast.BOT_ID:
        demand(call.house.archive, channel, Permission.MANAGE_MESSAGES)
    await call.house.board.take_down(entry)


async def crosspost(call: Call) -> dict[str, Any]:
    """Publish a message of an announcement channel, once."""
    channel = the_channel(call)
    if channel["type"] != cast.ANNOUNCEMENT:
        raise wrong_channel_kind()
    entry = the_message(call)
    needed = send_right(channel)
    own = entry.payload["author"]["id"] == cast.BOT_ID
    demand(call.house.archive, channel, needed if own else needed | Permission.MANAGE_MESSAGES)
    if entry.payload["flags"] & CROSSPOSTED:
        raise already_crossposted()
    await call.house.board.change(entry, {**entry.payload, "flags": entry.payload["flags"] | CROSSPOSTED})
    return entry.payload


async def react(call: Call) -> None:
    """Create Reaction; at most twenty different ones on a message."""
    channel = the_channel(call)
    entry = the_message(call)
    demand(call.house.archive, channel, Permission.ADD_REACTIONS | Permission.READ_MESSAGE_HISTORY)
    name = unquote(call.part("emoji"))
    reactions = entry.payload.setdefault("reactions", [])
    if any(one["emoji"]["name"] == name for one in reactions):
        return
    if len(reactions) >= _MOST_REACTIONS:
        raise RefusedError(400, 30010, "Maximum number of reactions reached (20)")
    reactions.append({"emoji": {"id": None, "name": name}, "count": 1, "me": True})
    await _keep_reactions(call, entry, "MESSAGE_REACTION_ADD", name)


async def unreact(call: Call) -> None:
    the_channel(call)
    entry = the_message(call)
    name = unquote(call.part("emoji"))
    reactions = entry.payload.get("reactions", [])
    with contextlib.suppress(StopIteration):
        reactions.remove(next(one for one in reactions if one["emoji"]["name"] == name))
        await _keep_reactions(call, entry, "MESSAGE_REACTION_REMOVE", name)


async def _keep_reactions(call: Call, entry: Entry, event: str, name: str) -> None:
    call.house.archive.keep(entry)
    guild_id = call.house.archive.channels[entry.channel_id].get("guild_id")
    data = {
        "user_id": cast.BOT_ID,
        "channel_id": entry.channel_id,
        "message_id": entry.id,
        "emoji": {"id": None, "name": name},
        "burst": False,
        "type": 0,
        "message_author_id": entry.payload["author"]["id"],
    }
    if guild_id:
        data["guild_id"] = guild_id
    intent = GUILD_REACTIONS if guild_id else DIRECT_REACTIONS
    await call.house.gateway.send(event, data, intent=intent, guild_id=guild_id)


ENDPOINTS = (
    Endpoint(method="POST", path="/channels/{id}/messages", handle=send, rule=SENDS),
    Endpoint(method="GET", path="/channels/{id}/messages", handle=history),
    Endpoint(method="GET", path="/channels/{id}/messages/{message}", handle=read),
    Endpoint(method="PATCH", path="/channels/{id}/messages/{message}", handle=edit, rule=EDITS),
    Endpoint(method="DELETE", path="/channels/{id}/messages/{message}", handle=delete),
    Endpoint(method="POST", path="/channels/{id}/messages/{message}/crosspost", handle=crosspost, rule=CROSSPOSTS),
    Endpoint(method="PUT", path="/channels/{id}/messages/{message}/reactions/{emoji}/@me", handle=react),
    Endpoint(method="DELETE", path="/channels/{id}/messages/{message}/reactions/{emoji}/@me", handle=unreact),
)
