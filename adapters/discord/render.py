"""A post as a Discord card: one container of Components V2."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from discord import MediaGalleryItem, ui

from adapters.discord.addresses import belies, fit_address
from adapters.discord.controls import rows
from adapters.discord.limits import (
    BYTES_PER_DISPLAY,
    ESCAPED,
    LIMITS,
    MAX_ALT,
    MAX_BYTES,
    MAX_IMAGE_ADDRESS,
    MAX_LINK,
    MAX_TEXT,
)
from bot.messages.action import ActionCodec
from bot.messages.fitting import fit
from bot.messages.post import Block, BlockKind, Post, Tone
from bot.messages.text import Span, Style, Text, plain

_ACCENTS: Final = {
    Tone.BREAKING: 0xE8590C,
    Tone.NEWS: 0x2F6FDE,
    Tone.STORY: 0x4752C4,
    Tone.OPINION: 0x9B59B6,
    Tone.NOTICE: 0x6D7480,
    Tone.TROUBLE: 0xD83C3E,
}

_CARDS: Final = (Tone.BREAKING, Tone.NEWS)
"""Their picture is shown large; others have a small one beside the title."""

_MARKUP = re.compile(rf"[{re.escape(ESCAPED.replace(':', ''))}]|:(?=//)")
_BULLET = re.compile(r"^(\s*)([-+])(?=\s)", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*\d+)\.(?=\s)", re.MULTILINE)

_LAST_ROOM = 1_000
"""Words of at most this measure fit whatever is to be escaped in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How much beside the words is written."""

    has_title_link: bool = True
    has_links: bool = True
    has_styles: bool = True


_RICH = _Manner()
_BARE = _Manner(has_title_link=False, has_links=False, has_styles=False)


def card(post: Post, codec: ActionCodec) -> ui.LayoutView:
    """The post within Discord's limits. The view keeps no state: presses are read from their tokens alone."""
    post = fit(post, LIMITS)
    head, body = _written(post)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_ACCENTS[post.tone])
    for item in _items(post, head, body):
        container.add_item(item)
    for row in rows(post.controls, codec):
        container.add_item(row)
    if not container.children:
        container.add_item(ui.TextDisplay("…"))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()  # a running view would be kept in memory for as long as its message lives
    return view


def escape(words: str) -> str:
    """Words from outside that stay words: no markup, mention, emoji, timestamp or link comes of them within a line."""
    return _MARKUP.sub(r"\\\g<0>", words.encode(errors="replace").decode())


def _items(post: Post, head: str, body: str) -> Iterator[ui.Item[ui.LayoutView]]:
    picture = fit_address(post.image.address, most=MAX_IMAGE_ADDRESS) if post.image else None
    alt = (post.image.alt[:MAX_ALT].strip() or None) if post.image else None
    if picture and head and post.tone not in _CARDS:
        yield ui.Section(ui.TextDisplay(head), accessory=ui.Thumbnail(picture, description=alt))
    elif head:
        yield ui.TextDisplay(head)
    if picture and (post.tone in _CARDS or not head):
        yield ui.MediaGallery(MediaGalleryItem(picture, description=alt))
    if body:
        yield ui.TextDisplay(body)
    if post.controls and (head or body):
        yield ui.Separator()


def _written(post: Post) -> tuple[str, str]:
    """Head and body in the richest manner that Discord takes."""
    for manner in (_RICH, replace(_RICH, has_links=False), _BARE):
        words = _head(post, manner), _body(post.blocks, manner)
        if _fits(words):
            return words
    post = fit(post, replace(LIMITS, text=_LAST_ROOM))
    return _head(post, _BARE), _body(post.blocks, _BARE)


def _fits(displays: Iterable[str]) -> bool:
    size = sum(len(words.encode()) + BYTES_PER_DISPLAY for words in displays)
    return sum(map(len, displays)) <= MAX_TEXT and size <= MAX_BYTES


def _head(post: Post, manner: _Manner) -> str:
    lines = []
    if post.title and post.title.strip():
        title = Span(text=" ".join(post.title.split()), link=post.link if manner.has_title_link else None)
        lines.append(f"### {_linked(title.text, title.link)}")
    byline = _spans(post.byline, manner).strip()
    if byline:
        lines.append(_prefixed("-# ", byline))
    return "\n".join(lines)


def _body(blocks: Iterable[Block], manner: _Manner) -> str:
    """The blocks with a blank line between them; the items of a list stand close to each other."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if not plain(block.text).strip():
            continue
        if before is not None and before.kind is block.kind is BlockKind.ITEM:
            parts[-1] += f"\n{_block(block, manner)}"
        else:
            parts.append(_block(block, manner))
        before = block
    return "\n\n".join(parts)


def _block(block: Block, manner: _Manner) -> str:
    match block.kind:
        case BlockKind.BODY:
            return _spans(block.text, manner).strip()
        case BlockKind.QUOTE:
            return _prefixed("> ", _spans(block.text, manner).strip())
        case BlockKind.NOTE:
            return _prefixed("-# ", _spans(block.text, manner).strip())
        case BlockKind.HEADING:
            return f"**{escape(' '.join(plain(block.text).split()))}**"
        case BlockKind.ITEM:
            mark = "-" if block.number is None else f"{block.number}."
            return f"{mark} {_spans(block.text, manner).strip()}"


def _prefixed(mark: str, lines: str) -> str:
    return "\n".join(mark + line for line in lines.split("\n") if line.strip())


def _spans(spans: Text, manner: _Manner) -> str:
    """The words on lines, with no line that Discord takes for an item of a list."""
    lines = ""
    for span in spans:
        written = _span(span, manner)
        if written.startswith("*") and _ends_with_mark(lines):  # marks that touch are read as other marks
            written = _span(replace(span, style=Style.PLAIN), manner)
        lines += written
    return _NUMBER.sub(r"\1\\.", _BULLET.sub(r"\1\\\2", lines))


def _span(span: Span, manner: _Manner) -> str:
    if span.moment and manner.has_styles:
        return f"<t:{int(span.moment.timestamp())}:R>"
    words = span.text.replace("\r", " ")
    link = span.link if manner.has_links else None
    style = span.style if manner.has_styles else Style.PLAIN
    return "\n".join(_styled(_linked(line, link), style) for line in words.split("\n"))


def _styled(words: str, style: Style) -> str:
    """A mark must touch what it marks, so blanks stay outside."""
    inner = words.strip()
    mark = {Style.PLAIN: "", Style.STRONG: "**", Style.EMPHASIS: "*"}[style]
    if not inner or not mark or inner.endswith("\\\\"):  # a backslash at the end may be taken for the mark's
        return words
    start = words.index(inner)
    return f"{words[:start]}{mark}{inner}{mark}{words[start + len(inner) :]}"


def _ends_with_mark(written: str) -> bool:
    return written.endswith("*") and not written.endswith("\\*")


def _linked(words: str, link: str | None) -> str:
    """A masked link where there is an address that the words do not belie."""
    address = fit_address(link, most=MAX_LINK)
    if address is None or not words.strip() or belies(words, address):
        return escape(words)
    return f"[{escape(words)}]({address})"
