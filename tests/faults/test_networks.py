"""Networks that are gone, that swallow everything, and that break in the middle of an answer."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from tests.fakes.chaos import Weather
from tests.faults.stage import (
    bot,
    counts,
    heard,
    no_more_than_twice,
    settled,
    wired,
)
from tests.many import open_cluster
from tests.world import Process

pytestmark = pytest.mark.fault

_OUTAGE_S = {Weather.CUT: 20.0, Weather.HALF_OPEN: 150.0, Weather.TORN: 20.0}
"""Where sends hang, longer than a claim's lease and than Discord knows a nonce again."""

_RESUMED_S = 60.0


def _open_files(process: Process) -> int:
    return len(list(Path(f"/proc/{process.process.pid}/fd").iterdir()))


@pytest.mark.parametrize("weather", _OUTAGE_S)
async def test_after_the_network_is_back_all_goes_on_within_a_minute_and_nothing_was_piled_up(
    tmp_path: Path, url: str, weather: Weather
) -> None:
    """Less than ten minutes, but longer than anything that is waited for. What stands open is counted by the process's
    files.
    """
    async with open_cluster(tmp_path, url) as cluster, wired(cluster) as wires:
        running = await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        base = _open_files(running)
        for wire in wires.values():
            wire.turn(weather)
        for number in range(5):
            await cluster.publish(f"Outage {number}")
        await asyncio.sleep(_OUTAGE_S[weather])
        assert _open_files(running) <= 2 * base
        for wire in wires.values():
            wire.turn(Weather.FAIR)
        await settled(cluster, 2 * _RESUMED_S)
        await heard(cluster)
        await cluster.publish("After")
        await cluster.everywhere("After")
        parked = (await counts(cluster)).get(DeliveryState.PARKED, 0)
        assert len(await cluster.missing()) <= parked
        await no_more_than_twice(cluster)
        assert _open_files(running) <= 2 * base
