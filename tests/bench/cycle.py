"""How fast the outbox itself is: rows claimed, written down as being sent, and written down as sent.

``python -m tests.bench.cycle URL`` is one of several processes that share the work.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.delivery import Receipt, Sent, Settled
from storage import Database, migrate, open_storage
from tests.bench.figure import Row, median
from tests.bench.followers import followed_by
from tests.postgres import running_server

LEAST: Final = 5_000.0
"""Rows a second, from the claim to the commit of what became of it."""

_CHANNELS: Final = 20_000
_PROCESSES: Final = 4
_BATCH = 500
_ROUNDS = 3
_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


async def measure() -> list[Row]:
    """One process on a new SQLite file; one, then several, in a new PostgreSQL database."""
    with tempfile.TemporaryDirectory() as home:
        alone = await _rate(f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}", processes=1)
        rows = [_row(alone, "one process, sqlite", least=LEAST, bound=f"{LEAST:,.0f} rows/s")]
    with running_server() as server, server.database() as one, server.database() as other:
        alone = await _rate(server.url(one), processes=1)
        together = await _rate(server.url(other), processes=_PROCESSES)
    return [
        *rows,
        _row(alone, "one process, postgresql", least=LEAST, bound=f"{LEAST:,.0f} rows/s"),
        _row(together, f"{_PROCESSES} processes, postgresql", least=alone, bound=f"one process {alone:,.0f} rows/s"),
    ]


def _row(rate: float, who: str, *, least: float, bound: str) -> Row:
    return Row(
        figure=f"claim → sending → sent, {_BATCH} rows at a time, {who}",
        ours=f"{rate:,.0f} rows/s",
        reference=bound,
        ratio=rate / least,
        bound="≥ 1 ×",
        is_ok=rate >= least,
    )


async def _rate(url: str, *, processes: int) -> float:
    """Rows a second for one story to every channel, the median of some rounds."""
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    rates: list[float] = []
    try:
        await followed_by(database, _CHANNELS)
        for _ in range(_ROUNDS):
            async with database.writing() as work:
                await work.deliveries.promise(await work.stories.open(now=_NOW), now=_NOW)
                await work.commit()
            rates.append(await _round(url, processes))
    finally:
        await database.close()
    return median(rates)


async def _round(url: str, processes: int) -> float:
    """From the word to begin, which all wait for with an open connection, until the last has found nothing more."""
    workers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.cycle", url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(processes)
    ]
    await asyncio.gather(*map(_said, workers))
    start = time.perf_counter()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write(b"go\n")
    done = sum(map(int, await asyncio.gather(*map(_said, workers))))
    took = time.perf_counter() - start
    await asyncio.gather(*(worker.wait() for worker in workers))
    if done != _CHANNELS:
        raise AssertionError(f"{done} rows were sent, not {_CHANNELS}")
    return done / took


async def _said(worker: asyncio.subprocess.Process) -> str:
    assert worker.stdout
    return (await worker.stdout.readline()).decode().strip()


async def _work(url: str) -> None:
    """Say that we are ready, wait for the word, send until nothing is due, and say how many rows it were."""
    database = open_storage(url)
    try:
        async with database.reading() as look:
            await look.deliveries.counts()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        done = 0
        while claimed := await _send_some(database):
            done += claimed
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
    finally:
        await database.close()


async def _send_some(database: Database) -> int:
    async with database.writing() as work:
        claims = await work.deliveries.claim(
            ("here",), holder=str(os.getpid()), limit=_BATCH, now=_NOW, lease=timedelta(seconds=90)
        )
        await work.commit()
    settled = [
        Settled(claim=claim, outcome=Sent(receipt=Receipt(channel=claim.channel, message_ids=(str(claim.id),))))
        for claim in claims
    ]
    async with database.writing() as work:
        await work.deliveries.settle(settled, now=_NOW)
        await work.commit()
    return len(claims)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1]))
