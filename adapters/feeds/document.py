"""A feed's document before it is parsed: its bytes decoded, its root found, dangerous declarations refused."""

import codecs
import re
from contextlib import suppress

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_SAMPLE = 1024
_ESCAPE = b"\x1b"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

_PROLOG = 16 * 1024
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:rss|feed|rdf)(?=[\s>/])", re.IGNORECASE)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)\b[^<>\[]{0,300}", re.IGNORECASE)
# RSS 0.91 was published with this line; it names a document that we never fetch and says nothing itself.
_NETSCAPE = re.compile(
    r"<!DOCTYPE\s+rss\s+PUBLIC\s+\"-//Netscape Communications//DTD RSS 0\.91//EN\"[^\[]*$", re.IGNORECASE
)
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_PIECE_OF_A_PAGE = re.compile(
    r"\s*<(?:head|body|meta|link|title|script|style|div|main|table|center|h1|p)[\s>]", re.IGNORECASE
)

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_NAKED_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][\da-fA-F]{1,6});)")


class DocumentError(Exception):
    """The document is no feed; ``str(error)`` is a sentence for the person who gave its address."""


def decode(body: bytes, charset: str | None) -> str:
    """The document's text, without characters that XML forbids. ``charset`` is what the server says.

    A byte order mark is believed first. Then whatever is valid UTF-8 is UTF-8, since text in another encoding
    practically never is, while servers and documents name a wrong one every day. Only then the document's own word
    counts, then the server's. What cannot be decoded is replaced, never refused.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _NOT_XML.sub("", body.removeprefix(mark).decode(encoding, "replace"))
    named = _named(body, charset)
    # ISO-2022 shifts between alphabets by escapes and is valid UTF-8 all the same.
    likely = [*_wide(body), *(named if _ESCAPE in body else ()), "utf-8", *named]
    attempts = [*((name, "strict") for name in likely), *((name, "replace") for name in (*named, "windows-1252"))]
    for encoding, errors in attempts:
        with suppress(ValueError, LookupError):
            return _NOT_XML.sub("", body.decode(encoding, errors))
    raise AssertionError("windows-1252 with replacements decodes everything")


def feed_markup(text: str) -> str:
    """The document from its root element on, so that the parser never sees a prolog. Raises DocumentError.

    Ampersands that XML would trip over, naked ones and those of HTML's entities, are escaped.
    """
    if not text.strip():
        raise DocumentError("The server answered, but with nothing in it.")
    prolog = _COMMENT.sub(lambda found: " " * len(found.group()), text[:_PROLOG])
    root = _ROOT.search(prolog)
    before = prolog[: root.start()] if root else prolog
    if _PAGE.search(before) or (root is None and _PIECE_OF_A_PAGE.match(before)):
        raise DocumentError(
            "That address is a web page, not a feed. Look on the page for a link that says RSS, Atom or Feed."
        )
    if root is None:
        raise DocumentError("What is at that address is not a feed: it is neither RSS nor Atom nor JSON Feed.")
    if (declared := _DECLARATION.search(before)) and not _NETSCAPE.search(before[declared.start() :].partition(">")[0]):
        raise DocumentError("That feed brings declarations of its own (a DTD), which are refused for safety.")
    parts = _CDATA.split(text[root.start() :])
    parts[::2] = map(escaped_ampersands, parts[::2])
    return "".join(parts)


def escaped_ampersands(markup: str) -> str:
    """The markup with every ampersand escaped that XML would trip over: naked ones and those of HTML's entities."""
    return _NAKED_AMPERSAND.sub("&amp;", markup)


def without_controls(text: str) -> str:
    """The text without characters that XML forbids (XML 1.0, section 2.2)."""
    return _NOT_XML.sub("", text)


def _named(body: bytes, charset: str | None) -> list[str]:
    declared = _DECLARED.search(body[:_SAMPLE])
    return [name for name in (declared[1].decode() if declared else "", charset or "") if name]


def _wide(body: bytes) -> list[str]:
    """UTF-16 without its mark: XML begins with a lesser-than sign, and the zero beside it tells the order."""
    match body[:2]:
        case b"<\x00":
            return ["utf-16-le"]
        case b"\x00<":
            return ["utf-16-be"]
        case _:
            return []
