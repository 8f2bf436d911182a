"""An index of phrases that tells which of them a text has, made for a million that come and go."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

_HINTS = 1 << 24
_BYTES = _HINTS // 8 - 1
_PAIR = 2
_BREAK = "\n"


class PhraseIndex:
    """Names filed under phrases, each one word or more in the form in which words are compared.

    Of a phrase only a 64-bit key is kept: with a million phrases filed, one text in some thousand million is told to
    have one that it has not. A name is a text without line breaks. Keys and names are numbers and texts, none of which
    Python's garbage collector looks at: a dict of a million others would hold everybody up each time it did.
    """

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._longest = 0
        self._hints = bytearray(_HINTS // 8)

    def add(self, phrase: Sequence[str], name: str) -> None:
        """File it under the phrase; twice is once. Takes as long however many there are."""
        key = _key(phrase)
        there = self._names.get(key)
        if there is None:
            self._names[key] = name
        elif name not in there.split(_BREAK):
            self._names[key] = f"{there}{_BREAK}{name}"
        self._longest = max(self._longest, len(phrase))
        self._hint(hash(phrase[-1]))
        if len(phrase) > _PAIR:
            self._hint(hash(tuple(phrase[:_PAIR])))

    def remove(self, phrase: Sequence[str], name: str) -> None:
        """File it there no more; nothing happens if it was not. Takes as long however many there are."""
        key = _key(phrase)
        others = [other for other in self._names.get(key, "").split(_BREAK) if other and other != name]
        if others:
            self._names[key] = _BREAK.join(others)
        else:
            self._names.pop(key, None)

    def last_words(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words without most of those that no phrase ends with, and with all others."""
        hints = self._hints
        return tuple([word for word in words if hints[(key := hash(word)) >> 3 & _BYTES] >> (key & 7) & 1])

    def find(self, words: Sequence[str], roots: Sequence[Sequence[str]] = ()) -> list[tuple[int, int, str]]:
        """The names under the phrases of a text: the place of the first word, that after the last one, the name.

        ``roots`` are for each word what it may be besides where it is the last of a phrase. What stands at the same
        place comes in this order: the word itself, then its roots.
        """
        names, hints = self._names, self._hints
        pairs = list(map(hash, pairwise(words)))
        found = [(at, at + 1, names[key]) for at, key in enumerate(map(hash, words)) if key in names]
        found += [(at, at + _PAIR, names[key]) for at, key in enumerate(pairs) if key in names]
        for at, others in enumerate(roots):
            if others:
                found += self._with_endings_off(words, at, others)
        for at, key in enumerate(pairs):
            if hints[key >> 3 & _BYTES] >> (key & 7) & 1:
                found += self._longer(words, roots, at)
        return [(start, end, name) for start, end, filed in found for name in filed.split(_BREAK)]

    def _with_endings_off(self, words: Sequence[str], at: int, roots: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """One word and two, the last of which is one of these roots."""
        for root in roots:
            if found := self._names.get(hash(root)):
                yield at, at + 1, found
            if at and (found := self._names.get(hash((words[at - 1], root)))):
                yield at - 1, at + 1, found

    def _longer(
        self, words: Sequence[str], roots: Sequence[Sequence[str]], start: int
    ) -> Iterator[tuple[int, int, str]]:
        """Three words and more."""
        for last in range(start + _PAIR, min(start + self._longest, len(words))):
            before = words[start:last]
            for word in (words[last], *(roots[last] if roots else ())):
                if found := self._names.get(hash((*before, word))):
                    yield start, last + 1, found

    def _hint(self, at: int) -> None:
        """Note that some phrase ends with this word, or goes on after these two; never unsaid, as it need not hold."""
        self._hints[at >> 3 & _BYTES] |= 1 << (at & 7)


def _key(phrase: Sequence[str]) -> int:
    return hash(tuple(phrase)) if len(phrase) > 1 else hash(phrase[0])
