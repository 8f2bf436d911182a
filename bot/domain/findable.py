"""By which words an article is found."""

from itertools import accumulate
from typing import NamedTuple

from bot.domain.article import Draft
from bot.domain.words import normal

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
    words = [word[:_LONGEST] for word in normal(text).replace("_", " ").split()]
    return list(dict.fromkeys(reversed(words)))[::-1]


def findable(draft: Draft) -> Findable:
    """What the article is found by."""
    if draft.wording:
        return Findable(draft.wording.title, draft.wording.words)
    title = indexed_words(draft.title)
    words = dict.fromkeys(title)
    for text in (draft.teaser or "", *draft.paragraphs):
        words.update(dict.fromkeys(indexed_words(text)))
    ends = accumulate(len(word.encode()) for word in words)
    kept = (word for word, end in zip(words, ends, strict=True) if end <= _MOST_BYTES)
    return Findable(" ".join(title), " ".join(kept))
