"""Cutting texts to a platform's measure without losing a paragraph or splitting a word."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.messages.limits import Limits
from bot.messages.post import Block, BlockKind, Control, Post
from bot.messages.text import Span, Style, Text, plain

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


def paginate(
    blocks: tuple[Block, ...], room: int, measure: Callable[[str], int], *, mark: int = 0
) -> tuple[tuple[Block, ...], ...]:
    """Pages of blocks, in order, each at most ``room`` as measured with a blank line between blocks and ``mark`` for
    each style or kind.

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
        for piece in _pieces(block, room, measure, mark):
            needed = _size(piece, measure, mark) + (between if page else 0)
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
        around = _around(block, limits.mark)
        spans = _shorten_spans(block.text, max(room - around, 0), limits.measure, limits.mark)
        if not spans:
            break
        blocks.append(replace(block, text=spans))
        room -= _size(blocks[-1], limits.measure, limits.mark) + 2
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


def _around(block: Block, mark: int) -> int:
    """What the block's kind may cost beside its words."""
    return 0 if block.kind is BlockKind.BODY else mark


def _size(block: Block, measure: Callable[[str], int], mark: int) -> int:
    return measure(plain(block.text)) + _around(block, mark) + mark * sum(_is_styled(span) for span in block.text)


def _is_styled(span: Span) -> bool:
    return span.style is not Style.PLAIN


def _shorten_spans(spans: Text, room: int, measure: Callable[[str], int], mark: int = 0) -> Text:
    kept: list[Span] = []
    for span in spans:
        room -= mark * _is_styled(span)
        size = measure(span.text)
        if size <= room:
            kept.append(span)
            room -= size
            continue
        cut = shorten(span.text, max(room, 0), measure)
        if cut:
            kept.append(replace(span, text=cut))
        break
    return tuple(kept)


def _pieces(block: Block, room: int, measure: Callable[[str], int], mark: int) -> Iterator[Block]:
    """The block in parts that fit; what follows the beginning of an item has no bullet of its own."""
    while block.text and _size(block, measure, mark) > room:
        head, rest = _split(list(block.text), room - _around(block, mark), measure, mark)
        yield replace(block, text=tuple(head))
        kind = BlockKind.BODY if block.kind is BlockKind.ITEM else block.kind
        block = replace(block, text=tuple(rest), kind=kind, number=None)
    if block.text:
        yield block


def _split(spans: list[Span], room: int, measure: Callable[[str], int], mark: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for number, span in enumerate(spans):
        if head and room <= mark * _is_styled(span):
            return head, spans[number:]
        room -= mark * _is_styled(span)
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
