"""What Discord demands of a message's body ("Create Message" and "Edit Message" of its documentation)."""

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.discord.component_rules import check_components, check_url
from adapters.sandbox.discord.refusals import BodyErrors, empty_message

CROSSPOSTED, SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING = 1, 1 << 2, 1 << 5, 1 << 6, 1 << 7
SILENT, COMPONENTS_V2 = 1 << 12, 1 << 15

_EMBED_TEXTS = (("title", 256), ("description", 4096))
_MOST_EMBED_TEXT = 6000
_LEGACY_FIELDS = ("content", "embeds", "poll", "sticker_ids")


def check_new(body: Mapping[str, Any], *, under: str | None = None, files: int = 0) -> None:
    """Refuse a body that may not become a message. ``under`` is "data" for the answer to an interaction."""
    errors = BodyErrors()
    v2 = bool(_flags(body) & COMPONENTS_V2)
    _check_fields(body, errors, v2=v2)
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:  # noqa: PLR2004  # the documented length
        errors.too_long(("nonce",), 25)
    errors.refuse_if_any(under=under)
    if not _shows_anything(body, v2=v2, files=files):
        raise empty_message()


def check_edit(
    body: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], *, under: str | None = None
) -> None:
    """Refuse an edit; ``after`` is the message as it would become."""
    errors = BodyErrors()
    v2 = bool(_flags(after) & COMPONENTS_V2)
    if _flags(before) & COMPONENTS_V2 and isinstance(body.get("flags"), int) and not _flags(body) & COMPONENTS_V2:
        errors.add(("flags",), "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
                   "MessageFlags.IS_COMPONENTS_V2 cannot be removed once it has been set")  # fmt: skip
    _check_fields({**after, **body}, errors, v2=v2)
    errors.refuse_if_any(under=under)
    if not _shows_anything(after, v2=v2, files=len(after.get("attachments") or ())):
        raise empty_message()


def _flags(body: Mapping[str, Any]) -> int:
    flags = body.get("flags")
    return flags if isinstance(flags, int) else 0


def _check_fields(body: Mapping[str, Any], errors: BodyErrors, *, v2: bool) -> None:
    if v2:
        for field in _LEGACY_FIELDS:
            if body.get(field):
                errors.add((field,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                           f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")  # fmt: skip
    errors.check_length(("content",), body.get("content"), 0, 2000)
    _check_embeds(body.get("embeds"), errors)
    check_components(body.get("components"), errors, v2=v2)
    _check_poll(body.get("poll"), errors)
    _check_mentions(body.get("allowed_mentions"), errors)


def _shows_anything(body: Mapping[str, Any], *, v2: bool, files: int) -> bool:
    if v2:
        return bool(body.get("components"))
    content = body.get("content")
    shown = isinstance(content, str) and content.strip()
    return bool(shown or files or any(body.get(key) for key in ("embeds", "components", "poll", "sticker_ids")))


def _check_embeds(embeds: object, errors: BodyErrors) -> None:
    if embeds is None:
        return
    if not isinstance(embeds, list):
        errors.add(("embeds",), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    if len(embeds) > 10:  # noqa: PLR2004  # the documented bound
        errors.too_long(("embeds",), 10)
    total = sum(_check_embed(embed, ("embeds", index), errors) for index, embed in enumerate(embeds))
    if total > _MOST_EMBED_TEXT:
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {_MOST_EMBED_TEXT}")


def _check_embed(embed: object, path: tuple[str | int, ...], errors: BodyErrors) -> int:
    """Note what is wrong and return how many characters count; Discord trims before it counts."""
    if not isinstance(embed, dict):
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return 0
    texts: list[tuple[tuple[str | int, ...], object, int, int]] = [
        ((*path, key), embed.get(key), 0, limit) for key, limit in _EMBED_TEXTS
    ]
    texts.append(((*path, "footer", "text"), (embed.get("footer") or {}).get("text"), 0, 2048))
    texts.append(((*path, "author", "name"), (embed.get("author") or {}).get("name"), 0, 256))
    fields = embed.get("fields") or []
    if len(fields) > 25:  # noqa: PLR2004  # the documented bound
        errors.too_long((*path, "fields"), 25)
    for index, field in enumerate(fields):
        texts.append(((*path, "fields", index, "name"), field.get("name"), 1, 256))
        texts.append(((*path, "fields", index, "value"), field.get("value"), 1, 1024))
    for where in ("image", "thumbnail"):
        url = (embed.get(where) or {}).get("url")
        check_url(url, (*path, where, "url"), errors, schemes=("http", "https", "attachment"))
    check_url(embed.get("url"), (*path, "url"), errors, schemes=("http", "https"))
    counted = 0
    for where_text, text, low, high in texts:
        trimmed = text.strip() if isinstance(text, str) else text
        errors.check_length(where_text, trimmed, low, high)
        counted += len(trimmed) if isinstance(trimmed, str) else 0
    return counted


def _check_poll(poll: object, errors: BodyErrors) -> None:
    if not isinstance(poll, dict):
        return
    errors.check_length(("poll", "question", "text"), (poll.get("question") or {}).get("text"), 1, 300)
    answers = poll.get("answers") or []
    if not 1 <= len(answers) <= 10:  # noqa: PLR2004  # the documented bound
        errors.bad_length(("poll", "answers"), 1, 10)
    for index, answer in enumerate(answers):
        text = (answer.get("poll_media") or {}).get("text")
        errors.check_length(("poll", "answers", index, "poll_media", "text"), text, 1, 55)
    duration = poll.get("duration", 24)
    if not isinstance(duration, int | float) or not 1 <= duration <= 768:  # noqa: PLR2004  # 32 days in hours
        errors.add(("poll", "duration"), "NUMBER_TYPE_MAX", "int value should be between 1 and 768.")


def _check_mentions(allowed: object, errors: BodyErrors) -> None:
    if not isinstance(allowed, dict):
        return
    parse = allowed.get("parse") or []
    for key in ("users", "roles"):
        ids = allowed.get(key) or []
        if len(ids) > 100:  # noqa: PLR2004  # the documented bound
            errors.too_long(("allowed_mentions", key), 100)
        if ids and key in parse:
            errors.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                       f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.')  # fmt: skip
