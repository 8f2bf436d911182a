"""What follows from an article's words alone, so that it can be worked out where nobody waits for it."""

from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.matching import Match


class Traits(NamedTuple):
    """By what articles of the same event are looked for, at first.

    ``terms`` are words to look for in others, as an index of folded words has them, the most telling first;
    ``beginning`` are the roots of those at its beginning, some of which a title has that tells the same.
    """

    terms: tuple[str, ...]
    beginning: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the words of one draft come to, whoever asks and whenever.

    ``language`` as ``language_of`` tells it; ``title`` and ``words`` as ``findable`` does; ``matches`` are the topics
    of the catalogue that they speak of. ``traits`` are None where they were not worked out.
    """

    language: str | None
    title: str
    words: str
    matches: tuple[Match, ...]
    traits: Traits | None = None
