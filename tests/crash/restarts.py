"""Ask the bot to go and start it again, over and over, while its newspapers tell nothing new."""

import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.crash.ground import Ground, prepared
from tests.crash.life import Life
from tests.crash.paper import FEEDS
from tests.crash.points import Order

_NEVER = Order(point="never", nth=0)
_READY = "platform ready"


async def restarted(home: Path, *, times: int, database: str | None = None) -> tuple[int, int]:
    """How many messages were shown before the restarts, and how many after them. Each life reads every feed again."""
    async with prepared(home, database=database, dice=random.Random(1)) as ground:
        async with _life(ground) as life:
            await _read_twice(ground, life, shown=len(ground.chats) * FEEDS)
            ground.press.is_closed = True
            await _read_twice(ground, life)
        before = len(await ground.world.shown())
        for _ in range(times):
            ready = ground.lives.said(_READY)
            async with _life(ground) as life:
                await _read_twice(ground, life, ready=ready + 2)
        return before, len(await ground.world.shown())


@asynccontextmanager
async def _life(ground: Ground) -> AsyncIterator[Life]:
    """A bot, which is asked to go after the block, and does."""
    life = await ground.start(_NEVER)
    try:
        yield life
        life.send(signal.SIGTERM)
        code = await life.end()
    finally:
        life.send(signal.SIGKILL)
        await life.end()
    assert code == 0, ground.lives.last_words()


async def _read_twice(ground: Ground, life: Life, *, shown: int = 0, ready: int = 0) -> None:
    """Return once every feed was read twice from now on, so much is shown, and platforms were ready so often."""
    read = 2 * FEEDS + ground.press.readings

    async def is_so() -> bool:
        assert not life.is_over, ground.lives.last_words()
        is_up = ground.press.readings >= read and ground.lives.said(_READY) >= ready
        return is_up and len(await ground.world.shown()) >= shown

    await ground.world.until(is_so, "every feed read twice")
