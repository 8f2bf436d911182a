"""What it costs to look for a million readers' own phrases in one article, and to follow or drop one more."""

import gc
import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
_PARAGRAPHS = 20
_READ_BEFORE, _MEASURED, _COLD = 200, 50, 2
"""Articles of each language: before the bot is measured, then, and with nothing remembered."""

_MANY_WORDS = 150_000
"""More than are remembered."""

_CATALOGUE = Path("seeds/topics.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Took:
    """CPU time for an article, and topics found in it: medians."""

    ms: float
    found: float


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
    base = _took(languages, few)
    before = memory_mb(os.getpid())[0]
    ours = _took(languages, many)
    grown += memory_mb(os.getpid())[0] - before
    cold = _took_with_nothing_remembered(languages, many)
    return [
        *(_matching(name, ours[name], base[name], cold[name]) for name in languages),
        Row(
            figure=f"memory for {PHRASES:,} phrases beyond them",
            ours=f"{grown:.0f} MB, words remembered included",
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


def _matching(name: str, ours: _Took, base: _Took, cold: _Took) -> Row:
    return Row(
        figure=f"{PHRASES:,} phrases in {WORDS:,} words, {name}",
        ours=f"{ours.ms:.2f} ms, {ours.found:.0f} found; {cold.ms:.2f} ms with no word remembered",
        reference=f"{base.ms:.2f} ms for {_FEW:,} phrases",
        ratio=ours.ms / base.ms,
        bound=f"≤ {_LIMIT_MS:.0f} ms",
        is_ok=ours.ms <= _LIMIT_MS,
    )


def _took(languages: Mapping[str, Language], matcher: Matcher) -> Mapping[str, _Took]:
    """For articles that were not read before, of all languages in turn, once many others were."""
    took: dict[str, list[_Took]] = {}
    for _ in range(_READ_BEFORE + _MEASURED):
        for name, language in languages.items():
            took.setdefault(name, []).append(_timed(matcher, language))
    return {name: _medians(each[_READ_BEFORE:]) for name, each in took.items()}


def _took_with_nothing_remembered(languages: Mapping[str, Language], matcher: Matcher) -> Mapping[str, _Took]:
    """For articles after so much else that no word of theirs is remembered."""
    took: dict[str, list[_Took]] = {}
    for at in range(_COLD):
        for name, language in languages.items():
            for word in ("xyz", "xəz"):
                matcher.match("", [" ".join(f"{word}{at}{name}{number}" for number in range(_MANY_WORDS))])
            took.setdefault(name, []).append(_timed(matcher, language))
    return {name: _medians(each) for name, each in took.items()}


def _medians(took: Sequence[_Took]) -> _Took:
    return _Took(ms=median([one.ms for one in took]), found=median([one.found for one in took]))


def _timed(matcher: Matcher, language: Language) -> _Took:
    text = language.text(WORDS, paragraphs=_PARAGRAPHS)
    began = time.process_time()
    found = matcher.match("", text)
    return _Took(ms=(time.process_time() - began) * 1000, found=len(found))


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
