"""What it costs to find out whether another source tells an article's event already."""

import random
import tempfile
import time
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Final

from bot.domain.article import Draft, NewArticle
from bot.domain.sameness import Likeness, traits_of
from bot.domain.source import NewSource, Source, SourceKind
from bot.ports.storage import UnitOfWork
from bot.services.join_stories import stories_told_elsewhere
from storage import migrate, open_storage
from tests.bench.figure import Row

_DATA: Final = Path("tests/data/same_event")
_RECENT = 5_000
_NEW = 300
_SHARE_TOLD = 0.2
_SHARE_COMMON = 0.5
_NAMES = 20_000
_TRIES = 3
_LIMIT_MS = 1.0
_NOW: Final = datetime(2026, 3, 14, 12, tzinfo=UTC)


async def measure() -> list[Row]:
    """CPU time for each new article, a fifth of which others tell; the queries by themselves are the reference."""
    rng = random.Random(0)  # the same texts in every run
    told = _told()
    words = [word for draft in told for word in (draft.teaser or "").split()]
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite+aiosqlite:///{Path(home) / 'joining.db'}"
        migrate(url)
        storage = open_storage(url)
        async with storage.writing() as work:
            others = [await _source(work, number) for number in range(20)]
            for number, draft in enumerate((*(_unlike(rng, words, at) for at in range(_RECENT)), *told)):
                await _store(work, rng.choice(others[1:]), draft, number)
            await work.commit()
        new = [rng.choice(told) if rng.random() < _SHARE_TOLD else _unlike(rng, words, -at - 1) for at in range(_NEW)]
        async with storage.writing() as work:
            whole, found = await _asked(work, others[0], new)
            query = await _queried(work, others[0], new)
        await storage.close()
    beyond = whole - query
    return [
        Row(
            figure=f"joining a story, among {_RECENT:,} of two days",
            ours=f"{whole:.2f} ms CPU, {found} of {_NEW} joined",
            reference=f"{query:.2f} ms for the query",
            ratio=whole / query,
            bound=f"≤ {_LIMIT_MS:.0f} ms beyond the query",
            is_ok=beyond <= _LIMIT_MS,
        )
    ]


def _told() -> Sequence[Draft]:
    events = [
        event for file in sorted(_DATA.glob("*.toml")) for event in tomllib.loads(file.read_text("utf-8"))["event"]
    ]
    return [Draft(title=event["told"][0]["title"], teaser=event["told"][0]["text"]) for event in events]


def _unlike(rng: random.Random, words: Sequence[str], number: int) -> Draft:
    """A text of words from real ones, every other a name that few others have."""
    text = [rng.choice(words) if rng.random() < _SHARE_COMMON else f"Na{rng.randrange(_NAMES)}" for _ in range(90)]
    return Draft(title=" ".join(text[:9]), paragraphs=(" ".join(text[9:50]), " ".join(text[50:])), guid=str(number))


async def _source(work: UnitOfWork, number: int) -> Source:
    address = f"https://{number}.example/feed"
    return await work.sources.add(NewSource(kind=SourceKind.FEED, address=address, title=address), now=_NOW)


async def _store(work: UnitOfWork, source: Source, draft: Draft, number: int) -> None:
    story_id = await work.stories.open(now=_NOW)
    seen = _NOW - timedelta(hours=1)
    article = NewArticle(source_id=source.id, story_id=story_id, draft=draft, keys=(str(number),), first_seen_at=seen)
    await work.articles.add(article)


async def _asked(work: UnitOfWork, source: Source, drafts: Sequence[Draft]) -> tuple[float, int]:
    """ms for each, and how many are told already."""
    told = [await stories_told_elsewhere(work, source.id, [(draft, ())], now=_NOW) for draft in drafts]
    calls = (partial(stories_told_elsewhere, work, source.id, [(draft, ())], now=_NOW) for draft in drafts)
    return mean([await _least(call) for call in calls]), len(told) - told.count([None])


async def _queried(work: UnitOfWork, source: Source, drafts: Sequence[Draft]) -> float:
    """ms for each."""
    since = _NOW - timedelta(hours=48)
    wanted = [Likeness(words=traits_of(draft).terms, at_least=5, since=since) for draft in drafts]
    look = partial(work.stories.like_these, not_by=source.id, limit=4)
    return mean([await _least(partial(look, [one])) for one in wanted])


async def _least(call: Callable[[], Awaitable[object]]) -> float:
    """In ms, of some tries: other work on the machine only adds to it."""
    tries = []
    for _ in range(_TRIES):
        began = time.process_time()
        await call()
        tries.append((time.process_time() - began) * 1000)
    return min(tries)
