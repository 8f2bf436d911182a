"""How soon a press of *Read* is answered while hundreds of feeds are read."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from adapters.machine.clock import SystemClock
from bot.domain.source import NewSource, SourceKind
from storage import Database, open_storage
from storage.tables import sources
from tests.bench.feed_farm import running_farm
from tests.bench.figure import Row, percentile
from tests.bench.reading import Round, press_round, readable
from tests.world import READER_1, READER_2, World, open_world

_FEEDS: Final = 500
_PRESSES, _AT_ONCE = 300, 10
_LIMIT_MS: Final = 300.0


async def measure() -> list[Row]:
    """Both platforms, before any feed is due and while all are, which nobody has read before."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        async with open_world(Path(home)) as world, running_farm(_FEEDS) as (_, addresses):
            await world.start_bot()
            await world.both_ready()
            database = open_storage(f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}")
            try:
                quiet = {platform: await _pressed(world, platform) for platform in ("discord", "telegram")}
                await _make_due(database, addresses)
                return [await _while_read(world, database, platform, quiet[platform]) for platform in quiet]
            finally:
                await database.close()


async def _while_read(world: World, database: Database, platform: str, quiet: Round) -> Row:
    before = await _read(database)
    busy = await _pressed(world, platform)
    after = await _read(database)
    first, unhurried = percentile(busy.first_ms, 0.99), percentile(quiet.first_ms, 0.99)
    return Row(
        figure=f"first answer to Read while {_FEEDS} feeds are due, {platform}",
        ours=f"p50 {percentile(busy.first_ms, 0.5):.0f}, p99 {first:.0f} ms; {after - before} feeds read meanwhile",
        reference=f"p50 {percentile(quiet.first_ms, 0.5):.0f}, p99 {unhurried:.0f} ms with none",
        ratio=first / unhurried,
        bound=f"p99 ≤ {_LIMIT_MS:.0f} ms",
        is_ok=first <= _LIMIT_MS and not busy.late and before < after < _FEEDS,
    )


async def _pressed(world: World, platform: str) -> Round:
    chats = [await world.chat(platform, "group", person) for person in (READER_1, READER_2)]
    messages = await world.until(lambda: readable(chats[0]), f"stories on {platform}")
    return await press_round(world, chats, messages, presses=_PRESSES, at_once=_AT_ONCE)


async def _make_due(database: Database, addresses: Sequence[str]) -> None:
    now = SystemClock().now()
    async with database.writing() as work:
        for address in addresses:
            feed = NewSource(kind=SourceKind.FEED, address=address, title=address, fetches_full_text=False)
            await work.sources.add(feed, now=now)
        await work.commit()


async def _read(database: Database) -> int:
    """How many of them were read."""
    count = select(func.count()).where(sources.c.last_read_at.is_not(None), sources.c.address.like("http://127.0.1.%"))
    async with database.looking() as connection:
        return (await connection.execute(count)).scalar_one()
