"""Whether the bot sends as fast as the platforms permit and never faster: one story to thousands of chats on both.

The sandbox keeps the platforms' limits, the real bot sends, and the ledger tells what came when.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.domain.channel import ChannelKind
from storage import Database, migrate, open_storage
from tests.bench.figure import Row
from tests.bench.followers import followed_by
from tests.builders import NOON, draft, new_article, new_source
from tests.world import Json, World, no_seeds, open_world

LEAST: Final = 0.95
_CROWDS: Final = {"telegram": 3_000, "discord": 1_000}
_PERMITTED_PER_S: Final = {"telegram": 30, "discord": 50}
_KINDS: Final = {"telegram": ChannelKind.PRIVATE, "discord": ChannelKind.GROUP}
_TITLE: Final = "Harbour bridge closes for nine months"
_PATIENCE_S = 300.0
_TOO_MANY_REQUESTS = 429


async def measure() -> list[Row]:
    """Both platforms at the same time, one bot on a new SQLite file."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        async with open_world(home, NEWSBOT_SEEDS=str(no_seeds(home))) as world:
            ledger = await ledger_of(world, f"sqlite+aiosqlite:///{home / 'newsbot.db'}", _CROWDS)
    return [_row(platform, [one for one in ledger if one["platform"] == platform]) for platform in _CROWDS]


async def ledger_of(world: World, url: str, crowds: Mapping[str, int]) -> Json:
    """The ledger, once one story was told to so many new chats of each platform and to those that were there."""
    await asyncio.to_thread(migrate, url)
    database = open_storage(url)
    try:
        for platform, count in crowds.items():
            crowd = await world.post("/api/crowd", {"platform": platform, "chats": count})
            await followed_by(database, crowd["chats"], platform=platform, kind=_KINDS[platform])
        await world.start_bot()
        await world.both_ready()
        await _publish(database)
    finally:
        await database.close()
    async with asyncio.timeout(_PATIENCE_S):
        while (await world.get("/healthz"))["messages"] < sum(crowds.values()):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(1)
    return await world.ledger()


async def _publish(database: Database) -> None:
    async with database.writing() as work:
        source = await work.sources.add(new_source("page:bench"), now=NOON)
        story_id = await work.stories.open(now=NOON)
        await work.articles.add(new_article(source.id, story_id, draft(_TITLE)))
        await work.deliveries.promise(story_id, now=NOON)
        await work.commit()


def refusals(ledger: Json) -> int:
    """How many calls were answered 429."""
    return sum(entry["kind"] == "call" and entry["status"] == _TOO_MANY_REQUESTS for entry in ledger)


def _row(platform: str, ledger: Json) -> Row:
    shown = [entry for entry in ledger if entry["kind"] == "shown" and _TITLE in entry["text"]]
    chats = {entry["chat"] for entry in shown}
    if not len(shown) == len(chats) >= _CROWDS[platform]:  # some more chats were there before the crowd
        raise AssertionError(f"{platform}: {len(shown)} posts in {len(chats)} of {_CROWDS[platform]} chats")
    refused = refusals(ledger)
    rate = (len(shown) - 1) / (shown[-1]["at"] - shown[0]["at"])
    ratio = rate / _PERMITTED_PER_S[platform]
    return Row(
        figure=f"one story to {len(chats):,} chats on {platform}, both platforms at once, limits on",
        ours=f"{rate:.1f}/s, {refused} × 429",
        reference=f"{_PERMITTED_PER_S[platform]}/s are permitted",
        ratio=ratio,
        bound=f"≥ {LEAST} ×, 0 × 429",
        is_ok=ratio >= LEAST and not refused,
    )
