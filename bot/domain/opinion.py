"""What people think of stories: stances, words and their tally."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.article import StoryId
from bot.domain.errors import OpinionError
from bot.domain.person import Person

MAX_WORDS = 1000
"""The longest opinion, in characters after cleaning."""

_MAX_LINES = 10
_MAX_MARKS = 3
_INVISIBLE = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u3164\u115f\u1160\u2800")
_SPACING = {"\n": "\n", "\t": " "}
_TAGS = range(0xE0000, 0xE0080)
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Stance(StrEnum):
    """Where a person stands."""

    FOR = "for"
    AGAINST = "against"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one person thinks of one story: a stance, words, or both. ``at`` is when it last changed."""

    story_id: StoryId
    person: Person
    stance: Stance | None
    words: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How opinions on a story stand. ``voices`` counts people with a stance or words, ``words`` those who wrote."""

    in_favour: int = 0
    against: int = 0
    mixed: int = 0
    voices: int = 0
    words: int = 0


def clean_words(text: str) -> str:
    """The words as they are stored and shown on every platform.

    NFC; control, invisible and direction-changing characters removed; at most three combining marks on a base, ten
    lines, no empty ends. Raises OpinionError when nothing is left or more than ``MAX_WORDS`` characters are.
    """
    kept = "".join(_kept_characters(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))))
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    cleaned = "\n".join(line for line in lines if line)
    if not cleaned:
        raise OpinionError("There are no words in it. Write what you think and send it again.")
    if len(cleaned) > MAX_WORDS:
        raise OpinionError(
            f"That is {len(cleaned):,} characters; an opinion may have {MAX_WORDS:,}. "
            "Nothing was saved. Shorten it and send it again."
        )
    first_lines, rest = cleaned.split("\n")[: _MAX_LINES - 1], cleaned.split("\n")[_MAX_LINES - 1 :]
    return "\n".join([*first_lines, " ".join(rest)]) if rest else cleaned


def _kept_characters(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks > _MAX_MARKS:
            continue
        if character in _SPACING:
            yield _SPACING[character]
        elif not _is_unwanted(character):
            yield character


def _is_unwanted(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}
        or character in _INVISIBLE
        or character in _BIDI
        or ord(character) in _TAGS
    )
