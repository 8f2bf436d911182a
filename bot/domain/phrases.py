"""An index of phrases that tells which of them a text has, made for a million that come and go."""

import re
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from struct import Struct
from typing import Final

_PACKED: Final = Struct("Q")
WIDTH: Final = _PACKED.size
"""Bytes of a packed word."""

LONGEST: Final = 15
"""Words that a phrase may have."""

A_MILLION: Final = 1 << 24
"""Hints for so many phrases; a power of two, some more than phrases."""

_FLAGS = 4
_NUMBER = (1 << 8 * WIDTH - _FLAGS) - 1
"""A number of more bits would take half as much memory again."""

_ALONE, _FIRST, _SECOND, _LAST = 1, 2, 4, 8
_ROLES = _ALONE | _FIRST | _SECOND | _LAST
_LENGTH = _FLAGS
_FLAG_BYTES = slice(0 if sys.byteorder == "little" else WIDTH - 1, None, WIDTH)
_PAIR = 2
_BREAK = "\n"
_PLACE = itemgetter(0, 1)
_Roots = Callable[[int], Sequence[str]]


def _with(flag: int) -> bytes:
    """A byte that has the flag, for a regular expression."""
    return b"[%b]" % b"".join(b"\\x%02x" % byte for byte in range(256) if byte & flag)


_ALONES = re.compile(_with(_ALONE))
_ENDS = re.compile(_with(_LAST))
_PAIRS = re.compile(b"%b(?=%b)" % (_with(_FIRST), _with(_SECOND)))


class PhraseIndex:
    """Names filed under phrases, each of one word to ``LONGEST`` in the form in which words are compared.

    A word is a number of 60 bits here, and so is a phrase: with a million phrases filed, one text in some thousand
    million is told to have one that it has not. A name is a text without line breaks. Keys and names are numbers and
    texts, none of which Python's garbage collector looks at: a dict of a million others would hold everybody up.

    Most words of a text are in no phrase, and most that are, not where they stand. So there are hints, a byte for each
    group of words and of pairs: what a word is in a phrase (all of it, its first, its second, its last) and how
    long those get that begin with a pair. A packed word tells of its hints, so that a text need not be looked at
    elsewhere.
    """

    def __init__(self, hints: int = A_MILLION) -> None:
        """With so many hints, a power of two: the fewer, the less memory is visited, and the more are shared."""
        self._names: dict[int, str] = {}
        self._hints = bytearray(hints)
        self._mask = hints - 1

    def add(self, phrase: Sequence[str], name: str) -> bool:
        """File it under the phrase; twice is once. Takes as long however many there are.

        Says whether what was packed before has to be packed anew: where a word is in phrases what it never was.
        """
        numbers = tuple(map(_number, phrase))
        key = _key(numbers)
        there = self._names.get(key)
        if there is None:
            self._names[key] = name
        elif name not in there.split(_BREAK):
            self._names[key] = f"{there}{_BREAK}{name}"
        if len(numbers) == 1:
            return self._flag(key, _ALONE | _LAST)
        begins = _key(numbers[:_PAIR]) & self._mask
        longest = max(self._hints[begins] >> _LENGTH, min(len(numbers), LONGEST))
        self._hints[begins] = self._hints[begins] & _ROLES | longest << _LENGTH
        is_new = self._flag(numbers[0], _FIRST)
        is_new |= self._flag(numbers[1], _SECOND)
        return self._flag(numbers[-1], _LAST) or is_new

    def remove(self, phrase: Sequence[str], name: str) -> None:
        """File it there no more; nothing happens if it was not. Takes as long however many there are."""
        key = _key(tuple(map(_number, phrase)))
        others = [other for other in self._names.get(key, "").split(_BREAK) if other and other != name]
        if others:
            self._names[key] = _BREAK.join(others)
        else:
            self._names.pop(key, None)

    def packed(self, word: str, roots: Sequence[str] = ()) -> bytes:
        """A word as ``find`` reads it; a text is its words one behind the other.

        ``roots`` are what it may be besides where it is the last word of a phrase.
        """
        hints = self._hints
        number = _number(word)
        flags = hints[number & self._mask] & (_ALONE | _FIRST | _SECOND)
        for root in roots:
            flags |= hints[_number(root) & self._mask] & _LAST
        return _PACKED.pack(number << _FLAGS | flags)

    def find(self, text: bytes, roots_at: _Roots = lambda _: ()) -> list[tuple[int, int, str]]:
        """The names under the phrases of a packed text: the place of the first word, that after the last, the name.

        ``roots_at`` gives again the roots of the word at a place. What is found comes in the order of the places, and
        at the same one first the word itself, then its roots.
        """
        filed, hints, mask = self._names.get, self._hints, self._mask
        flags = text[_FLAG_BYTES]
        numbers = [packed >> _FLAGS for packed in array(_PACKED.format, text)]
        found = [(at, at + 1, names) for at in _places(_ALONES, flags) if (names := filed(numbers[at]))]
        for at in _places(_PAIRS, flags):
            longest = hints[_key((numbers[at], numbers[at + 1])) & mask] >> _LENGTH
            if longest:
                found += self._from(numbers, flags, roots_at, at, longest)
        for at in _places(_ENDS, flags):
            before = numbers[at - 1 : at] if at and flags[at - 1] & _FIRST else ()
            for root in map(_number, roots_at(at)):
                if names := filed(root):
                    found.append((at, at + 1, names))
                if before and (names := filed(_key((*before, root)))):
                    found.append((at - 1, at + 1, names))
        found.sort(key=_PLACE)
        if not any(_BREAK in names for *_, names in found):
            return found
        return [(start, end, name) for start, end, names in found for name in names.split(_BREAK)]

    def _from(
        self, numbers: Sequence[int], flags: bytes, roots_at: _Roots, start: int, longest: int
    ) -> Iterator[tuple[int, int, str]]:
        """The phrases that begin there, of two words as they stand and of more."""
        for end in range(start + _PAIR, min(start + longest, len(numbers)) + 1):
            phrase = tuple(numbers[start:end])
            if names := self._names.get(_key(phrase)):
                yield start, end, names
            if end > start + _PAIR and flags[end - 1] & _LAST:
                for root in map(_number, roots_at(end - 1)):
                    if names := self._names.get(_key((*phrase[:-1], root))):
                        yield start, end, names

    def _flag(self, number: int, role: int) -> bool:
        """Note what a word is in a phrase, and say whether that is new.

        Never unsaid, and it need not hold: others share a hint.
        """
        before = self._hints[number & self._mask]
        self._hints[number & self._mask] = before | role
        return before & role != role


def _number(word: str) -> int:
    return hash(word) & _NUMBER


def _key(numbers: tuple[int, ...]) -> int:
    return hash(numbers) & _NUMBER if len(numbers) > 1 else numbers[0]


def _places(pattern: re.Pattern[bytes], flags: bytes) -> Iterator[int]:
    return map(re.Match.start, pattern.finditer(flags))
