"""A platform, or the way to it, that stands still now and then: all that was under way arrives there at once."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.background import in_background
from tests.bench.rates import ledger_of, refusals
from tests.world import World, no_seeds, open_world

pytestmark = pytest.mark.fault

_CROWDS = {"telegram": 600, "discord": 900}


async def _stand_still_now_and_then(world: World) -> None:
    dice = random.Random(5)
    while True:
        await asyncio.sleep(dice.uniform(0.3, 2.0))
        world.sandbox.freeze()
        try:
            await asyncio.sleep(dice.uniform(0.05, 0.8))
        finally:
            world.sandbox.go_on()


async def test_platforms_that_stand_still_now_and_then_refuse_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path, NEWSBOT_SEEDS=str(no_seeds(tmp_path))) as world:
        async with in_background(_stand_still_now_and_then(world)):
            ledger = await ledger_of(world, f"sqlite+aiosqlite:///{tmp_path / 'newsbot.db'}", _CROWDS)
        assert refusals(ledger) == 0
        shown = [(entry["platform"], entry["chat"]) for entry in ledger if entry["kind"] == "shown"]
        assert len(shown) == len(set(shown)) >= sum(_CROWDS.values())
