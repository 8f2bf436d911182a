"""A resolver that fails or says nothing, for platforms and newspapers alike."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from tests.fakes.chaos import Weather
from tests.faults.machine import NAME, Machine
from tests.faults.papers import delays, opened
from tests.faults.stage import HEALED_S, bot, counts, eventually, heard, no_more_than_twice, settled, wired
from tests.many import open_cluster

pytestmark = pytest.mark.fault

_OUTAGE_S = 20.0
_REMEMBERED_S = 12.0
"""For how long a name's address is believed by who asked for it, and somewhat more."""


@pytest.mark.parametrize("resolver", ["down", "silent"])
async def test_without_names_nothing_is_lost_and_once_they_are_back_all_goes_on_within_a_minute(
    tmp_path: Path, url: str, resolver: str
) -> None:
    """Twenty seconds in place of ten minutes. What stood open is cut at the beginning, so that names are needed."""
    machine = Machine(tmp_path / "machine.json")
    async with (
        open_cluster(tmp_path, url) as cluster,
        wired(cluster, by_name=True) as wires,
        opened(cluster, "127.0.0.1", name=NAME) as [paper],
    ):
        cluster.program = machine.program
        running = await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        await machine.turn(resolver=resolver)
        for wire in wires.values():
            wire.turn(Weather.CUT)
            wire.turn(Weather.FAIR)
        for number in range(5):
            await cluster.publish(f"Nameless {number}")
        await asyncio.sleep(_REMEMBERED_S)
        for number in range(5):
            paper.print(f"Unread {number}")
        await asyncio.sleep(_OUTAGE_S - _REMEMBERED_S)
        assert running.process.returncode is None
        assert "Unread 0" not in await delays(cluster, paper)
        await machine.turn(resolver="up")
        await heard(cluster)

        async def read() -> bool:
            return {f"Unread {number}" for number in range(5)} <= set(await delays(cluster, paper))

        await eventually(read, HEALED_S, "what was printed meanwhile is posted")
        await settled(cluster)
        parked = (await counts(cluster)).get(DeliveryState.PARKED, 0)
        assert len(await cluster.missing()) <= parked
        await no_more_than_twice(cluster)
