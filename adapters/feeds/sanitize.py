"""Plain text from what feeds hold: no markup, no invisible marks, no lines that are furniture."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from adapters.feeds.page_furniture import furniture
from adapters.feeds.page_titles import is_cut, whole_worded

# Soft hyphens, zero-width spaces, marks that turn the writing direction, halves of characters, no characters at all.
# Joiners and the plain direction marks stay: Persian, Hindi and emoji are not right without them.
_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|big|cite|code|em|font|h[1-6]|i|img|mark|p|q|s|small|span|strike|strong|sub|sup|u|wbr)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *(
            "figure",
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
        ),
        *("section", "summary", "table", "tbody", "td", "th", "tr", "ul"),
    )
)
_SILENT = frozenset(
    (
        *("audio", "button", "canvas", "embed", "figcaption", "form", "head", "iframe", "input", "math", "noscript"),
        *("object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    )
)
_BLOCK_TAG = re.compile(rf"<(?:br|{'|'.join(sorted(_BLOCKS))})\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?(?:a|b|br|div|em|img|p|span|strong|ul)\b", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_SENTENCE_END = (".", "!", "?", "…", ":", ".”", "!”", "?”", '."', '!"', '?"', ".»", "!»", "?»")
_SMALLEST_IMAGE = 32

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
    """A text's paragraphs in order, none empty; whether its source cut it; the first picture that stood in it."""

    paragraphs: tuple[str, ...] = ()
    is_cut: bool = False
    image: str | None = None


def tidy(text: str) -> str:
    """One line in NFC with single spaces between words and nothing invisible in it. Doing it twice changes nothing."""
    return " ".join(unicodedata.normalize("NFC", _CONTROLS.sub(" ", _UNSEEN.sub("", text))).split())


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
        return without_furniture([line for part in _EMPTY_LINE.split(markup) if (line := tidy(part))])
    if "<" not in markup and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
    if not _BLOCK_TAG.search(markup):
        markup = _EMPTY_LINE.sub("<p>", markup)
    reading = _read(markup)
    return without_furniture(reading.paragraphs, reading.image)


def without_furniture(paragraphs: Sequence[str], image: str | None = None) -> Prose:
    """The paragraphs that belong to the story, and whether they show only its beginning."""
    kept: list[str] = []
    goes_on = False
    for paragraph in paragraphs:
        text = _GOES_ON_ELSEWHERE.sub("", paragraph).rstrip()
        goes_on |= text != paragraph
        if text and not _is_furniture(text):
            kept.append(text)
    was_cut = bool(kept) and (is_cut(kept[-1]) or _CUT_BRACKET.search(kept[-1]) is not None)
    if was_cut:
        kept[-1] = whole_worded(_CUT_BRACKET.sub(" …", kept[-1]))
    return Prose(paragraphs=tuple(kept), is_cut=was_cut or (goes_on and len(kept) <= 1), image=image)


def _is_furniture(line: str) -> bool:
    patterns = (_APPEARED_FIRST, _SUBMITTED)
    return any(pattern.fullmatch(line) for pattern in patterns) or furniture(line) is not None


def _read(markup: str) -> "_Reading":
    reading = _Reading()
    if "<" not in markup and "&" not in markup:
        reading.data(markup)
        return reading.close()
    parser = etree.HTMLParser(target=reading, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(markup.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # whatever was understood before the parser gave up is in the reading
    return reading.close()


class _Reading:
    """Takes the parser's events; ``paragraphs`` and ``image`` are what they came to."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self.image: str | None = None
        self._running: list[str] = []
        self._silent: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag opens."""
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "br":
            self._break_line()
        elif tag in _BLOCKS:
            self._end_paragraph()
        elif tag == "img" and self.image is None and not self._silent and not _is_tiny(attributes):
            self.image = attributes.get("src") or attributes.get("data-src")

    def end(self, tag: str) -> None:
        """A tag closes."""
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        elif tag in _BLOCKS:
            self._end_paragraph()

    def data(self, text: str) -> None:
        """Text between tags."""
        if not self._silent:
            self._running.append(text)

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def close(self) -> "_Reading":
        """The last paragraph ends too."""
        self._end_paragraph()
        return self

    def _break_line(self) -> None:
        """A line break ends a paragraph after a sentence or a break; else it only parts two words."""
        if tidy("".join(self._running[-8:])).endswith(_SENTENCE_END) or self._running[-1:] == [" \n"]:
            self._end_paragraph()
        else:
            self._running.append(" \n")

    def _end_paragraph(self) -> None:
        if paragraph := tidy("".join(self._running)):
            self.paragraphs.append(paragraph)
        self._running.clear()


def _is_tiny(attributes: dict[str, str]) -> bool:
    """Whether the picture is one that only counts readers."""
    sizes = (attributes.get("width", ""), attributes.get("height", ""))
    return any(size.isascii() and size.isdigit() and int(size[:6]) < _SMALLEST_IMAGE for size in sizes)
