"""A paragraph as its writer meant it: words, what they are, and which of them are stressed.

Whoever compares, counts or searches texts takes the words alone; the shape beside them is for those who show them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import repeat
from typing import Any


class ParagraphKind(StrEnum):
    """What a paragraph is."""

    TEXT = "text"
    HEADING = "heading"
    QUOTE = "quote"
    ITEM = "item"


class Stress(StrEnum):
    """How words stand out from those around them."""

    STRONG = "strong"
    EMPHASIS = "emphasis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The characters of a paragraph's words from ``start`` up to ``end`` that are stressed; at least one."""

    start: int
    end: int
    stress: Stress


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What goes with a paragraph's words. ``number`` is that of an item in a numbered list.

    ``stretches`` stand in order and never overlap.
    """

    kind: ParagraphKind = ParagraphKind.TEXT
    number: int | None = None
    stretches: tuple[Stretch, ...] = ()


PLAIN = Shape()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; its words are one line and never empty, without a list's bullet or number."""

    words: str
    shape: Shape = PLAIN

    def ending(self, words: str) -> "Paragraph":
        """The paragraph with words that begin as its own do and end otherwise."""
        if words == self.words:
            return self
        kept = tuple(
            replace(stretch, end=min(stretch.end, len(words)))
            for stretch in self.shape.stretches
            if stretch.start < len(words)
        )
        return Paragraph(words=words, shape=replace(self.shape, stretches=kept))

    def pieces(self) -> Iterator[tuple[str, Stress | None]]:
        """The words part by part, each with how it is stressed; joined they are all the words."""
        place = 0
        for stretch in self.shape.stretches:
            yield self.words[place : stretch.start], None
            yield self.words[stretch.start : stretch.end], stretch.stress
            place = stretch.end
        yield self.words[place:], None


def paired(words: Sequence[str], shapes: Sequence[Shape]) -> tuple[Paragraph, ...]:
    """Paragraphs of words and as many shapes or fewer; those without one are plain text."""
    missing = repeat(PLAIN, len(words) - len(shapes))
    return tuple(Paragraph(words=line, shape=shape) for line, shape in zip(words, (*shapes, *missing), strict=False))


def words_of(paragraphs: Iterable[Paragraph]) -> tuple[str, ...]:
    """The words of each paragraph."""
    return tuple(paragraph.words for paragraph in paragraphs)


def shapes_of(paragraphs: Iterable[Paragraph]) -> tuple[Shape, ...]:
    """The shape of each paragraph, without those of plain text at the end: of a plain text there are none."""
    shapes = [paragraph.shape for paragraph in paragraphs]
    while shapes and shapes[-1] == PLAIN:
        shapes.pop()
    return tuple(shapes)


def shapes_as_json(shapes: Iterable[Shape]) -> list[Mapping[str, Any]]:
    """Shapes as values that JSON has, each with only what plain text has not."""
    return [
        {
            **({"kind": shape.kind.value} if shape.kind is not ParagraphKind.TEXT else {}),
            **({"number": shape.number} if shape.number is not None else {}),
            **({"stretches": [[s.start, s.end, s.stress.value] for s in shape.stretches]} if shape.stretches else {}),
        }
        for shape in shapes
    ]


def shapes_from_json(told: Iterable[Mapping[str, Any]]) -> tuple[Shape, ...]:
    """What ``shapes_as_json`` made of the shapes, taken back."""
    return tuple(
        Shape(
            kind=ParagraphKind(one.get("kind", ParagraphKind.TEXT)),
            number=one.get("number"),
            stretches=tuple(
                Stretch(start=start, end=end, stress=Stress(stress)) for start, end, stress in one.get("stretches", ())
            ),
        )
        for one in told
    )
