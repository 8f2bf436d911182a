"""Ask the bot to go and start it again, over and over, while its newspapers tell nothing new."""

import random
import signal
from pathlib import Path

from tests.crash.ground import Ground, prepared
from tests.crash.paper import FEEDS
from tests.crash.points import Order

_NEVER = Order(point="never", nth=0)


async def restarted(home: Path, *, times: int, database: str | None = None) -> tuple[int, int]:
    """How many messages were shown before the restarts, and how many after them. Each life reads every feed again."""
    async with prepared(home, database=database, dice=random.Random(1)) as ground:
        await _live(ground, is_first=True)
        ground.press.is_closed = True
        await _live(ground)
        before = await _shown(ground)
        for _ in range(times):
            await _live(ground)
        return before, await _shown(ground)


async def _live(ground: Ground, *, is_first: bool = False) -> None:
    """Until every feed was read twice and both platforms were ready; then it is asked to go, and does."""
    read, ready = 2 * FEEDS + ground.press.readings, 2 + _ready(ground)
    shown = len(ground.chats) * FEEDS if is_first else 0

    async def has_lived() -> bool:
        is_up = ground.press.readings >= read and _ready(ground) >= ready
        return is_up and await _shown(ground) >= shown

    life = await ground.start(_NEVER)
    try:
        await ground.world.until(has_lived, "every feed read twice")
        life.send(signal.SIGTERM)
        code = await life.end()
    finally:
        life.send(signal.SIGKILL)
        await life.end()
    assert code == 0, ground.lives.last_words()


def _ready(ground: Ground) -> int:
    return ground.lives.said("platform ready")


async def _shown(ground: Ground) -> int:
    return len(await ground.world.shown())
