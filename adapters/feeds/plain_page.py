"""The stories of one news page, given as the text that a person would copy from it."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.feeds.page_continuity import AHEAD, Running, readings
from adapters.feeds.page_furniture import Furniture, furniture
from adapters.feeds.page_titles import LONGEST_TITLE, derived_title, is_cut, whole_worded

_TITLE_WORDS = 2
_GAP_SIZES = 3
_TITLES_OF_A_LIST = 2
_CLOSING_QUOTES = '"”»’'
_AFTER_A_TITLE = ")]%"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNSEEN = dict.fromkeys((0xFEFF, 0x00AD, 0x200B, 0x2060), "") | dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
"""Marks that take no room go, control characters become spaces."""


class PlainPageError(Exception):
    """A page that no story can be taken from; ``str(error)`` is a sentence for the person who gave it."""


class EmptyPageError(PlainPageError):
    """There is no text."""


class BinaryPageError(PlainPageError):
    """It is not text."""


class NoStoryError(PlainPageError):
    """There is text, but only such as stands on every page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainStory:
    """One story of a page.

    ``title`` has 1 to 120 characters; ``has_own_title`` is False when it was made from the lead, which then is the
    first paragraph as well. Where the page broke the story off, ``is_complete`` is False; a text that broke off after
    one line is the ``teaser``, shown without the cut word, and there are no paragraphs.
    """

    title: str
    teaser: str | None = None
    paragraphs: tuple[str, ...] = ()
    is_complete: bool = True
    has_own_title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPage:
    """What a page says: its stories in order, at least one; what the source says of itself; how it asks for opinions.

    ``dropped`` are the lines that serve the page alone, so that none goes without a trace.
    """

    stories: tuple[PlainStory, ...]
    footer: str | None = None
    opinion_prompt: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of a story: ``gap`` counts the empty lines before it, ``is_after_furniture`` tells that a story ended."""

    text: str
    gap: int
    is_after_furniture: bool


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 or, with its mark, UTF-16. Raises BinaryPageError and EmptyPageError."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BinaryPageError("This is not a text file in UTF-8. Save the page as plain text and try again.") from error
    if "\0" in text:
        raise BinaryPageError(
            "This is a binary file, not the text of a page. Save the page as plain text and try again."
        )
    if not text.strip():
        raise EmptyPageError("The file is empty: there is no story in it.")
    return text


def read_plain_page(text: str) -> PlainPage:
    """The stories of a page, in time linear in its length. Raises EmptyPageError and NoStoryError, and nothing else.

    Every line that is not page furniture is in exactly one story, in order, with its quotation marks as they are;
    spaces within a line become single ones.
    """
    kept: list[_Line] = []
    aside: dict[Furniture, list[str]] = {kind: [] for kind in Furniture}
    gap = 0
    ended = False
    for line in text.splitlines():
        cleaned = _cleaned(line)
        if not cleaned:
            gap += 1
        elif kind := furniture(cleaned):
            aside[kind].append(cleaned)
            ended = ended or kind is not Furniture.NOISE
        else:
            kept.append(_Line(text=cleaned, gap=gap, is_after_furniture=ended))
            gap, ended = 0, False
    if not kept:
        raise (
            NoStoryError("There is no story on this page.")
            if any(aside.values())
            else EmptyPageError("The page is empty.")
        )
    return PlainPage(
        stories=tuple(_story(lines, has_own_title=titled) for lines, titled in _stories(kept)),
        footer="\n".join(dict.fromkeys(aside[Furniture.FOOTER])) or None,
        opinion_prompt=tuple(dict.fromkeys(aside[Furniture.OPINION])),
        dropped=(*aside[Furniture.SEPARATOR], *aside[Furniture.NOISE]),
    )


def _cleaned(line: str) -> str:
    return " ".join(line.translate(_UNSEEN).split())


def _stories(lines: Sequence[_Line]) -> Iterator[tuple[list[str], bool]]:
    """The lines of each story, and whether the first of them is its title."""
    width = _telling_gap(lines)
    if width is None:
        for part in _parts(lines, [line.is_after_furniture for line in lines]):
            yield from _told_apart(part)
        return
    starts = [line.gap >= width or line.is_after_furniture for line in lines]
    waiting: list[str] = []
    blocks = list(_parts(lines, starts))
    for block, following in pairwise([*blocks, []]):
        if not waiting and following and _is_lone_title(block, following):
            waiting = block
            continue
        together = waiting + block
        yield together, len(together) > 1 and _may_be_title(together[0])
        waiting = []


def _telling_gap(lines: Sequence[_Line]) -> int | None:
    """How many empty lines stand between stories here; None if empty lines tell nothing.

    Between most lines they only part paragraphs; where most blocks have several lines they part stories.
    """
    gaps = [line.gap for line in lines[1:]]
    for narrow in sorted(set(gaps))[:_GAP_SIZES]:
        wider = [gap for gap in gaps if gap > narrow]
        if wider and (len(wider) + 1) * 2 <= len(lines):
            return min(wider)
    return None


def _parts(lines: Sequence[_Line], starts: Sequence[bool]) -> Iterator[list[str]]:
    part: list[str] = []
    for line, is_start in zip(lines, starts, strict=True):
        if is_start and part:
            yield part
            part = []
        part.append(line.text)
    if part:
        yield part


def _is_lone_title(block: Sequence[str], following: Sequence[str]) -> bool:
    return len(block) == 1 and _may_be_title(block[0]) and not _may_be_title(following[0])


def _told_apart(lines: Sequence[str]) -> Iterator[tuple[list[str], bool]]:
    """The stories in lines that stand close together, by their titles and by what ties a line to those before it."""
    shown = readings(lines)
    titles = [_may_be_title(line) and not _may_be_title(following) for line, following in pairwise(lines)] + [False]
    is_list = sum(titles) >= _TITLES_OF_A_LIST
    story: list[str] = []
    has_title = False
    running: Running | None = None
    for n, line in enumerate(lines):
        is_body = has_title and (is_list or len(story) == 1)
        ahead = shown[n + 1 : n + 1 + AHEAD]
        if running and not titles[n] and (is_body or running.continues_with(shown[n], ahead)):
            running.take(shown[n])
            story.append(line)
        else:
            if story:
                yield story, has_title
            story, has_title = [line], titles[n]
            running = Running(shown[n], has_own_title=has_title)
        if is_cut(line) and len(story) == 1 + has_title:
            running = None
    yield story, has_title


def _may_be_title(line: str) -> bool:
    """Whether a line is short and no sentence."""
    end = line.rstrip(_CLOSING_QUOTES)[-1:]
    return (
        len(line) <= LONGEST_TITLE
        and line.count(" ") + 1 >= _TITLE_WORDS
        and (end.isalnum() or (end != "" and end in _AFTER_A_TITLE))
    )


def _story(lines: Sequence[str], *, has_own_title: bool) -> PlainStory:
    title, body = (lines[0], tuple(lines[1:])) if has_own_title else (derived_title(lines[0]), tuple(lines))
    if len(body) == 1 and is_cut(body[0]):
        teaser = whole_worded(body[0])
        title = title if has_own_title else derived_title(teaser)
        return PlainStory(title=title, teaser=teaser, is_complete=False, has_own_title=has_own_title)
    return PlainStory(title=title, paragraphs=body, is_complete=not is_cut(body[-1]), has_own_title=has_own_title)
