"""How fast the bot sends where nothing limits it but itself, and whether it holds the fastest rate one can pay for."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import func, select

from adapters.discord.platform import DiscordOptions, DiscordPlatform
from adapters.machine.clock import SystemClock
from adapters.machine.garbage import loaded_for_good
from adapters.telegram.platform import TelegramOptions, TelegramPlatform
from bot.domain.delivery import DeliveryState
from bot.messages.action import ActionCodec
from bot.messages.limits import IN_FLIGHT
from bot.ports.platform import ChatPlatform
from bot.services.deliver import Deliverer
from storage import Database, migrate, open_storage
from storage.tables import deliveries
from tests import stored
from tests.bench.figure import Row, median
from tests.bench.followers import followed_by
from tests.bench.slow_platforms import LATENCY_S, running
from tests.builders import NOON, draft, new_article, new_source
from tests.fakes.desk import FakeDesk
from tests.fakes.events import FakeEvents
from tests.fakes.inbox import FakeInbox

LEAST: Final = 0.4
PAID_PER_S: Final = 1_000
_PAID_FOR_S: Final = 60
_PAID_LEAST: Final = 0.95
_SENDS = 4_000
_ROUNDS = 3
_CODEC = ActionCodec(b"a key for benchmarks")


async def measure() -> list[Row]:
    """One story to thousands of channels, from the promise to the last row written down; bare sends in turn."""
    with loaded_for_good():  # as the bot itself, whose modules are loaded by now
        pass
    async with running() as address:
        rows = [await _ceiling(name, make, address) for name, make in _PLATFORMS.items()]
        return [*rows, await _paid(address)]


async def _ceiling(name: str, make: Callable[[str], ChatPlatform], address: str) -> Row:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(_ROUNDS):
        bare.append(await _bare_rate(address))
        ours.append(await _rate(make(address), sends=_SENDS))
    rate, ceiling = median(ours), median(bare)
    return Row(
        figure=f"{name}, outbox included, {IN_FLIGHT} in flight at {LATENCY_S * 1000:.0f} ms, no limits",
        ours=f"{rate:,.0f}/s",
        reference=f"bare aiohttp {ceiling:,.0f}/s",
        ratio=rate / ceiling,
        bound=f"≥ {LEAST} ×",
        is_ok=rate / ceiling >= LEAST,
    )


async def _paid(address: str) -> Row:
    sends, before = PAID_PER_S * _PAID_FOR_S, time.process_time()
    rate = await _rate(_telegram(address, rates=True), sends=sends)
    cpu_ms = (time.process_time() - before) * 1_000 / sends
    return Row(
        figure=f"Telegram's paid broadcast, {_PAID_FOR_S} s",
        ours=f"{rate:,.0f}/s",
        reference=f"{PAID_PER_S:,}/s are permitted; CPU a post: {cpu_ms:.2f} ms",
        ratio=rate / PAID_PER_S,
        bound=f"≥ {_PAID_LEAST} ×",
        is_ok=rate / PAID_PER_S >= _PAID_LEAST,
    )


def _telegram(address: str, *, rates: bool = False) -> TelegramPlatform:
    options = TelegramOptions(token="1:bench", api_url=f"{address}/bot", rates=rates, pays=rates)
    return TelegramPlatform(options, codec=_CODEC, clock=SystemClock(), inbox=FakeInbox())


def _discord(address: str) -> DiscordPlatform:
    gateway = f"{address.replace('http', 'ws')}/gateway"
    options = DiscordOptions(token="bench", api_url=address, gateway_url=gateway, rates=False)
    return DiscordPlatform(options, codec=_CODEC, clock=SystemClock())


_PLATFORMS: Final[dict[str, Callable[[str], ChatPlatform]]] = {"Telegram": _telegram, "Discord": _discord}


async def _rate(platform: ChatPlatform, *, sends: int) -> float:
    """Posts a second, from the moment when the deliverer begins until every row is written down as sent."""
    async with _outbox(platform.name, sends) as database, _connected(platform):
        deliverer = Deliverer(database, {platform.name: platform}, SystemClock(), FakeEvents())
        await deliverer.connect(platform.name, await stored.leased(database, platform.name))
        began = SystemClock().now()
        delivering = asyncio.create_task(deliverer.run())
        while await _waiting(database):  # noqa: ASYNC110  # the outbox tells nobody that it is empty
            await asyncio.sleep(2.0)
        deliverer.stop()
        await delivering
        async with database.changing() as connection:
            ended = (await connection.execute(select(func.max(deliveries.c.settled_at)))).scalar_one()
    assert ended
    return sends / (ended - began).total_seconds()


@asynccontextmanager
async def _connected(platform: ChatPlatform) -> AsyncIterator[None]:
    """Only Discord has to be listened to before anything can be sent."""
    if isinstance(platform, TelegramPlatform):
        yield
        await platform.close()
        return
    listening = asyncio.create_task(platform.listen(FakeDesk()))
    await platform.ready()
    yield
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def _outbox(platform: str, places: int) -> AsyncIterator[Database]:
    """A new SQLite file in which a story is promised to that many private chats."""
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite+aiosqlite:///{Path(home) / 'newsbot.db'}"
        await asyncio.to_thread(migrate, url)
        database = open_storage(url)
        try:
            await followed_by(database, places, platform=platform)
            async with database.writing() as work:
                source = await work.sources.add(new_source(), now=NOON)
                story_id = await work.stories.open(now=NOON)
                await work.articles.add(new_article(source.id, story_id, draft("Harbour bridge closes"), keys=("k",)))
                await work.deliveries.promise(story_id, now=NOON)
                await work.commit()
            yield database
        finally:
            await database.close()


async def _waiting(database: Database) -> int:
    async with database.reading() as look:
        counts = await look.deliveries.counts()
    lost = counts[DeliveryState.BURIED] + counts[DeliveryState.PARKED] + counts[DeliveryState.PAUSED]
    if lost:
        raise AssertionError(f"{lost} posts were not sent")
    return counts[DeliveryState.PENDING] + counts[DeliveryState.SENDING]


async def _bare_rate(address: str) -> float:
    body = {"chat_id": 1, "text": "Harbour bridge closes for nine months. " * 8}
    numbers = iter(range(_SENDS))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:

        async def sender() -> None:
            for _ in numbers:
                async with session.post(f"{address}/bot1:bench/sendMessage", json=body) as answer:
                    await answer.json()

        began = time.perf_counter()
        await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))
        return _SENDS / (time.perf_counter() - began)
