"""Cutting texts to a platform's measure without losing a paragraph or splitting a word."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.messages.limits import Limits
from bot.messages.post import Block, Control, Post
from bot.messages.text import Span, plain

ELLIPSIS = "…"
_BREAK = "\n\n"


def shorten(words: str, room: int, measure: Callable[[str], int] = len) -> str:
    """At most ``room`` as measured, cut at a word boundary with an ellipsis, unchanged where it fits."""
    if measure(words) <= room:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(words[:middle] + ELLIPSIS) <= room:
            low = middle
        else:
            high = middle - 1
    cut = words[:low]
    if low < len(words) and not words[low].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    cut = cut.rstrip(" ,;:–—-\n\t")
    return cut + ELLIPSIS if cut else ""


def paginate(blocks: tuple[Block, ...], room: int, measure: Callable[[str], int]) -> tuple[tuple[Block, ...], ...]:
    """Pages of blocks, in order, each at most ``room`` as measured with a blank line between blocks.

    Nothing is lost: the words of all pages together are the words of the blocks. A block longer than a page is split at
    a sentence, else a word, else a character. Always at least one page.
    """
    if room < 1:
        raise ValueError("a page needs room")
    pages: list[tuple[Block, ...]] = []
    page: list[Block] = []
    used = 0
    between = measure(_BREAK)
    for block in blocks:
        for piece in _pieces(block, room, measure):
            needed = measure(plain(piece.text)) + (between if page else 0)
            if page and used + needed > room:
                pages.append(tuple(page))
                page, used = [], 0
                needed -= between
            page.append(piece)
            used += needed
    if page or not pages:
        pages.append(tuple(page))
    return tuple(pages)


def fit(post: Post, limits: Limits) -> Post:
    """The post cut to the platform's measure: title first, then byline, then as many blocks as there is room for.

    A card that is too long loses the end of its last block; labels and rows beyond the grid are cut or wrapped.
    """
    room = limits.text
    title = shorten(post.title, min(room, 300), limits.measure) if post.title else None
    room -= limits.measure(title) + 2 if title else 0
    byline = _shorten_spans(post.byline, max(room, 0), limits.measure)
    room -= limits.measure(plain(byline)) + 2 if byline else 0
    blocks: list[Block] = []
    for block in post.blocks:
        spans = _shorten_spans(block.text, max(room, 0), limits.measure)
        if not spans:
            break
        blocks.append(replace(block, text=spans))
        room -= limits.measure(plain(spans)) + 2
        if plain(spans) != plain(block.text):
            break
    return replace(post, title=title, byline=byline, blocks=tuple(blocks), controls=grid(post.controls, limits))


def grid(rows: tuple[tuple[Control, ...], ...], limits: Limits) -> tuple[tuple[Control, ...], ...]:
    """The rows with labels and widths the platform takes; a row too wide goes on in the next."""
    wrapped = []
    for row in rows:
        for start in range(0, len(row), limits.buttons_in_row):
            piece = row[start : start + limits.buttons_in_row]
            wrapped.append(tuple(replace(control, label=shorten(control.label, limits.label)) for control in piece))
    return tuple(wrapped[: limits.rows])


def _shorten_spans(spans: tuple[Span, ...], room: int, measure: Callable[[str], int]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        size = measure(span.text)
        if size <= room:
            kept.append(span)
            room -= size
            continue
        cut = shorten(span.text, room, measure)
        if cut:
            kept.append(replace(span, text=cut))
        break
    return tuple(kept)


def _pieces(block: Block, room: int, measure: Callable[[str], int]) -> Iterator[Block]:
    spans = list(block.text)
    while measure(plain(spans)) > room:
        head, spans = _split(spans, room, measure)
        yield replace(block, text=tuple(head))
    if spans:
        yield replace(block, text=tuple(spans))


def _split(spans: list[Span], room: int, measure: Callable[[str], int]) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for number, span in enumerate(spans):
        size = measure(span.text)
        if size <= room:
            head.append(span)
            room -= size
            continue
        cut = _cut_place(span.text, room, measure, must=not head)
        first, rest = span.text[:cut], span.text[cut:]
        if first:
            head.append(replace(span, text=first))
        return head, [replace(span, text=rest), *spans[number + 1 :]]
    return head, []


def _cut_place(words: str, room: int, measure: Callable[[str], int], *, must: bool) -> int:
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(words[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    low = max(low, 1 if must else 0)
    for ending in (". ", "! ", "? ", "” ", "\n", " "):
        place = words.rfind(ending, low // 2, low)
        if place > 0:
            return place + len(ending)
    return low
