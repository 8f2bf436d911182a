"""How written words are cut, folded and reduced, so that one inflected form finds another."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_SHORTEST_STEM = 4
_APOSTROPHES = "'’ʼ‘`"
_DOTTED = r"(?:[^\W\d_]\.){2,8}|[^\W\d_](?:\.[^\W\d_]){1,8}"
# Vowel signs and other marks that belong to the word they stand in: Latin, Hebrew, Arabic, Indic, Thai, joiners.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
_TOKEN = re.compile(rf"(?P<dotted>{_DOTTED})(?![^\W\d_])|\w[\w{_MARKS}]*")
_SUFFIX = re.compile(rf"[{_APOSTROPHES}](?=[^\W\d_])([^\W\d_]{{1,10}})")
_CURRENCY = re.compile(r"\b[A-Z]{1,3}\$")
"""US$ 5 and HK$ 5 are money, not places."""
_OTHER_LETTERS = str.maketrans({"ı": "i", "ə": "e", "ё": "е", "ø": "o", "ł": "l", "đ": "d", "æ": "ae"})
_TURKIC_LETTERS = frozenset("əığşƏİĞŞ")
_TURKIC_SHARE = 0.02
"""A Turkish text is 8 % these four letters, an Azerbaijani one 15 %; a foreign name in another brings a trace."""

# Longest first, so that the whole ending goes and not its tail. Of -ия only the last letter goes: Германия must not
# meet the first name Герман.
_RUSSIAN_ENDINGS = (
    *("ями", "ами", "ого", "его", "ому", "ему", "ыми", "ими"),
    *("ий", "ый", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ых", "их", "ым", "им"),
    *("ом", "ем", "ев", "ов", "ей", "ам", "ям", "ах", "ях", "ью"),
    *("а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й"),
)
# As they stand after folding: ı, i, u, ü are i or u; ə, e are e.
_TURKIC_ENDINGS = (
    *("larin", "lerin", "lar", "ler", "dan", "den", "tan", "ten", "nin", "nun", "yla", "yle"),
    *("da", "de", "ta", "te", "in", "un", "ni", "nu", "yi", "yu", "na", "ne", "ya", "ye", "la", "le", "li", "lu", "ki"),
    *("i", "u", "a", "e"),
)
_TURKIC_LAYERS = 3
"""Azərbaycan-lı-lar-ın: three endings on one root are ordinary, more are not worth looking for."""

Script = Literal["cyrillic", "latin", "other"]


def fold(text: str) -> str:
    """One spelling for what readers take for the same: case, width, accents on Latin letters, dotless ı, ə and ё.

    Й stays apart from и, and the marks of other scripts stay, since there they make another letter. Folding twice
    changes nothing.
    """
    if text.isascii():
        return text.lower()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word of a text: as written without what follows its apostrophe, and folded. U.S. is written US."""

    written: str
    folded: str


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order; hyphens part words, a small-letter ending after an apostrophe is left out."""
    text = _CURRENCY.sub(" ", unicodedata.normalize("NFKC", text))
    position = 0
    while found := _TOKEN.search(text, position):
        position = found.end()
        written = found.group()
        if found["dotted"] and written[0].isupper():
            written = written.replace(".", "")
        if (suffix := _SUFFIX.match(text, position)) and suffix[1].islower():
            position = suffix.end()
        yield Token(written=written, folded=fold(written))


def normal(phrase: str) -> str:
    """The folded words of a phrase with one space between them, so that punctuation and case do not tell two apart."""
    return " ".join(token.folded for token in tokens(phrase))


def stem(folded: str) -> str:
    """A folded word without its commonest ending: a case ending in Cyrillic, a plural in Latin letters.

    At least four letters stay, or the word stays whole.
    """
    match _script(folded):
        case "cyrillic":
            for ending in _RUSSIAN_ENDINGS:
                if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
                    return folded[: -len(ending)]
            return folded
        case "latin":
            return _singular(folded)
        case "other":
            return folded


def turkic_roots(folded: str) -> tuple[str, ...]:
    """What may be left of an Azerbaijani or Turkish word without its endings, the likeliest first; never the word."""
    if _script(folded) != "latin":
        return ()
    found: dict[str, None] = {}
    layer = [folded]
    for _ in range(_TURKIC_LAYERS):
        layer = [
            word.removesuffix(ending)
            for word in layer
            for ending in _TURKIC_ENDINGS
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM
        ]
        found.update(dict.fromkeys(layer))
    return tuple(found)


def is_turkic(text: str) -> bool:
    """Whether a text is written in Azerbaijani or Turkish, by the share of letters that only these have."""
    if not text:
        return False
    return sum(map(text.count, _TURKIC_LETTERS)) >= _TURKIC_SHARE * len(text)


def _script(folded: str) -> Script:
    first = folded[:1]
    if "a" <= first <= "z":
        return "latin"
    return "cyrillic" if "\u0400" <= first <= "\u04ff" else "other"


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > _SHORTEST_STEM + 1:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")) and len(word) > _SHORTEST_STEM:
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST_STEM:
        return word[:-1]
    return word
