"""The paragraphs that feeds hold: no markup, no invisible marks, no lines that are furniture."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.feeds.markup import BLOCKS, read_markup
from adapters.feeds.page_furniture import furniture
from adapters.feeds.page_titles import is_cut, whole_worded
from adapters.feeds.tidying import tidy
from bot.domain.paragraph import Paragraph, words_of

_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|big|cite|code|em|font|h[1-6]|i|img|mark|p|q|s|small|span|strike|strong|sub|sup|u|wbr)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"<(?:br|{'|'.join(sorted(BLOCKS))})\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?(?:a|b|br|div|em|img|p|span|strong|ul)\b", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")

_APPEARED_FIRST = re.compile(
    r"(?:the post|сообщение|запись|der beitrag|l[’']article) .{1,300} "
    r"(?:appeared first on|(?:сначала )?появил[аои]?с[ья] (?:сначала |впервые )?на|erschien zuerst auf"
    r"|est apparu en premier sur) .{1,120}",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"submitted by .{1,80}\[link\].{0,20}\[comments\]", re.IGNORECASE)
_GOES_ON_ELSEWHERE = re.compile(
    r"(?:^|(?<=[.!?…\])»”\"]))\s*[(\[]?"
    r"(?:continue reading\b.{0,200}|read (?:more|the (?:full|rest)\b.{0,60})|full (?:story|article)"
    r"|view (?:entire|full) post"
    r"|читать (?:далее|полностью|дальше).{0,100}|подробнее|ətraflı|davamını oxu|devamını oku|weiterlesen|lire la suite)"
    r"[\s.…»›→>)\]:]*$",
    re.IGNORECASE,
)
_CUT_BRACKET = re.compile(r"\s*[\[(]\s*(?:\.{2,}|…|&hellip;|more)\s*[\])]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text's paragraphs in order, none empty; whether its source cut it; the first picture that stood in it, and
    what stood below that.
    """

    text: tuple[Paragraph, ...] = ()
    is_cut: bool = False
    image: str | None = None
    caption: str | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The words of each paragraph."""
        return words_of(self.text)


def one_line(markup: str) -> str:
    """A title or a name: the words of a short text that may hold inline tags and entities.

    A lesser-than sign that begins no tag stays, since titles are also written as plain text.
    """
    if "<" in markup:
        markup = _INLINE_TAG.sub("", _LINE_BREAK.sub(" ", markup))
    return tidy(html.unescape(markup) if "&" in markup else markup)


def prose(markup: str, *, is_plain: bool = False) -> Prose:
    """The paragraphs of a text, furniture left out. Signs in a plain text are no markup."""
    if is_plain:
        return without_furniture([Paragraph(words=line) for part in _EMPTY_LINE.split(markup) if (line := tidy(part))])
    if "<" not in markup and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
    if not _BLOCK_TAG.search(markup):
        markup = _EMPTY_LINE.sub("<p>", markup)
    reading = read_markup(markup)
    return replace(without_furniture(reading.paragraphs), image=reading.image, caption=reading.caption)


def without_furniture(paragraphs: Sequence[Paragraph]) -> Prose:
    """The paragraphs that belong to the story, and whether they show only its beginning."""
    kept: list[Paragraph] = []
    goes_on = False
    for paragraph in paragraphs:
        words = _GOES_ON_ELSEWHERE.sub("", paragraph.words).rstrip()
        goes_on |= words != paragraph.words
        if words and not _is_furniture(words):
            kept.append(paragraph.ending(words))
    last = kept[-1].words if kept else ""
    was_cut = is_cut(last) or _CUT_BRACKET.search(last) is not None
    if was_cut:
        kept[-1] = kept[-1].ending(whole_worded(_CUT_BRACKET.sub(" …", last)))
    return Prose(text=tuple(kept), is_cut=was_cut or (goes_on and len(kept) <= 1))


def _is_furniture(line: str) -> bool:
    patterns = (_APPEARED_FIRST, _SUBMITTED)
    return any(pattern.fullmatch(line) for pattern in patterns) or furniture(line) is not None
