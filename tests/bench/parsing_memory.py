"""Whether memory stays the same, in the bot and in its workers, however many documents are taken apart."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from adapters.feeds.workers import ParseWorkers
from adapters.machine.clock import SystemClock
from bot.ports.reading import ReadingError
from tests.bench.feed_files import written_feeds
from tests.bench.figure import Row, median
from tests.bench.processes import children, memory_mb

_DOCUMENTS: Final = 20_000
_WINDOW: Final = 2_000
_EACH: Final = 50
_WRITTEN: Final = 50
_FILES: Final = Path("tests/data/feeds")
_MOST_GROWTH: Final = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Resident memory in MB: this process's, and that of all its workers together."""

    bot: float
    workers: float


async def measure() -> list[Row]:
    """The second window of documents beside the last one; the first warms everything up."""
    documents = [*written_feeds(_WRITTEN, newest=SystemClock().now()), *_small_ones()]
    workers = ParseWorkers()
    try:
        windows = [await _window(workers, documents) for _ in range(_DOCUMENTS // _WINDOW)]
    finally:
        await workers.close()
    early, late = windows[1], windows[-1]
    return [
        _row("of the process that asks", [one.bot for one in early], [one.bot for one in late]),
        _row("of its workers together", [one.workers for one in early], [one.workers for one in late]),
    ]


def _small_ones() -> Iterator[bytes]:
    """Several of each file for one of those that are written."""
    files = [path.read_bytes() for path in sorted(_FILES.iterdir())]
    return islice(cycle(files), 4 * _WRITTEN)


async def _window(workers: ParseWorkers, documents: Sequence[bytes]) -> Sequence[Sample]:
    numbers, samples = iter(range(_WINDOW)), list[Sample]()

    async def reader() -> None:
        for number in numbers:
            with suppress(ReadingError):
                await workers.parse(documents[number % len(documents)], address="http://wire.example/", charset=None)
            if number % _EACH == 0:
                samples.append(_sample())

    await asyncio.gather(reader(), reader())
    return samples


def _sample() -> Sample:
    ours = os.getpid()
    return Sample(bot=memory_mb(ours)[0], workers=sum(map(_held_by, children(ours))))


def _held_by(pid: int) -> float:
    """Nothing, where it was replaced at this very moment."""
    try:
        return memory_mb(pid)[0]
    except (ProcessLookupError, FileNotFoundError):
        return 0.0


def _row(whose: str, early: Sequence[float], late: Sequence[float]) -> Row:
    before, after = median(early), median(late)
    return Row(
        figure=f"memory {whose}, {_DOCUMENTS:,} documents",
        ours=f"{after:.1f} MB over the last {_WINDOW:,}",
        reference=f"{before:.1f} MB over the second {_WINDOW:,}",
        ratio=after / before,
        bound=f"≤ {_MOST_GROWTH} ×",
        is_ok=after <= before * _MOST_GROWTH,
    )
