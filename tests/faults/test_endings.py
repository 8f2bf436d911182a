"""A bot that is asked to go leaves nothing half done."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from tests.background import in_background
from tests.faults.stage import all_told, bot, calm, counts, nothing_twice, order
from tests.many import open_cluster

pytestmark = pytest.mark.fault

_DRAINED_S = 10.0


async def test_asked_to_go_under_load_it_is_gone_within_ten_seconds_and_nothing_is_open(
    tmp_path: Path, url: str
) -> None:
    """Three times in a row, with each send taking up to half a second."""
    async with open_cluster(tmp_path, url) as cluster:
        await order(cluster.world, "discord", "slow", for_s=600, share=0.5, seconds=0.5)
        await order(cluster.world, "telegram", "slow", for_s=600, share=0.5, delay_s=0.5)
        async with in_background(cluster.publish_steadily("Load", 0.2)):
            for _ in range(3):
                running = await bot(cluster)
                await asyncio.sleep(2)
                began = time.monotonic()
                assert await running.end() == 0
                assert time.monotonic() - began <= _DRAINED_S
                assert DeliveryState.SENDING not in await counts(cluster)
        await calm(cluster.world)
        await bot(cluster)
        await all_told(cluster)
        await nothing_twice(cluster)
