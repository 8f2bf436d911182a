"""Whether two sources tell of the same event.

A false merge hides news and a miss only repeats it, so every doubt speaks against: a name, number, day or turn of
events that one title has and the other text has not, names and numbers that differ, a title whose words the other
does not know. Compared is the opening, since what follows is often background that many texts share. Where a script
has no capitals (Arabic, Chinese) there are no names, and then only nearly equal texts are the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

from bot.domain.article import Draft
from bot.domain.empty_words import DAYS, EMPTY_WORDS
from bot.domain.turkic import is_turkic, turkic_roots
from bot.domain.turns import turns
from bot.domain.wording import Traits
from bot.domain.words import stem, tokens

_OPENING = 70
"""How many words of the text are compared, the title not counted."""

_BEGINNING = 28
"""How many of them must know the other's title: what is told later is often what happened before."""

_MOST_CHARACTERS = 12 * _OPENING
_SENTENCES = re.compile(r"(?<=[.!?…:])[\s\"”»“«]+|\n")
_SHORTEST = 4
"""Letters of a word that means something although it is neither a name nor a number."""

_TITLE_CASE = 0.6
"""In a title with more capitals than that, capitals mean nothing."""

_SHINGLE = 3
_FEWEST_SHINGLES = 15
_FEWEST_MARKS = 3
_MOST_TERMS = 12

# Set with the texts in tests/data/same_event, whose labels tests/unit/bot/domain/test_sameness.py holds them to.
_COPIED = 0.5
_COPIED_TITLE = 0.5
_KNOWN_TITLE = 0.6
_SAME_OPENING = 0.5
_SAME_MARKS = 0.8
_COPIED_NUMBERS = 0.65


class Sameness(Enum):
    """What two texts have in common."""

    NOTHING = "nothing"
    EVENT = "event"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What an article is recognised by, in roots of words. Marks are names and numbers.

    ``capitals`` also holds words that may owe theirs to the beginning of a sentence; ``day`` is the first day of the
    week that is named.
    """

    title: frozenset[str]
    beginning: frozenset[str]
    opening: frozenset[str]
    names: frozenset[str]
    title_names: frozenset[str]
    capitals: frozenset[str]
    numbers: frozenset[str]
    title_numbers: frozenset[str]
    day: int | None
    turns: frozenset[int]
    title_turns: frozenset[int]
    shingles: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What articles must have that may tell of the same event: ``at_least`` so many of the words, in a story that began
    ``since`` then or later.
    """

    words: tuple[str, ...]
    at_least: int
    since: datetime


class _Word(NamedTuple):
    """A word with what its shape and place say; a tuple, since there are many."""

    folded: str
    root: str
    is_capital: bool
    is_first: bool
    is_number: bool
    is_telling: bool


_word = partial(tuple.__new__, _Word)
"""_Word without the call of its Python constructor, which would be a third of what a word costs."""


def gist(draft: Draft) -> Gist:
    """What the article is recognised by: its title and the first seventy words of its text."""
    title, text = _opening_of(draft)
    both = (*title, *text)
    names = _names(text)
    title_names = _title_names(title, text, names)
    folded = [word.folded for word in text]
    return Gist(
        title=_roots(title),
        beginning=_roots((*title, *text[:_BEGINNING])),
        opening=_roots(both),
        names=names | title_names,
        title_names=title_names,
        capitals=frozenset(word.root for word in both if word.is_telling and word.is_capital),
        numbers=frozenset(word.root for word in both if word.is_number),
        title_numbers=frozenset(word.root for word in title if word.is_number),
        day=next((DAYS[word.root] for word in both if word.root in DAYS and word.folded not in EMPTY_WORDS), None),
        turns=turns(word.folded for word in both),
        title_turns=turns(word.folded for word in title),
        shingles=frozenset(zip(*(folded[shift:] for shift in range(_SHINGLE)), strict=False)),
    )


def traits_of(draft: Draft) -> Traits:
    """By what articles of the same event are looked for."""
    if draft.wording and draft.wording.traits:
        return draft.wording.traits
    title, text = _opening_of(draft)
    return Traits(terms=_terms(title, text, _names(text)), beginning=_roots((*title, *text[:_BEGINNING])))


def is_possible(mine: Traits, other: Draft) -> bool:
    """Whether the other's title leaves it possible that the two have anything in common: quick to say of most."""
    turkic = is_turkic(f"{other.title}\n{_beginning(other)}")
    return _share(_roots(_words(other.title, turkic=turkic)), mine.beginning) >= min(_COPIED_TITLE, _KNOWN_TITLE)


def sameness(one: Gist, other: Gist) -> Sameness:
    """What the two have in common; their order does not matter."""
    if _contradict(one, other):
        return Sameness.NOTHING
    marks = (one.names & other.capitals) | (other.names & one.capitals) | (one.numbers & other.numbers)
    known_title = min(_share(one.title, other.beginning), _share(other.title, one.beginning))
    counts = sorted((len(one.names | one.numbers), len(other.names | other.numbers)))
    if _is_copy(one, other) and len(marks) >= _SAME_MARKS * counts[0] and known_title >= _COPIED_TITLE:
        return Sameness.TEXT
    if (
        len(marks) >= max(_FEWEST_MARKS, _SAME_MARKS * sum(counts) / 2)
        and _happened_at_once(one, other)
        and known_title >= _KNOWN_TITLE
        and _likeness(one.opening, other.opening) >= _SAME_OPENING
    ):
        return Sameness.EVENT
    return Sameness.NOTHING


