"""How many feeds a second are read, parsed, told apart and stored, beside the library ``reader`` doing the same.

Both read the same feeds from the same server, which is a process of its own, and store them in SQLite. We take the
documents apart in worker processes, look for what others tell already, match topics and make all of it findable by
words. ``reader`` gets the number of threads that suits it best; where it does likewise, with its own plugin and its own
index, fewer feeds are enough.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from sqlalchemy import update

from adapters.feeds.reader import FeedsReader
from adapters.machine.clock import SystemClock
from bot.domain.source import NewSource, SourceKind
from bot.domain.topic import Catalogue, read_catalogue
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database, migrate, open_storage
from storage.tables import sources
from tests.bench.feed_farm import has_etag, running_farm
from tests.bench.figure import Row
from tests.bench.processes import children, cpu_s
from tests.fakes.events import FakeEvents

_FEEDS: Final = 1_000
_FEW_FEEDS: Final = 100
_THREADS: Final = (1, 2, 4)
_LEAST_RATIO, _MOST_CPU_MS = 3.0, 2.0
_PASSES: Final = ("first", "etag", "same")
_CATALOGUE: Final = Path("seeds/topics.toml")
# reader 3.26 brings a feedparser of its own that lacks one of its parts; this makes it use the released one.
_AS_RELEASED = {"READER_NO_VENDORED_FEEDPARSER": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """Seconds by the wall's clock and of CPU time that each pass took for each feed."""

    took: Mapping[str, tuple[float, float]]
    threads: int = 0

    def again(self) -> tuple[float, float]:
        """The two passes over feeds that did not change, together."""
        (etag, etag_cpu), (same, same_cpu) = self.took["etag"], self.took["same"]
        return (etag + same) / 2, (etag_cpu + same_cpu) / 2


async def measure() -> list[Row]:
    """A first pass over new feeds, then one over those that answer 304 and one over those that send the same again."""
    async with running_farm(_FEEDS) as (farm, addresses):
        bare = [await _by_reader(addresses, threads, "bare") for threads in _THREADS]
        alike = await _by_reader(addresses[:_FEW_FEEDS], 1, "all")
        ours = await _by_us(addresses, farm)
    first = min(bare, key=lambda passes: passes.took["first"])
    again = min(bare, key=Passes.again)
    return [
        _beside(
            f"{_FEEDS:,} feeds of 25, first reading, beside reader", ours.took["first"], first, first.took["first"]
        ),
        _beside("the same, beside reader with repeats and search", ours.took["first"], alike, alike.took["first"]),
        _beside("read again, nothing new", ours.again(), again, again.again()),
        _unchanged("304", ours.took["etag"], again.took["etag"]),
        _unchanged("the same body", ours.took["same"], again.took["same"]),
    ]


def _beside(figure: str, ours: tuple[float, float], passes: Passes, theirs: tuple[float, float]) -> Row:
    ratio = theirs[0] / ours[0]
    return Row(
        figure=figure,
        ours=f"{1 / ours[0]:.0f}/s, {ours[1] * 1000:.1f} ms CPU each",
        reference=f"{1 / theirs[0]:.0f}/s, {theirs[1] * 1000:.1f} ms CPU each, threads: {passes.threads}",
        ratio=ratio,
        bound=f"≥ {_LEAST_RATIO:.0f} ×",
        is_ok=ratio >= _LEAST_RATIO,
    )


def _unchanged(how: str, ours: tuple[float, float], theirs: tuple[float, float]) -> Row:
    return Row(
        figure=f"one of them, {how}",
        ours=f"{ours[1] * 1000:.2f} ms CPU, workers included",
        reference=f"reader {theirs[1] * 1000:.2f} ms CPU",
        ratio=ours[1] / theirs[1],
        bound=f"≤ {_MOST_CPU_MS:.0f} ms",
        is_ok=ours[1] * 1000 <= _MOST_CPU_MS,
    )


async def _by_reader(addresses: Sequence[str], threads: int, work: str) -> Passes:
    with tempfile.TemporaryDirectory() as home:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.by_reader", str(Path(home) / "reader.db"), str(threads), work),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **_AS_RELEASED},  # noqa: TID251  # what a child inherits
        )
        out, _ = await process.communicate("\n".join(addresses).encode())
    took = {kind: (wall / count, cpu / count) for kind, (wall, cpu, count) in json.loads(out).items()}
    return Passes(took=took, threads=threads)


async def _by_us(addresses: Sequence[str], farm: int) -> Passes:
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite+aiosqlite:///{Path(home) / 'news.db'}"
        migrate(url)
        database, catalogue, clock = open_storage(url), _catalogue(), SystemClock()
        feeds, topics = FeedsReader([ip_network("127.0.0.0/8")], topics=catalogue), Topics(catalogue)
        reader = SourceReader(database, feeds, topics, clock, FakeEvents(), refresh_delay=timedelta(seconds=30))
        try:
            await _add(database, addresses, clock.now())
            took = {}
            for kind in _PASSES:
                count = await _make_due(database, kind, clock.now())
                wall, cpu = await _pass(reader, farm, count)
                took[kind] = (wall / count, cpu / count)
            async with database.reading() as look:
                assert not [source.trouble for source in await look.sources.all() if source.trouble]
        finally:
            await reader.close()
            await feeds.close()
            await database.close()
    return Passes(took=took)


def _catalogue() -> Catalogue:
    return read_catalogue(_CATALOGUE.read_text(encoding="utf-8"))


async def _add(database: Database, addresses: Sequence[str], now: datetime) -> None:
    async with database.writing() as work:
        for address in addresses:
            await work.sources.add(NewSource(kind=SourceKind.FEED, address=address, title=address), now=now)
        await work.commit()


async def _make_due(database: Database, kind: str, now: datetime) -> int:
    """Those of the pass, and no other; how many."""
    async with database.reading() as look:
        every = [source.id for source in await look.sources.all()]
    due = [one for number, one in enumerate(every) if kind == "first" or has_etag(number) == (kind == "etag")]
    async with database.changing() as connection:
        await connection.execute(update(sources).values(next_read_at=now + timedelta(days=1)))
        await connection.execute(update(sources).where(sources.c.id.in_(due)).values(next_read_at=now))
        await connection.commit()
    return len(due)


async def _pass(reader: SourceReader, farm: int, count: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), _cpu_s(farm)
    while count > 0:
        count -= await reader.read_due()
    return time.perf_counter() - wall, _cpu_s(farm) - cpu


def _cpu_s(farm: int) -> float:
    """Of this process and its workers, those that ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = sum(cpu_s(pid) for pid in children(os.getpid()) if pid != farm)
    return time.process_time() + ended.ru_utime + ended.ru_stime + alive
