"""Paragraphs as a document's tags part and stress them."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from adapters.feeds.tidying import Piece, tidy, tidy_paragraph, without_bullet
from bot.domain.paragraph import PLAIN, Paragraph, ParagraphKind, Shape, Stress

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = _HEADINGS.union(
    ("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    ("figure", "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table"),
    ("tbody", "td", "th", "tr", "ul"),
)
"""Tags that begin and end a paragraph."""

_SILENT = frozenset(
    (
        *("audio", "button", "canvas", "embed", "figcaption", "form", "head", "iframe", "input", "math", "noscript"),
        *("object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    )
)
_STRESSES = {"b": Stress.STRONG, "strong": Stress.STRONG, "em": Stress.EMPHASIS, "i": Stress.EMPHASIS}
_HEADING = Shape(kind=ParagraphKind.HEADING)
_QUOTE = Shape(kind=ParagraphKind.QUOTE)
_SENTENCE_END = (".", "!", "?", "…", ":", ".”", "!”", "?”", '."', '!"', '?"', ".»", "!»", "?»")
_SMALLEST_IMAGE = 32
_LARGEST_NUMBER = 999


class MarkupReading:
    """Takes a parser's events; ``paragraphs``, ``image`` (the first picture's address) and ``caption`` (what its figure
    says of it) are what they came to.
    """

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.image: str | None = None
        self.caption: str | None = None
        self._figure: list[str] | None = None
        self._shows_image = False
        self._running: list[Piece] = []
        self._silent: list[str] = []
        self._stressed: list[Stress] = []
        self._quotes = 0
        self._is_heading = False
        self._lists: list[int | None] = []
        self._item: Shape | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens, in whatever namespace."""
        tag = tag.rpartition(":")[2]
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "br":
            self._break_line()
        elif tag in BLOCKS:
            self._end_paragraph()
            self._open(tag, attributes)
        elif tag in _STRESSES:
            self._stressed.append(_STRESSES[tag])
        elif tag == "img" and self.image is None and not self._silent and not _is_tiny(attributes):
            self.image = attributes.get("src") or attributes.get("data-src")
            self._shows_image = self.image is not None

    def end(self, tag: str) -> None:
        """A tag closes."""
        tag = tag.rpartition(":")[2]
        if tag == "figure":
            self._end_figure()
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        elif tag in BLOCKS:
            self._end_paragraph()
            self._close(tag)
        elif tag in _STRESSES and self._stressed:
            self._stressed.pop()

    def data(self, text: str) -> None:
        """Text between tags."""
        if not self._silent:
            self._running.append((text, self._stress))
        elif self._silent == ["figcaption"] and self._figure is not None:
            self._figure.append(text)

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def close(self) -> "MarkupReading":
        """The last paragraph ends too."""
        self._end_paragraph()
        return self

    @property
    def _stress(self) -> Stress | None:
        """What is both is strong; a heading stands out as a whole."""
        if self._is_heading or not self._stressed:
            return None
        return Stress.STRONG if Stress.STRONG in self._stressed else Stress.EMPHASIS

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "figure":
                self._figure, self._shows_image = [], False
            case "blockquote":
                self._quotes += 1
            case "ol":
                self._lists.append(_number(attributes.get("start", "")) or 1)
            case "ul":
                self._lists.append(None)
            case "li":
                self._item = Shape(kind=ParagraphKind.ITEM, number=self._next_number())
            case _:
                self._is_heading = tag in _HEADINGS

    def _close(self, tag: str) -> None:
        match tag:
            case "blockquote":
                self._quotes = max(0, self._quotes - 1)
            case "ol" | "ul" if self._lists:
                self._lists.pop()
            case "li":
                self._item = None
            case _:
                self._is_heading = False

    def _end_figure(self) -> None:
        if self._figure and self._shows_image and self.caption is None:
            self.caption = tidy("".join(self._figure)) or None
        self._figure, self._shows_image = None, False

    def _next_number(self) -> int | None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        return number if number is not None and number <= _LARGEST_NUMBER else None

    def _break_line(self) -> None:
        """A line break ends a paragraph after a sentence or a break; else it only parts two words."""
        latest = "".join(text for text, _ in self._running[-8:])
        if tidy(latest).endswith(_SENTENCE_END) or self._running[-1:] == [(" \n", None)]:
            self._end_paragraph()
        else:
            self._running.append((" \n", None))

    def _end_paragraph(self) -> None:
        if paragraph := tidy_paragraph(self._running, self._shape()):
            is_item, self._item = paragraph.shape.kind is ParagraphKind.ITEM, None
            self.paragraphs.append(without_bullet(paragraph) if is_item else paragraph)
        self._running.clear()

    def _shape(self) -> Shape:
        """A list's item is its first paragraph; what follows below it is text."""
        if self._is_heading:
            return _HEADING
        if self._item:
            return self._item
        return _QUOTE if self._quotes else PLAIN


def read_markup(markup: str) -> MarkupReading:
    """All that the markup says, as far as a parser understands it."""
    reading = MarkupReading()
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


def read_tree(tree: Any) -> MarkupReading:
    """All that a page says, which was parsed already."""
    reading = MarkupReading()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            reading.start(element.tag, element.attrib)
            reading.data(element.text or "")
        else:
            reading.end(element.tag)
            reading.data(element.tail or "")
    return reading.close()


def _number(written: str) -> int | None:
    return int(written[:4]) if written.isascii() and written.isdigit() else None


def _is_tiny(attributes: Mapping[str, str]) -> bool:
    """Whether the picture is one that only counts readers."""
    sizes = (attributes.get("width", ""), attributes.get("height", ""))
    return any(size.isascii() and size.isdigit() and int(size[:6]) < _SMALLEST_IMAGE for size in sizes)