def _opening_of(draft: Draft) -> tuple[Sequence[_Word], Sequence[_Word]]:
    """The words of the title and the first seventy of the text."""
    body = _beginning(draft)
    turkic = is_turkic(f"{draft.title}\n{body}")
    return list(_words(draft.title, turkic=turkic)), list(islice(_words(body, turkic=turkic), _OPENING))


def _beginning(draft: Draft) -> str:
    return ("\n".join(draft.paragraphs) or draft.teaser or "")[:_MOST_CHARACTERS]


def _contradict(one: Gist, other: Gist) -> bool:
    """Whether one says in its title what the other has nowhere, or they speak of different days."""
    return bool(
        one.title_names - other.opening
        or other.title_names - one.opening
        or (other.numbers and one.title_numbers - other.numbers)
        or (one.numbers and other.title_numbers - one.numbers)
        or one.title_turns - other.turns
        or other.title_turns - one.turns
        or (one.day is not None and other.day is not None and one.day != other.day)
    )


def _is_copy(one: Gist, other: Gist) -> bool:
    """Whether half of the shorter opening or more stands word for word in the other, with the same numbers."""
    shorter = min(len(one.shingles), len(other.shingles))
    numbers = min(len(one.numbers), len(other.numbers))
    return (
        shorter >= _FEWEST_SHINGLES
        and len(one.shingles & other.shingles) >= _COPIED * shorter
        and len(one.numbers & other.numbers) >= _COPIED_NUMBERS * numbers
    )


def _happened_at_once(one: Gist, other: Gist) -> bool:
    """Whether numbers say that it is the same occasion: the same people meet again and again, often on the same day.

    Where each text has a number, or a turn of events, that the other has not, one of them knows what came of it.
    """
    shared = one.numbers & other.numbers
    return (
        bool(shared)
        and shared in (one.numbers, other.numbers)
        and (one.turns <= other.turns or other.turns <= one.turns)
    )


def _share(title: frozenset[str], text: frozenset[str]) -> float:
    """How much of the title the text knows."""
    return len(title & text) / len(title) if title else 0.0


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: 1 for equal sets, 0 for those with nothing in common."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _words(text: str, *, turkic: bool) -> Iterator[_Word]:
    for sentence in _SENTENCES.split(text):
        is_first = True
        read = tokens(sentence)
        for written, folded in zip(read.written, read.folded, strict=True):
            is_capital, is_number = written[0].isupper(), folded[0].isdigit()
            is_telling = folded not in EMPTY_WORDS and (is_number or is_capital or len(folded) >= _SHORTEST)
            yield _word((folded, _root(folded, turkic), is_capital, is_first, is_number, is_telling))
            is_first = False


def _roots(words: Iterable[_Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.is_telling and word.root not in DAYS)


def _names(text: Sequence[_Word]) -> frozenset[str]:
    """Words with a capital that no beginning of a sentence explains."""
    return _roots(word for word in text if word.is_capital and not word.is_first)


def _title_names(title: Sequence[_Word], text: Sequence[_Word], names: frozenset[str]) -> frozenset[str]:
    """The words of the title that are names: they are in the text, or have a capital where few words have one."""
    telling = [word for word in title if word.is_telling and not word.is_number and word.root not in DAYS]
    capitals = [word for word in telling if word.is_capital]
    means_it = len(capitals) <= _TITLE_CASE * len(telling)
    small = {word.root for word in text if not word.is_capital}
    great = {word.root for word in text if word.is_capital}
    return frozenset(
        word.root
        for word in capitals
        if word.root in names or (word.root not in small and (word.root in great or (means_it and not word.is_first)))
    )


def _terms(title: Sequence[_Word], text: Sequence[_Word], names: frozenset[str]) -> tuple[str, ...]:
    """Names in the title, its numbers and other words, then the same of the text."""
    ranked: dict[str, int] = {}
    for rank, words in ((0, title), (3, text)):
        for word in words:
            if word.is_telling and word.root not in DAYS:
                ranked.setdefault(word.folded, rank + (0 if word.root in names else 1 if word.is_number else 2))
    return tuple(sorted(ranked, key=ranked.__getitem__))[:_MOST_TERMS]


@lru_cache(maxsize=20_000)
def _root(folded: str, turkic: bool) -> str:  # noqa: FBT001  # a keyword costs as much as the answer
    """What inflected forms of a word have in common, near enough for comparing; no dictionary form."""
    if turkic:
        return min(turkic_roots(folded), key=len, default=folded)
    root = stem(folded)
    for ending in ("ing", "ed", "e"):
        if root.endswith(ending) and len(root) - len(ending) >= _SHORTEST:
            return root.removesuffix(ending)
    return root
