"""An index of phrases that tells which of them a text has, made for a million that come and go."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

A_MILLION = 1 << 24
"""Hints for so many phrases; a power of two, some more than phrases."""

_PAIR = 2
_LONGEST_HINT = 255
_BREAK = "\n"


class PhraseIndex:
    """Names filed under phrases, each one word or more in the form in which words are compared.

    Of a phrase only a 64-bit key is kept: with a million phrases filed, one text in some thousand million is told to
    have one that it has not. A name is a text without line breaks. Keys and names are numbers and texts, none of which
    Python's garbage collector looks at: a dict of a million others would hold everybody up each time it did.
    """

    def __init__(self, hints: int = A_MILLION) -> None:
        """With so many hints, a power of two: the fewer, the less memory is visited, and the more are shared."""
        self._names: dict[int, str] = {}
        self._hints = bytearray(hints)
        self._mask = hints - 1

    def add(self, phrase: Sequence[str], name: str) -> bool:
        """File it under the phrase; twice is once. Takes as long however many there are.

        Says whether the phrase may be the first one that ends with its last word.
        """
        key = _key(phrase)
        there = self._names.get(key)
        if there is None:
            self._names[key] = name
        elif name not in there.split(_BREAK):
            self._names[key] = f"{there}{_BREAK}{name}"
        if len(phrase) > 1:
            self._hint(hash(tuple(phrase[:_PAIR])), len(phrase))
        return self._hint(hash(phrase[-1]), 1)

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
        hints, mask = self._hints, self._mask
        return tuple([word for word in words if hints[hash(word) & mask]])

    def find(self, words: Sequence[str], roots: Sequence[Sequence[str]] = ()) -> list[tuple[int, int, str]]:
        """The names under the phrases of a text: the place of the first word, that after the last one, the name.

        ``roots`` are for each word what it may be besides where it is the last of a phrase. What stands at the same
        place comes in this order: the word itself, then its roots.
        """
        filed, hints, mask = self._names.get, self._hints, self._mask
        found: list[tuple[int, int, str]] = []
        found = [(at, at + 1, names) for at, names in enumerate(map(filed, map(hash, words))) if names]
        for at, key in enumerate(map(hash, pairwise(words))):
            if (longest := hints[key & mask]) > 1:
                found += self._from(words, roots, at, longest)
        for at, others in enumerate(roots):
            for root in others:
                if names := filed(hash(root)):
                    found.append((at, at + 1, names))
                if at and (names := filed(hash((words[at - 1], root)))):
                    found.append((at - 1, at + 1, names))
        if not any(_BREAK in names for *_, names in found):
            return found
        return [(start, end, name) for start, end, names in found for name in names.split(_BREAK)]

    def _from(
        self, words: Sequence[str], roots: Sequence[Sequence[str]], start: int, longest: int
    ) -> Iterator[tuple[int, int, str]]:
        """The phrases that begin there, of two words as they stand and of more."""
        for end in range(start + _PAIR, min(start + longest, len(words)) + 1):
            phrase = tuple(words[start:end])
            if names := self._names.get(hash(phrase)):
                yield start, end, names
            if roots and end > start + _PAIR:
                for root in roots[end - 1]:
                    if names := self._names.get(hash((*phrase[:-1], root))):
                        yield start, end, names

    def _hint(self, key: int, length: int) -> bool:
        """Note that a phrase ends with a word, or how long those get that begin with two words.

        Never unsaid, and it need not hold: others share a hint. Says whether there was none.
        """
        before = self._hints[key & self._mask]
        self._hints[key & self._mask] = max(before, min(length, _LONGEST_HINT))
        return not before


def _key(phrase: Sequence[str]) -> int:
    return hash(tuple(phrase)) if len(phrase) > 1 else hash(phrase[0])
