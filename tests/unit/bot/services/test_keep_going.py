"""Loops that stand still are begun again in time, and those that only seem to are left alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.ports.progress import Beat, Progress
from bot.services.keep_going import Loop, LoopKeeper, StuckError
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents


class Part:
    """Something that beats every ten seconds until it is told to stand still."""

    def __init__(self, clock: HeldClock) -> None:
        self.clock = clock
        self.begun = 0
        self.stands_still = False
        self.is_stubborn = False
        self.trouble: str | None = None

    async def run(self, beat: Beat) -> None:
        self.begun += 1
        while not self.stands_still:
            beat(self.trouble)
            await self.clock.sleep(10)
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if not self.is_stubborn:
                    raise
                self.is_stubborn = False


class Kept:
    """One loop that is kept, beside one that is always well."""

    def __init__(self, *, is_watched: bool = True, is_vital: bool = True) -> None:
        self.clock = HeldClock()
        self.events = FakeEvents()
        self.progress = Progress()
        self.part, well = Part(self.clock), Part(self.clock)
        keeper = LoopKeeper(self.clock, self.events, self.progress)
        loop = Loop(run=self.part.run, is_watched=is_watched, is_vital=is_vital)
        self.watching = asyncio.create_task(keeper.watch())
        self.tasks = [
            asyncio.create_task(keeper.keep("part", loop)),
            asyncio.create_task(keeper.keep("well", Loop(run=well.run))),
            self.watching,
        ]

    async def passes(self, minutes: float) -> None:
        """Time passes and everything that can goes on."""
        for _ in range(int(minutes * 6)):
            self.clock.pass_on(10)
            await self.settles()

    async def settles(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def stalls(self) -> list[object]:
        """Which loops were said to stand still."""
        return [fields["loop"] for _, fields in self.events.warnings]


@asynccontextmanager
async def kept(*, is_watched: bool = True, is_vital: bool = True) -> AsyncIterator[Kept]:
    keeping = Kept(is_watched=is_watched, is_vital=is_vital)
    await keeping.settles()
    try:
        yield keeping
    finally:
        for task in keeping.tasks:
            task.cancel()
        await asyncio.gather(*keeping.tasks, return_exceptions=True)


async def test_a_loop_that_moves_is_left_alone_and_its_progress_is_known() -> None:
    async with kept() as keeping:
        await keeping.passes(60)
        assert (keeping.part.begun, keeping.stalls) == (1, [])
        assert keeping.progress.loops["part"] == keeping.clock.now()


async def test_one_that_stands_still_is_begun_again_within_five_minutes() -> None:
    async with kept() as keeping:
        await keeping.passes(10)
        keeping.part.stands_still = True
        await keeping.passes(3.5)
        assert keeping.part.begun == 1, "it may just be slow"
        await keeping.passes(1.5)
        assert (keeping.part.begun, keeping.stalls) == (2, ["part"])


async def test_one_that_moves_again_afterwards_is_well() -> None:
    async with kept() as keeping:
        keeping.part.stands_still = True
        await keeping.passes(4)
        keeping.part.stands_still = False
        await keeping.passes(60)
        assert keeping.part.begun == 2
        assert keeping.progress.loops["part"] == keeping.clock.now()


async def test_the_third_stall_within_an_hour_asks_for_a_new_process_and_names_the_loop() -> None:
    async with kept() as keeping:
        keeping.part.stands_still = True
        await keeping.passes(15)
        with pytest.raises(StuckError, match="'part'"):
            keeping.watching.result()
        assert keeping.part.begun == 3


async def test_stalls_that_lie_far_apart_never_end_the_process() -> None:
    async with kept() as keeping:
        for _ in range(5):
            keeping.part.stands_still = True
            await keeping.passes(1)
            keeping.part.stands_still = False
            await keeping.passes(34)
        assert keeping.stalls == ["part"] * 5
        assert not keeping.watching.done()


async def test_one_that_does_not_even_end_when_told_to_asks_for_a_new_process() -> None:
    async with kept() as keeping:
        keeping.part.stands_still = keeping.part.is_stubborn = True
        await keeping.passes(5)
        with pytest.raises(StuckError):
            keeping.watching.result()


async def test_what_waits_for_somebody_else_is_begun_again_for_as_long_as_it_takes() -> None:
    async with kept(is_vital=False) as keeping:
        keeping.part.stands_still = True
        await keeping.passes(60)
        assert keeping.part.begun > 10
        assert not keeping.watching.done()


async def test_what_makes_no_progress_by_its_nature_is_not_watched() -> None:
    async with kept(is_watched=False) as keeping:
        keeping.part.stands_still = True
        await keeping.passes(60)
        assert (keeping.part.begun, keeping.stalls) == (1, [])


async def test_a_machine_that_slept_is_no_loop_that_stood_still() -> None:
    async with kept() as keeping:
        await keeping.passes(1)
        keeping.clock.pass_on(3600)
        await keeping.settles()
        await keeping.passes(5)
        assert keeping.stalls == []


async def test_what_keeps_a_loop_from_its_work_is_known_until_it_is_over() -> None:
    async with kept() as keeping:
        keeping.part.trouble = "Somebody else polls."
        await keeping.passes(1)
        assert keeping.progress.troubles == {"part": "Somebody else polls."}
        keeping.part.trouble = None
        await keeping.passes(1)
        assert keeping.progress.troubles == {}
