"""Work in lanes: in order within one, at the same time across them."""

import asyncio
from collections.abc import Callable

from adapters.telegram.lanes import Lanes, Work


async def until(note: str, notes: list[str]) -> None:
    while note not in notes:  # noqa: ASYNC110  # a few turns of the loop, no time
        await asyncio.sleep(0)


def noting(name: str, notes: list[str], gate: asyncio.Event | None = None, *, steps_aside: bool = False) -> Work:
    async def work(step_aside: Callable[[], None]) -> None:
        notes.append(f"{name} begins")
        if steps_aside:
            step_aside()
        if gate is not None:
            await gate.wait()
        notes.append(f"{name} ends")

    return work


async def test_a_lane_keeps_its_order_and_no_other_waits_for_it() -> None:
    notes: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, at_most=10)
        await lanes.add("ana", noting("first", notes, gate))
        await lanes.add("ana", noting("second", notes))
        await lanes.add("ben", noting("other", notes))
        await until("other ends", notes)
        assert "second begins" not in notes
        gate.set()
    assert notes.index("first ends") < notes.index("second begins")


async def test_work_that_steps_aside_lets_the_next_begin() -> None:
    notes: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, at_most=10)
        await lanes.add("ana", noting("first", notes, gate, steps_aside=True))
        await lanes.add("ana", noting("second", notes))
        await until("second ends", notes)
        gate.set()
    assert notes == ["first begins", "second begins", "second ends", "first ends"]


async def test_no_more_than_so_many_are_under_way() -> None:
    notes: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, at_most=2)
        await lanes.add("1", noting("1", notes, gate))
        await lanes.add("2", noting("2", notes, gate))
        third = asyncio.create_task(lanes.add("3", noting("3", notes)))
        await asyncio.sleep(0)
        assert not third.done()
        gate.set()
        await third
    assert notes[-1] == "3 ends"


async def test_work_that_steps_aside_takes_no_room() -> None:
    notes: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, at_most=1)
        for number in range(3):
            await lanes.add("ana", noting(f"waiting {number}", notes, gate, steps_aside=True))
        await lanes.add("ben", noting("other", notes))
        await until("other ends", notes)
        assert "waiting 0 ends" not in notes
        gate.set()


async def test_ended_lanes_are_forgotten() -> None:
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, at_most=10)
        for number in range(100):
            await lanes.add(str(number % 7), noting("x", []))
    assert lanes._last == {}
