"""Words with meaning but without markup."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Style(StrEnum):
    """How a run of words is meant."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of words. ``link`` is http(s) only; ``moment`` (aware UTC) lets a platform show the reader's own time.

    ``text`` is what stands there where the platform has nothing better.
    """

    text: str
    style: Style = Style.PLAIN
    link: str | None = None
    moment: datetime | None = None


Text = tuple[Span, ...]


def text(*parts: str | Span) -> Text:
    """Spans from strings and spans, empty ones left out."""
    spans = (Span(text=part) if isinstance(part, str) else part for part in parts)
    return tuple(span for span in spans if span.text)


def strong(words: str) -> Span:
    """Words that matter."""
    return Span(text=words, style=Style.STRONG)


def link(words: str, address: str | None) -> Span:
    """Words that lead somewhere; plain words where there is no http(s) address."""
    safe = address if address and address.startswith(("https://", "http://")) else None
    return Span(text=words, link=safe)


def plain(spans: Iterable[Span]) -> str:
    """The words alone."""
    return "".join(span.text for span in spans)
