"""What a kill loop stands on: a sandbox, wires to it, newspapers, a database, and the bot that is to be killed."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN
from bot.domain.source import NewSource, SourceKind
from bot.domain.subscription import Everything
from storage.database import open_storage
from storage.schema import migrate
from tests.builders import NOON
from tests.crash.life import Life, Lives, given
from tests.crash.paper import Press, printed
from tests.crash.points import Fuse, Order
from tests.crash.wire import Wire, is_discord_send, is_telegram_send, laid
from tests.stored import channel_in
from tests.world import Json, World, no_seeds, open_world

FOLLOWING = frozenset({"text", "announcement", "group", "channel"})
"""The kinds of chats that follow everything."""

_READ_EVERY_S = 1.0
_BUTTONS_OF_A_CARD = 4


@dataclass(slots=True, kw_only=True)
class Ground:
    """``chats`` are those that follow everything."""

    world: World
    database: str
    lives: Lives
    press: Press
    wires: tuple[Wire, ...]
    chats: list[Json] = field(default_factory=list)

    async def start(self, order: Order) -> Life:
        """A bot that is to die as ordered."""
        life = await self.lives.begin(order)
        for wire in self.wires:
            wire.fuse = Fuse(order, lambda: life.send(signal.SIGKILL))
        return life


@asynccontextmanager
async def prepared(home: Path, *, database: str | None, dice: random.Random) -> AsyncIterator[Ground]:
    """Everything but the bot; a new SQLite file where no other empty database is given."""
    url = database or f"sqlite+aiosqlite:///{home / 'newsbot.db'}"
    press = Press(dice)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(home, NEWSBOT_SANDBOX_RATES="false"))
        discord = Wire("discord", world.addresses["discord_api"], is_send=is_discord_send)
        telegram = Wire("telegram", world.addresses["telegram_api"], is_send=is_telegram_send)
        environment = {
            "NEWSBOT_HOME": str(home),
            "NEWSBOT_DATABASE_URL": url,
            "NEWSBOT_SEEDS": str(no_seeds(home)),
            "NEWSBOT_REFRESH_DELAY": "0.3",
            "NEWSBOT_FETCH_ALLOW": "127.0.0.0/8",
            "NEWSBOT_DISCORD_TOKEN": DISCORD_TOKEN,
            "NEWSBOT_DISCORD_API_URL": await stack.enter_async_context(laid(discord)) + "/api/v10",
            "NEWSBOT_DISCORD_GATEWAY_URL": world.addresses["discord_gateway"],
            "NEWSBOT_TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "NEWSBOT_TELEGRAM_API_URL": await stack.enter_async_context(laid(telegram)) + "/bot",
        }
        lives = await stack.enter_async_context(given(environment, home / "bot.log"))
        ground = Ground(world=world, database=url, lives=lives, press=press, wires=(discord, telegram))
        await _furnish(ground, await stack.enter_async_context(printed(press)))
        yield ground


async def _furnish(ground: Ground, feeds: list[str]) -> None:
    ground.chats = [chat for chat in await ground.world.get("/api/chats") if chat["kind"] in FOLLOWING]
    await asyncio.to_thread(migrate, ground.database)
    storage = open_storage(ground.database)
    try:
        async with storage.writing() as work:
            for chat in ground.chats:
                await channel_in(work, chat["chat"], Everything(), platform=chat["platform"])
            for address in feeds:
                source = NewSource(
                    kind=SourceKind.FEED,
                    address=address,
                    title="The Ledger",
                    interval_s=_READ_EVERY_S,
                    keeps_interval=True,
                )
                await work.sources.add(source, now=NOON)
            await work.commit()
    finally:
        await storage.close()


async def press_anything(ground: Ground, dice: random.Random) -> None:
    """Readers who give opinions all the time, whether the bot lives or not; until cancelled."""
    seen = 0
    cards: list[Json] = []
    while True:
        await asyncio.sleep(0.3)
        for entry in await ground.world.ledger(seen):
            seen = entry["n"]
            if entry["kind"] in {"shown", "edited"} and len(entry["buttons"]) == _BUTTONS_OF_A_CARD:  # a card's
                cards.append(entry)
        if not cards:
            continue
        card = dice.choice(cards[-30:])
        chat = next(one for one in ground.chats if one["chat"] == card["chat"])
        button = dice.choice([one for one in card["buttons"] if one["label"][0] in "👍👎"])
        person = dice.choice(chat["people"])["id"]
        path = f"/api/chats/{card['platform']}/{card['chat']}/press"
        try:
            async with asyncio.timeout(2):
                await ground.world.post(path, {"as": person, "message": card["message"], "button": button["id"]})
        except (TimeoutError, aiohttp.ClientError, ValueError):
            continue
