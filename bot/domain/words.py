"""How written words are cut, folded and reduced, so that one inflected form finds another."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_SHORTEST_STEM = 4
_REMEMBERED = 64
_LONGEST_REMEMBERED = 2000
"""Characters of a text."""
_AROUND_WORDS = ".,:;!?()[]\"'’‘“”„«»–—…"
"""What parts no word where it stands at the end of one."""
_APOSTROPHES = "'’ʼ‘`"
_DOTTED = r"(?:[^\W\d_]\.){2,8}|[^\W\d_](?:\.[^\W\d_]){1,8}"
# Vowel signs and other marks that belong to the word they stand in: Latin, Hebrew, Arabic, Indic, Thai, joiners.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
_WORD = re.compile(rf"(?:({_DOTTED})(?![^\W\d_])|(\w[\w{_MARKS}]*))(?:[{_APOSTROPHES}](?=[^\W\d_])([^\W\d_]{{1,10}}))?")
"""A dotted word or another, and what follows its apostrophe."""
_CURRENCY = re.compile(r"\b[A-Z]{1,3}\$")
"""US$ 5 and HK$ 5 are money, not places."""
_OTHER_LETTERS = str.maketrans({"ı": "i", "ə": "e", "ё": "е", "ø": "o", "ł": "l", "đ": "d", "æ": "ae"})

# Of -ия only the last letter goes: Германия must not meet the first name Герман.
_RUSSIAN_ENDINGS = frozenset(
    (
        *("ями", "ами", "ого", "его", "ому", "ему", "ыми", "ими"),
        *("ий", "ый", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ых", "их", "ым", "им"),
        *("ом", "ем", "ев", "ов", "ей", "ам", "ям", "ах", "ях", "ью"),
        *("а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й"),
    )
)
_LAST_OF_ENDINGS = frozenset("s").union(ending[-1] for ending in _RUSSIAN_ENDINGS)
"""What no word that keeps its ending has at its end, but for a few."""
_RUSSIAN_LENGTHS = (3, 2, 1)
"""Longest first, so that the whole ending goes and not its tail."""


def fold(text: str) -> str:
    """One spelling for what readers take for the same: case, width, accents on Latin letters, dotless ı, ə and ё.

    Й stays apart from и, and the marks of other scripts stay, since there they make another letter. Folding twice
    changes nothing.
    """
    if text.isascii():
        return text.lower()
    try:
        return text.translate(_FOLDED)
    except _FoldsWithOthersError:
        return _fold_together(text)


def _fold_together(text: str) -> str:
    spelled = unicodedata.normalize("NFKC", text).translate({ord("İ"): "i", ord("I"): "i"}).casefold()
    decomposed = unicodedata.normalize("NFD", spelled.translate(_OTHER_LETTERS))
    bare = []
    base = ""
    for character in decomposed:
        if not unicodedata.combining(character):
            base = character
        elif "a" <= base <= "z":
            continue
        bare.append(character)
    return unicodedata.normalize("NFC", "".join(bare)).translate(_OTHER_LETTERS)


_FOLD_ALONE = re.compile(r"[\0-\u02ff\u0400-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027]")
"""Latin and Cyrillic letters fold each by itself, as long as no mark stands alone behind them."""


class _FoldsWithOthersError(Exception):
    """A character that has to be looked at together with those around it."""


class _FoldedLetters(dict[int, str]):
    """Letters that fold each by itself, worked out when they are first met. Raises _FoldsWithOthersError for others."""

    def __missing__(self, letter: int) -> str:
        if not _FOLD_ALONE.fullmatch(chr(letter)):
            raise _FoldsWithOthersError
        folded = self[letter] = _fold_together(chr(letter))
        return folded


_FOLDED = _FoldedLetters()


class Tokens(NamedTuple):
    """The words of a text in order: as written without what follows an apostrophe, folded, and their stems.

    U.S. is written US.
    """

    written: tuple[str, ...]
    folded: tuple[str, ...]
    stems: tuple[str, ...]


def tokens(text: str) -> Tokens:
    """The words of a text in order; hyphens part words, a small-letter ending after an apostrophe is left out.

    The last texts are remembered, since each is asked for by several.
    """
    return _tokens_or_recall(text) if len(text) <= _LONGEST_REMEMBERED else _tokens(text)


def _tokens(text: str) -> Tokens:
    is_normal = text.isascii() or unicodedata.is_normalized("NFKC", text)
    written: list[str] = []
    for piece in text.split():
        bare = piece.strip(_AROUND_WORDS)
        if bare.isalpha() and (is_normal or unicodedata.is_normalized("NFKC", bare)):
            written.append(bare)
        else:
            written += _written_words(unicodedata.normalize("NFKC", piece))
    folded = _fold_all(written)
    return Tokens(
        tuple(written), folded, tuple([stem(word) if word[-1] in _LAST_OF_ENDINGS else word for word in folded])
    )


_tokens_or_recall = lru_cache(_REMEMBERED)(_tokens)


def written_words(piece: str) -> Sequence[str]:
    """The written words of a text without spaces."""
    bare = piece.strip(_AROUND_WORDS)
    if bare.isalpha() and (bare.isascii() or unicodedata.is_normalized("NFKC", bare)):
        return (bare,)
    return _written_words(unicodedata.normalize("NFKC", piece))


def folded_words(piece: str) -> Sequence[str]:
    """The folded words of a text without spaces."""
    written = written_words(piece)
    return (fold(written[0]),) if len(written) == 1 else _fold_all(written)


def _fold_all(words: Sequence[str]) -> tuple[str, ...]:
    """Each of the words folded, which is quicker for all together where they have nothing rare."""
    together = " ".join(words)
    try:
        folded = (together.lower() if together.isascii() else together.translate(_FOLDED)).split()
    except _FoldsWithOthersError:
        folded = []
    return tuple(folded if len(folded) == len(words) else map(fold, words))


def _written_words(text: str) -> list[str]:
    if "$" in text:
        text = _CURRENCY.sub(" ", text)
    words: list[str] = []
    position: int | None = 0
    while position is not None:
        position = _read_words(text, position, words)
    return words


def _read_words(text: str, start: int, words: list[str]) -> int | None:
    """Add the words from there on; stop where an apostrophe parts two words, and say where the second begins."""
    for found in _WORD.finditer(text, start):
        dotted, word, ending = found.groups()
        if word:
            words.append(word)
        else:
            words.append(dotted.replace(".", "") if dotted[0].isupper() else dotted)
        if ending and not ending.islower():
            return found.start(3)
    return None


def normal(phrase: str) -> str:
    """The folded words of a phrase with one space between them, so that punctuation and case do not tell two apart."""
    return " ".join(tokens(phrase).folded)


def stem(folded: str) -> str:
    """A folded word without its commonest ending: a case ending in Cyrillic, a plural in Latin letters.

    At least four letters stay, or the word stays whole.
    """
    first = folded[:1]
    if "a" <= first <= "z":
        return _singular(folded) if folded[-1] == "s" else folded
    if "\u0400" <= first <= "\u04ff":
        for length in _RUSSIAN_LENGTHS:
            if folded[-length:] in _RUSSIAN_ENDINGS and len(folded) - length >= _SHORTEST_STEM:
                return folded[:-length]
    return folded


def _singular(word: str) -> str:
    """A Latin word that ends with an s, without its plural's ending."""
    if len(word) <= _SHORTEST_STEM:
        return word
    if word.endswith("ies") and len(word) > _SHORTEST_STEM + 1:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
