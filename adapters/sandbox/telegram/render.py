"""A message as the page shows it: visible text, title, buttons and safe HTML."""

from collections.abc import Mapping
from html import escape
from itertools import pairwise
from typing import Any

from adapters.sandbox.contract import Button, Shown
from adapters.sandbox.telegram.cast import BOT_USERNAME
from adapters.sandbox.telegram.entities import Entity, utf16_length
from adapters.sandbox.telegram.links import checked_link, host_of, start_payload
from adapters.sandbox.telegram.message import Message

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="tg-spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="tg-expandable">', "</blockquote>"),
    "bot_command": ('<span class="tg-command">', "</span>"),
    "mention": ('<span class="tg-mention">', "</span>"),
    "hashtag": ('<span class="tg-hashtag">', "</span>"),
    "text_mention": ('<span class="tg-mention">', "</span>"),
}
_LINKS = ("text_link", "url")
_WEB = ("http://", "https://")


def shown(message: Message, *, author: str) -> Shown:
    """The message as everybody who may see it sees it."""
    return Shown(
        id=message.key.name,
        author=author,
        text=message.text or _service(message),
        title=_title(message),
        image=message.photo["shown"] if message.photo else None,
        buttons=_buttons(message),
        ephemeral=bool(message.receiver),
        edited=message.edited_at is not None,
        reply_to=message.reply_to.name if message.reply_to else None,
        html=_html(message),
        at=message.at,
    )


def _service(message: Message) -> str:
    """The grey line that stands for what happened to the chat."""
    return "The group was upgraded to a supergroup" if message.service else ""


def _title(message: Message) -> str | None:
    first = message.text.partition("\n")[0].rstrip()
    end, reached = utf16_length(first), 0
    for entity in message.entities:
        if entity.type == "bold" and entity.offset <= reached:
            reached = max(reached, entity.end)
    return first if first and reached >= end else None


def _buttons(message: Message) -> tuple[Button, ...]:
    buttons: dict[str, Button] = {}
    for row, line in enumerate(message.inline_keyboard):
        for column, raw in enumerate(line):
            place = f"{row}:{column}"
            data = raw.get("callback_data")
            name = data if data and data not in buttons else place
            buttons[name] = Button(
                id=name,
                label=raw["text"],
                url=raw.get("url"),
                disabled="disabled" in raw,
                row=row,
                style=raw.get("style", "secondary"),
            )
    return tuple(buttons.values())


def raw_button(message: Message, name: str) -> Mapping[str, Any] | None:
    """The keyboard's own entry for a shown button's id."""
    entries = [raw for line in message.inline_keyboard for raw in line]
    names = [button.id for button in _buttons(message)]
    return entries[names.index(name)] if name in names else None


def _html(message: Message) -> str:
    if message.service:
        return f'<span class="tg-service">{escape(_service(message))}</span>'
    body = _marked(message.text, message.entities)
    card = "" if message.photo else _preview(message)
    reaction = f'<div class="tg-reaction">{escape(message.reaction)}</div>' if message.reaction else ""
    return (card + body if (message.preview or {}).get("show_above_text") else body + card) + reaction


def _marked(text: str, entities: tuple[Entity, ...]) -> str:
    """Escaped text with tags, properly nested whatever overlaps."""
    if not entities:
        return _plain(text)
    units = text.encode("utf-16-le")
    edges = sorted({0, len(units) // 2, *(edge for e in entities for edge in (e.offset, e.end))})
    pieces: list[str] = []
    stack: list[tuple[Entity, str]] = []
    for start, end in pairwise(edges):
        active = [entity for entity in entities if entity.offset <= start and end <= entity.end]
        while any(entity not in active for entity, _ in stack):
            pieces.append(stack.pop()[1])
        for entity in active:
            if entity not in (one for one, _ in stack):
                opening, closing = _tag(entity, units)
                pieces.append(opening)
                stack.append((entity, closing))
        piece = units[2 * start : 2 * end].decode("utf-16-le")
        # A quote or a block of code ends its own line.
        is_after_block = bool(pieces) and pieces[-1].endswith(("</blockquote>", "</pre>"))
        pieces.append(_plain(piece.removeprefix("\n") if is_after_block else piece))
    pieces.extend(closing for _, closing in reversed(stack))
    return "".join(pieces)


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _tag(entity: Entity, units: bytes) -> tuple[str, str]:
    if entity.type not in _LINKS:
        return _TAGS.get(entity.type, ("<span>", "</span>"))
    inner = units[2 * entity.offset : 2 * entity.end].decode("utf-16-le")
    url = entity.url or checked_link(inner) or ""
    payload = start_payload(url, BOT_USERNAME)
    if payload is not None:
        return f'<a href="{escape(url)}" data-start="{escape(payload)}">', "</a>"
    if not url.startswith(_WEB):
        return "<span>", "</span>"
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"


def _preview(message: Message) -> str:
    options = message.preview or {}
    url = None if options.get("is_disabled") else options.get("url") or _first_link(message)
    if not url or not url.startswith(_WEB) or start_payload(url, BOT_USERNAME) is not None:
        return ""
    size = " tg-preview-large" if options.get("prefer_large_media") else ""
    return (
        f'<div class="tg-preview{size}"><a href="{escape(url)}" target="_blank" rel="noopener noreferrer">'
        f"<strong>{escape(host_of(url))}</strong><br>{escape(url)}</a></div>"
    )


def _first_link(message: Message) -> str | None:
    for entity in message.entities:
        if entity.type == "text_link":
            return entity.url
        if entity.type == "url":
            units = message.text.encode("utf-16-le")
            return checked_link(units[2 * entity.offset : 2 * entity.end].decode("utf-16-le"))
    return None
