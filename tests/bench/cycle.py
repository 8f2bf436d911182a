"""How fast the outbox itself is: rows claimed, written down as being sent, and written down as sent."""

import asyncio
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

_CHANNELS: Final = 10_000
_BATCH = 500
_ROUNDS = 3
_NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


async def measure() -> list[Row]:
    """One process on a new SQLite file and in a new PostgreSQL database."""
    with tempfile.TemporaryDirectory() as home:
        rows = [await _row(f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}")]
    with running_server() as server, server.database() as name:
        return [*rows, await _row(server.url(name))]


async def _row(url: str) -> Row:
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    try:
        await followed_by(database, _CHANNELS)
        rates = [await _round(database) for _ in range(_ROUNDS)]
    finally:
        await database.close()
    rate = median(rates)
    return Row(
        figure=f"claim → sending → sent, {_BATCH} rows at a time, one process, {url.partition('+')[0]}",
        ours=f"{rate:,.0f} rows/s",
        reference=f"{LEAST:,.0f} rows/s",
        ratio=rate / LEAST,
        bound="≥ 1 ×",
        is_ok=rate >= LEAST,
    )


async def _round(database: Database) -> float:
    """Rows a second for one story to every channel."""
    async with database.writing() as work:
        await work.deliveries.promise(await work.stories.open(now=_NOW), now=_NOW)
        await work.commit()
    start = time.perf_counter()
    done = 0
    while claimed := await _send_some(database):
        done += claimed
    if done != _CHANNELS:
        raise AssertionError(f"{done} rows were sent, not {_CHANNELS}")
    return done / (time.perf_counter() - start)


async def _send_some(database: Database) -> int:
    async with database.writing() as work:
        claims = await work.deliveries.claim(
            ("here",), holder="bench", limit=_BATCH, now=_NOW, lease=timedelta(seconds=90)
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
