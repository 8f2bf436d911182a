"""By which words an article is found."""

from collections.abc import Collection, Sequence
from itertools import chain
from typing import NamedTuple

from bot.domain.article import Draft
from bot.domain.words import tokens

_MOST_BYTES = 600_000
"""How many bytes of distinct words of one text can be found; PostgreSQL takes a million in one vector."""

_LONGEST = 100
"""Characters of a word that count, in texts and in searches; a longer one is no word of any language."""


class Findable(NamedTuple):
    """The words of an article's title and those of all of it, each once, with one space between them."""

    title: str
    words: str


def indexed_words(text: str) -> list[str]:
    """The words of a text as they are compared: letters, digits and marks only, each once, the last one last."""
    return list(dict.fromkeys(reversed(_counted(tokens(text).folded))))[::-1]


def findable(draft: Draft) -> Findable:
    """What the article is found by."""
    if draft.wording:
        return Findable(draft.wording.title, draft.wording.words)
    texts = (draft.title, draft.teaser or "", *draft.paragraphs)
    folded = dict.fromkeys(chain.from_iterable([tokens(text).folded for text in texts]))
    return Findable(" ".join(indexed_words(draft.title)), _as_many(" ".join(dict.fromkeys(_counted(folded)))))


def _counted(folded: Collection[str]) -> Sequence[str]:
    """Folded words as they count, perhaps some again."""
    together = " ".join(folded)
    words = together.replace("_", " ").split()
    return [word[:_LONGEST] for word in words] if max(map(len, words), default=0) > _LONGEST else words


def _as_many(words: str) -> str:
    """So many of the words as a database takes."""
    written = words.encode() if len(words) > _MOST_BYTES // 4 else b""
    return words if len(written) <= _MOST_BYTES else written[: _MOST_BYTES + 1].rpartition(b" ")[0].decode()
