"""Message objects as the API shows them: made from a body, changed by an edit."""

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.discord import component_rules
from adapters.sandbox.discord.mentions import Pinged
from adapters.sandbox.discord.message_rules import COMPONENTS_V2, EPHEMERAL, LOADING, SILENT, SUPPRESS_EMBEDS
from adapters.sandbox.discord.snowflakes import timestamp, unix_time

PLAIN, REPLY, COMMAND_ANSWER = 0, 19, 20

_SETTABLE = SUPPRESS_EMBEDS | EPHEMERAL | SILENT | COMPONENTS_V2
_EDITABLE = SUPPRESS_EMBEDS | COMPONENTS_V2


def new_message(
    body: Mapping[str, Any],
    *,
    message_id: str,
    channel_id: str,
    author: Mapping[str, Any],
    kind: int = PLAIN,
    **more: Any,
) -> dict[str, Any]:
    """The message that the body makes; flags that a bot cannot set are left out."""
    flags = body.get("flags")
    message = {
        "id": message_id,
        "channel_id": channel_id,
        "author": author,
        "type": kind,
        "content": body.get("content") or "",
        "embeds": [_embed(embed) for embed in body.get("embeds") or ()],
        "components": numbered(body.get("components")),
        "attachments": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "timestamp": timestamp(unix_time(message_id)),
        "edited_timestamp": None,
        "flags": (flags if isinstance(flags, int) else 0) & _SETTABLE,
        "pinned": False,
        "tts": bool(body.get("tts")),
        **more,
    }
    if body.get("poll"):
        message["poll"] = _poll(body["poll"])
    return message


def edited(before: Mapping[str, Any], body: Mapping[str, Any], *, at: float) -> dict[str, Any]:
    """The message after the edit (at Unix seconds); filling in a deferred answer does not count as an edit."""
    after = dict(before)
    if "content" in body:
        after["content"] = body["content"] or ""
    if "embeds" in body:
        after["embeds"] = [_embed(embed) for embed in body["embeds"] or () if isinstance(embed, dict)]
    if "components" in body:
        after["components"] = numbered(body["components"])
    if "attachments" in body:
        kept = {str(one.get("id")) for one in body["attachments"] or ()}
        after["attachments"] = [one for one in before["attachments"] if one["id"] in kept]
    if body.get("poll"):
        after["poll"] = _poll(body["poll"])
    flags = body.get("flags")
    after["flags"] = (before["flags"] & ~LOADING) | ((flags if isinstance(flags, int) else 0) & _EDITABLE)
    if not before["flags"] & LOADING:
        after["edited_timestamp"] = timestamp(at)
    return after


def name_pinged(message: dict[str, Any], pinged: Pinged, users: Mapping[str, Mapping[str, Any]]) -> None:
    """Write into the message whom it pings."""
    message["mentions"] = [users[user] for user in pinged.users if user in users]
    message["mention_roles"] = list(pinged.roles)
    message["mention_everyone"] = pinged.everyone


def attach(message: dict[str, Any], attachments: list[dict[str, Any]]) -> None:
    """Add uploaded files and let ``attachment://`` references point at them."""
    message["attachments"] = [*message["attachments"], *attachments]
    urls = {f"attachment://{one['filename']}": one["url"] for one in message["attachments"]}
    for component in component_rules.walk(message["components"]):
        holders = [component, *(component.get("items") or ())]
        for holder in holders:
            for key in ("media", "file"):
                media = holder.get(key)
                if isinstance(media, dict) and media.get("url") in urls:
                    holder[key] = {**media, "url": urls[media["url"]], "proxy_url": urls[media["url"]]}
    for embed in message["embeds"]:
        for where in ("image", "thumbnail"):
            media = embed.get(where)
            if isinstance(media, dict) and media.get("url") in urls:
                embed[where] = {**media, "url": urls[media["url"]]}


def numbered(components: object) -> list[Any]:
    """The components, each with a number of its own where the bot gave none."""
    everything = list(component_rules.walk(components))
    taken = {one["id"] for one in everything if isinstance(one.get("id"), int) and one["id"]}
    free = (number for number in range(1, len(everything) + len(taken) + 1) if number not in taken)
    for component in everything:
        if not component.get("id"):
            component["id"] = next(free)
    return components if isinstance(components, list) else []


def _embed(embed: Mapping[str, Any]) -> dict[str, Any]:
    trimmed = {key: value.strip() if key in {"title", "description"} and isinstance(value, str) else value
               for key, value in embed.items()}  # fmt: skip
    return {"type": "rich", **trimmed}


def _poll(poll: Mapping[str, Any]) -> dict[str, Any]:
    answers = [{**answer, "answer_id": number} for number, answer in enumerate(poll.get("answers") or (), start=1)]
    return {
        "question": poll.get("question") or {},
        "answers": answers,
        "expiry": None,
        "allow_multiselect": bool(poll.get("allow_multiselect")),
        "layout_type": poll.get("layout_type", 1),
    }
