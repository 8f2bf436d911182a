"""How long it takes from the commit of an article until its first post begins to leave, in one process."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from typing_extensions import override

from adapters.machine.clock import SystemClock
from bot.domain.channel import ChannelRef
from bot.domain.delivery import Receipt
from bot.domain.source import Source
from bot.domain.topic import Catalogue
from bot.messages.post import Post
from bot.services.deliver import Deliverer
from bot.services.publish import publish
from bot.services.topics import Topics
from storage import Database, migrate, open_storage
from tests import stored
from tests.bench.figure import Row, percentile
from tests.bench.followers import followed_by
from tests.builders import draft, new_source
from tests.fakes.events import FakeEvents
from tests.fakes.platform import FakePlatform
from tests.postgres import running_server

LIMIT_MS: Final = 200.0
_ARTICLES = 200
_CHANNELS: Final = 100


class _Watched(FakePlatform):
    """Notes when the first send of each round began, and knows when the last one is over."""

    def __init__(self) -> None:
        super().__init__("here")
        self.began_at: float | None = None

    @override
    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        self.began_at = self.began_at or time.perf_counter()
        return await super().send(to, post, once=once)


async def measure() -> list[Row]:
    """On a new SQLite file and in a new PostgreSQL database."""
    with tempfile.TemporaryDirectory() as home:
        rows = [await _row(f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}")]
    with running_server() as server, server.database() as name:
        return [*rows, await _row(server.url(name))]


async def _row(url: str) -> Row:
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    try:
        await followed_by(database, _CHANNELS)
        waits = await _waits(database)
    finally:
        await database.close()
    late = percentile(waits, 0.99)
    return Row(
        figure=f"article committed → first of {_CHANNELS} sends begins, {_ARTICLES} articles, {url.partition('+')[0]}",
        ours=f"p50 {percentile(waits, 0.5):.1f}, p99 {late:.1f}, max {max(waits):.1f} ms",
        ratio=late / LIMIT_MS,
        bound=f"p99 ≤ {LIMIT_MS:.0f} ms",
        is_ok=late <= LIMIT_MS,
    )


async def _waits(database: Database) -> list[float]:
    """Milliseconds, one article after the other; the next once everybody has the one before."""
    topics, waits = Topics(Catalogue([])), list[float]()
    async with database.writing() as work:
        source = await work.sources.add(new_source(), now=SystemClock().now())
        await work.commit()
    async with _delivering(database) as (platform, deliverer):
        for number in range(1, _ARTICLES + 1):
            await _publish(database, topics, source, f"Harbour bridge closes, day {number}")
            committed_at = time.perf_counter()
            deliverer.wake()
            await platform.shown(number * _CHANNELS)
            assert platform.began_at
            waits.append((platform.began_at - committed_at) * 1000)
            platform.began_at = None
    return waits


@asynccontextmanager
async def _delivering(database: Database) -> AsyncIterator[tuple[_Watched, Deliverer]]:
    """A deliverer that runs, connected."""
    platform = _Watched()
    deliverer = Deliverer(database, {platform.name: platform}, SystemClock(), FakeEvents())
    await deliverer.connect(platform.name, await stored.leased(database, platform.name))
    running = asyncio.create_task(deliverer.run())
    yield platform, deliverer
    deliverer.stop()
    await running


async def _publish(database: Database, topics: Topics, source: Source, title: str) -> None:
    now = SystemClock().now()
    async with database.writing() as work:
        told = [draft(title, guid=title)]
        await publish(work, topics, source, told, now=now, announce=1, refresh_delay=timedelta(seconds=30))
        await work.commit()
