"""A Discord that refuses everything is not asked so often that it would bar us (R9)."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.domain.subscription import Everything
from tests import stored
from tests.faults.stage import HEALED_S, SENDS, bot, calls, eventually, order
from tests.many import open_cluster

pytestmark = pytest.mark.fault

_CROWD = 300
_STORM_S = 60.0
_TEN_MINUTES_S = 600.0
_MOST_REFUSED = 1_000


async def test_a_storm_of_429_over_many_channels_holds_a_thousand_calls_in_ten_minutes_at_most(
    tmp_path: Path, url: str
) -> None:
    """One minute, whose second half is taken for how the other nine would be."""
    async with open_cluster(tmp_path, url) as cluster:
        crowd = (await cluster.world.post("/api/crowd", {"platform": "discord", "chats": _CROWD}))["chats"]
        async with cluster.storage.writing() as work:
            for place in crowd:
                await stored.channel_in(work, place, Everything(), platform="discord")
            await work.commit()
        await bot(cluster)
        await order(cluster.world, "discord", "rate_limit", for_s=_STORM_S, seconds=1, call=SENDS[0])
        began = time.time()
        for number in range(3):
            await cluster.publish(f"Storm {number}")
        await asyncio.sleep(_STORM_S)
        refused = [one["at"] - began for one in await calls(cluster.world, "discord", SENDS[0]) if one["status"] == 429]
        later = sum(at > _STORM_S / 2 for at in refused)
        assert refused
        assert len(refused) + later * (_TEN_MINUTES_S - _STORM_S) / (_STORM_S / 2) <= _MOST_REFUSED

        async def resumed() -> bool:
            return {place for _, place, title in await cluster.world.shown() if title == "Storm 0"} >= set(crowd)

        await eventually(resumed, HEALED_S, "the first story in every channel")
