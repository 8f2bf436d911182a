"""What is left of Azerbaijani and Turkish words without their endings.

Endings stand one behind the other, and of one word several may be left: almanlar is alman with a plural, and might be
almanla with an r that is none.
"""

from collections.abc import Iterable, Iterator
from functools import cache

_LETTERS = frozenset("əığşƏİĞŞ")
_SHARE = 0.02
"""A Turkish text is 8 % these four letters, an Azerbaijani one 15 %; a foreign name in another brings a trace."""

_SHORTEST_ROOT = 4

# As they stand after folding: ı, i, u, ü are i or u; ə, e are e.
_ENDINGS = (
    *("larin", "lerin", "lar", "ler", "dan", "den", "tan", "ten", "nin", "nun", "yla", "yle"),
    *("da", "de", "ta", "te", "in", "un", "ni", "nu", "yi", "yu", "na", "ne", "ya", "ye", "la", "le", "li", "lu"),
    *("ki", "i", "u", "a", "e"),
)
_LAYERS = 3
"""Azərbaycan-lı-lar-ın: three endings on one root are ordinary, more are not worth looking for."""

_Reading = tuple[str, int]
"""What of an ending still has to stand in front, and how many endings may stand in front of that."""


class _Tail(dict[str, "_Tail"]):
    """The end of a word that endings may explain, and by the letter in front of it each longer one that they may.

    ``is_endings`` says whether they explain all of it.
    """

    __slots__ = ("is_endings",)

    def __init__(self, readings: frozenset[_Reading]) -> None:
        self.is_endings = any(not left for left, _ in readings)
        more = {(ending, rest - 1) for left, rest in readings if rest and not left for ending in _ENDINGS}
        open_readings = {(left, rest) for left, rest in readings | more if left}
        letters = {left[-1] for left, _ in open_readings}
        super().__init__({letter: _tail(frozenset(_in_front(open_readings, letter))) for letter in letters})


def _in_front(readings: Iterable[_Reading], letter: str) -> Iterator[_Reading]:
    return ((left[:-1], rest) for left, rest in readings if left[-1] == letter)


_tail = cache(_Tail)
"""Tails that are open to the same are one: all of them come down to some forty."""

_NO_LETTER = _tail(frozenset((ending, _LAYERS - 1) for ending in _ENDINGS))


def turkic_roots(folded: str) -> list[str]:
    """What may be left of an Azerbaijani or Turkish word without its endings, the fullest first; never the word."""
    roots: list[str] = []
    if "a" <= folded[:1] <= "z":
        tail, at = _NO_LETTER, len(folded)
        for letter in reversed(folded[_SHORTEST_ROOT:]):
            longer = tail.get(letter)
            if longer is None:
                break
            at -= 1
            if longer.is_endings:
                roots.append(folded[:at])
            tail = longer
    return roots


def is_turkic(text: str) -> bool:
    """Whether a text is written in Azerbaijani or Turkish, by the share of letters that only these have."""
    if text.isascii():
        return False
    return sum(map(text.count, _LETTERS)) >= _SHARE * len(text)
