"""Clocks that somebody sets while the bot runs, and that change to summer time."""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.machine import Machine
from tests.faults.papers import Paper, delays, opened
from tests.faults.stage import answered_in_time, bot, nothing_twice, order
from tests.many import Cluster, open_cluster

pytestmark = pytest.mark.fault

_HOUR_S, _DAY_S = 3600.0, 86400.0
_EACH_S = 4.0
_LATE_S = 5.0
"""Twice what a reading and a send may take, and as often as the paper is read beside it."""


async def _through(cluster: Cluster, machine: Machine, paper: Paper, hands: Iterable[float]) -> None:
    """While the clock shows one wrong time after the other, whatever is printed is posted as soon as ever, once."""
    for number, ahead_s in enumerate(hands):
        await machine.turn(ahead_s=ahead_s)
        until = time.monotonic() + _EACH_S
        while time.monotonic() < until:
            paper.print(f"Clock {number} at {time.monotonic():.2f}")
            await asyncio.sleep(1)
        await answered_in_time(cluster)
    await asyncio.sleep(_LATE_S)
    late = {title: delay for title, delay in (await _delayed(cluster, paper)).items() if delay > _LATE_S}
    assert late == {}
    cluster.told += list(paper.printed)
    await nothing_twice(cluster)


async def _delayed(cluster: Cluster, paper: Paper) -> dict[str, float]:
    """For each title that is news how long it took, one that is nowhere for ever."""
    known = await delays(cluster, paper)
    return {title: known.get(title, float("inf")) for title in list(paper.printed)[1:]}


@pytest.mark.parametrize(
    "hands",
    [
        pytest.param((_DAY_S, 0.0, -_DAY_S, 0.0), id="a day"),
        pytest.param((_HOUR_S, -_HOUR_S) * 3, id="an hour again and again"),
    ],
)
async def test_set_ahead_or_back_nothing_stalls_nothing_floods_and_no_lease_is_taken_away(
    tmp_path: Path, url: str, hands: tuple[float, ...]
) -> None:
    """Set each four seconds in place of each minute; sends that take long are under way each time."""
    machine = Machine(tmp_path / "machine.json")
    async with open_cluster(tmp_path, url) as cluster, opened(cluster, "127.0.0.1") as [paper]:
        cluster.program = machine.program
        running = await bot(cluster)
        await order(cluster.world, "discord", "slow", for_s=600, share=0.2, seconds=1.5)
        await order(cluster.world, "telegram", "slow", for_s=600, share=0.2, delay_s=1.5)
        await _through(cluster, machine, paper, hands)
        assert running.process.returncode is None
        assert not any("lease" in line and "lost" in line for line in running.lines)


@pytest.mark.parametrize("switch", [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)])
async def test_where_clocks_are_put_forward_or_back_for_summer_time_nothing_happens(
    tmp_path: Path, url: str, switch: datetime
) -> None:
    """As Berlin does it: the local clock leaves an hour out, or shows one twice."""
    machine = Machine(tmp_path / "machine.json")
    async with open_cluster(tmp_path, url, TZ="Europe/Berlin") as cluster, opened(cluster, "127.0.0.1") as [paper]:
        cluster.program = machine.program
        before = switch.timestamp() - 6 - time.time()
        await machine.turn(ahead_s=before)
        await bot(cluster)
        await _through(cluster, machine, paper, [before] * 3)
