"""What it costs to look for a million readers' own phrases in one article, and to follow or drop one more."""

import gc
import os
import random
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import accumulate, product
from pathlib import Path
from typing import Final

from bot.domain.matching import Matcher
from bot.domain.topic import LONGEST_PHRASE, Catalogue, TopicId, own_words, read_catalogue
from tests.bench.figure import Row, median
from tests.bench.processes import memory_mb

PHRASES: Final = 1_000_000
WORDS: Final = 1_000
_FEW = 1_000
_LIMIT_MS, _LIMIT_MB, _LIMIT_US = 2.0, 150.0, 50.0
_VOCABULARY = 150_000
_COMMON = 300
_LENGTHS = (1, 2, 2, 2, 3, 3, 4, 4)
_ARTICLES, _PARAGRAPHS = 50, 20
_CATALOGUE = Path("seeds/topics.toml")

_SOUNDS = {
    "English": ("b br c ch d f g gr h j k l m n p pl r s sh st t tr v w", "a e i o u ea ou", ",,,s,ed,ing,ly"),
    "Russian": ("б бр в г гр д ж з к кр л м н п пр р с ст т тр х ц ш", "а е и о у я ы", ",а,у,ом,ами,ого,ые,ий"),
    "Turkish": ("b ç d f g h k l m n p r s ş t v y z ğ c", "a e ı i o ö u ü", ",,,da,ler,lerin,den,i,ını"),
    "Azerbaijani": ("b ç d f g h k q l m n p r s ş t v y z x", "a e ə ı i o ö u ü", ",,,da,lar,ların,dən,ı,nı"),
}


class _Language:
    """Invented words with the letters and endings of a language, the commonest first and as common as real ones."""

    def __init__(self, name: str, rng: random.Random) -> None:
        openings, vowels, endings = _SOUNDS[name]
        syllables = ["".join(pair) for pair in product(openings.split(), vowels.split())]
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            root = "".join(rng.choices(syllables, k=min(4, 1 + len(words) // _COMMON)))
            words[root + rng.choice(endings.split(","))] = None
        self._common, self._rare = list(words), list(words)[_COMMON:]
        self._weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
        self._rng = rng

    def phrase(self) -> str:
        """One to four words, none of which is among the commonest."""
        return " ".join(self._rng.choices(self._rare, k=self._rng.choice(_LENGTHS)))

    def article(self) -> Sequence[str]:
        words = self._rng.choices(self._common, cum_weights=self._weights, k=WORDS)
        size = WORDS // _PARAGRAPHS
        return [f"{' '.join(words[at : at + size])}.".capitalize() for at in range(0, WORDS, size)]


async def measure() -> list[Row]:
    """Each language's articles against a thousand phrases and against a million."""
    rng = random.Random(0)  # the same texts in every run
    languages = {name: _Language(name, rng) for name in _SOUNDS}
    phrases = list(_phrases(list(languages.values()), rng))
    few, many = Matcher(_catalogue()), Matcher(_catalogue())
    gc.collect()
    before = memory_mb(os.getpid())[0]
    took_few, took_many = _add_all(few, phrases[:_FEW]), _add_all(many, phrases)
    grown = memory_mb(os.getpid())[0] - before
    size = sum(map(sys.getsizeof, phrases)) / (1 << 20)
    gc.collect()
    gc.freeze()  # what the measuring itself holds is no concern of the garbage collector's, nor is it in the bot
    return [
        *(_matching(name, language, few, many) for name, language in languages.items()),
        Row(
            figure=f"memory for {PHRASES:,} phrases beyond them",
            ours=f"{grown:.0f} MB",
            reference=f"{size:.0f} MB of phrases",
            ratio=grown / size,
            bound=f"≤ {_LIMIT_MB:.0f} MB",
            is_ok=grown <= _LIMIT_MB,
        ),
        _change("adding one of them", took_many, took_few),
        _change("removing one of them", _remove_some(many, phrases), _remove_some(few, phrases[:_FEW])),
    ]


def _catalogue() -> Catalogue:
    return read_catalogue(_CATALOGUE.read_text(encoding="utf-8"))


def _phrases(languages: Sequence[_Language], rng: random.Random) -> Iterable[TopicId]:
    found: dict[TopicId, None] = {}
    while len(found) < PHRASES:
        found[own_words(rng.choice(languages).phrase()[:LONGEST_PHRASE]).id] = None
    return found


def _matching(name: str, language: _Language, few: Matcher, many: Matcher) -> Row:
    """CPU time of articles that were not read before, once others were."""
    articles = [language.article() for _ in range(2 * _ARTICLES)]
    ours, least = ([_timed(matcher, text) for text in articles][_ARTICLES:] for matcher in (many, few))
    found = median([len(many.match("", text)) for text in articles])
    took, base = median(ours), median(least)
    return Row(
        figure=f"{PHRASES:,} phrases in {WORDS:,} words, {name}",
        ours=f"{took:.2f} ms, {found:.0f} found",
        reference=f"{base:.2f} ms for {_FEW:,} phrases",
        ratio=took / base,
        bound=f"≤ {_LIMIT_MS:.0f} ms",
        is_ok=took <= _LIMIT_MS,
    )


def _timed(matcher: Matcher, text: Sequence[str]) -> float:
    """In ms."""
    began = time.process_time()
    matcher.match("", text)
    return (time.process_time() - began) * 1000


def _add_all(matcher: Matcher, phrases: Sequence[TopicId]) -> float:
    """µs for each."""
    began = time.process_time()
    for phrase in phrases:
        matcher.add_own_words(phrase)
    return (time.process_time() - began) / len(phrases) * 1e6


def _remove_some(matcher: Matcher, phrases: Sequence[TopicId]) -> float:
    """µs for each."""
    some = phrases[:: max(1, len(phrases) // _FEW)]
    began = time.process_time()
    for phrase in some:
        matcher.remove(phrase)
    return (time.process_time() - began) / len(some) * 1e6


def _change(figure: str, took: float, base: float) -> Row:
    return Row(
        figure=f"{figure}, {PHRASES:,} there",
        ours=f"{took:.1f} µs",
        reference=f"{base:.1f} µs, {_FEW:,} there",
        ratio=took / base,
        bound=f"≤ {_LIMIT_US:.0f} µs",
        is_ok=took <= _LIMIT_US,
    )
