"""Text and formatting of one call, checked in the real server's order and cleaned as it cleans."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.sandbox.telegram.cast import KNOWN_USERS
from adapters.sandbox.telegram.detect import detected
from adapters.sandbox.telegram.entities import Entity, given, repaired, utf16_length, utf16_prefix
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.html import parse_html
from adapters.sandbox.telegram.params import Params

TEXT_AT_MOST = 4096
CAPTION_AT_MOST = 1024
RAW_BYTES_AT_MOST = 32768

_REMOVED = frozenset("\r\u030a\u0333\u033f") | {chr(code) for code in range(0x2028, 0x202F)}
_INVISIBLE = re.compile(
    r"[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0]*"
)
_CLEAN = re.compile(r"[^\x00-\x09\x0b-\x1f\u2028-\u202e\u030a\u0333\u033f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """Text as it will be shown, with entities counted in UTF-16 units."""

    text: str
    entities: tuple[Entity, ...] = ()


def read_text(params: Params) -> Formatted:
    """The parsed ``text`` of a call: refused if empty or too long raw, unknown mode or broken markup (steps 1 to 4)."""
    text = params.text("text")
    if not text:
        raise BadRequestError("message text is empty")
    return _parsed(params, text, "entities")


def read_caption(params: Params) -> Formatted:
    """The parsed ``caption`` of a call; none is fine."""
    return _parsed(params, params.text("caption"), "caption_entities")


def read_preview(params: Params) -> Mapping[str, Any] | None:
    """The call's ``link_preview_options``, None when absent."""
    options = params.mapping("link_preview_options", "link preview options")
    if options is not None and not isinstance(options.get("url", ""), str):
        raise BadRequestError('can\'t parse link preview options: Field "url" must be of type String')
    return options


def fit_text(formatted: Formatted) -> Formatted:
    """Cleaned text: refused if nothing visible is left or it is too long (steps 7 to 9)."""
    cleaned = clean(formatted)
    if _INVISIBLE.fullmatch(cleaned.text):
        raise BadRequestError("text must be non-empty")
    if utf16_length(cleaned.text) > TEXT_AT_MOST:
        raise BadRequestError("message is too long")
    return _finished(cleaned)


def fit_caption(formatted: Formatted) -> Formatted:
    """Cleaned caption: refused if too long; nothing visible becomes no caption."""
    cleaned = clean(formatted)
    if utf16_length(cleaned.text) > CAPTION_AT_MOST:
        raise BadRequestError("message caption is too long")
    return Formatted(text="") if _INVISIBLE.fullmatch(cleaned.text) else _finished(cleaned)


def clean(formatted: Formatted) -> Formatted:
    """Control characters become spaces, some marks vanish, both ends are trimmed; entities move along."""
    text, entities = formatted.text, formatted.entities
    if not _CLEAN.fullmatch(text):
        text, entities = _without_marks(text, entities)
    text = text.rstrip(" \n")
    total = utf16_length(text)
    entities = tuple(replace(e, length=min(e.end, total) - e.offset) for e in entities if e.offset < total)
    first = min((entity.offset for entity in entities), default=total)
    cut = min(len(text) - len(text.lstrip(" \n")), first)
    return Formatted(text=text[cut:], entities=tuple(replace(e, offset=e.offset - cut) for e in entities))


def _parsed(params: Params, text: str, entities: str) -> Formatted:
    if len(text.encode()) > RAW_BYTES_AT_MOST:
        raise BadRequestError("text is too long")
    match params.text("parse_mode").lower():
        case "html":
            plain, found = parse_html(text)
            return Formatted(text=plain, entities=found)
        case "" | "none":
            raw = params.json(entities, "entities")
            return Formatted(text=text, entities=given(raw, text) if raw else ())
        case "markdown" | "markdownv2":
            raise BadRequestError("can't parse entities: the sandbox reads HTML and entities only")
        case _:
            raise BadRequestError("unsupported parse_mode")


def _finished(formatted: Formatted) -> Formatted:
    # A mention of somebody unknown is dropped; the words stay.
    known = [entity for entity in formatted.entities if entity.user is None or entity.user in KNOWN_USERS]
    return Formatted(text=formatted.text, entities=detected(formatted.text, repaired(known)))


def _without_marks(text: str, entities: tuple[Entity, ...]) -> tuple[str, tuple[Entity, ...]]:
    before = utf16_prefix(text)
    kept: list[str] = []
    moved = {0: 0}
    units = 0
    for at, character in enumerate(text):
        if character not in _REMOVED:
            kept.append(" " if character < " " and character != "\n" else character)
            units += 1 + (character > "\uffff")
        moved[before[at + 1]] = units
    shifted = [
        replace(e, offset=moved[e.offset], length=moved[e.end] - moved[e.offset])
        for e in entities
        if moved[e.end] > moved[e.offset]
    ]
    return "".join(kept), tuple(shifted)
