"""What it costs to look for a million readers' own phrases in one article, and to follow or drop one more."""

import gc
import os
import random
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from bot.domain.matching import Matcher
from bot.domain.topic import LONGEST_PHRASE, Catalogue, TopicId, own_words, read_catalogue
from tests.bench.figure import Row, median
from tests.bench.invented import LANGUAGES, Language
from tests.bench.processes import memory_mb

PHRASES: Final = 1_000_000
WORDS: Final = 1_000
_FEW = 1_000
_LIMIT_MS, _LIMIT_MB, _LIMIT_US = 2.0, 150.0, 50.0
_ARTICLES, _PARAGRAPHS = 50, 20
_CATALOGUE = Path("seeds/topics.toml")


async def measure() -> list[Row]:
    """Each language's articles against a thousand phrases and against a million."""
    rng = random.Random(0)  # the same texts in every run
    languages = {name: Language(name, rng) for name in LANGUAGES}
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


def _phrases(languages: Sequence[Language], rng: random.Random) -> Iterable[TopicId]:
    found: dict[TopicId, None] = {}
    while len(found) < PHRASES:
        found[own_words(rng.choice(languages).phrase()[:LONGEST_PHRASE]).id] = None
    return found


def _matching(name: str, language: Language, few: Matcher, many: Matcher) -> Row:
    """CPU time of articles that were not read before, once others were."""
    articles = [language.text(WORDS, paragraphs=_PARAGRAPHS) for _ in range(2 * _ARTICLES)]
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
