"""Work that one process at a time does goes on in one of them, and stops before another may begin."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from adapters.machine.clock import SystemClock
from bot.domain.lease import Lease
from bot.ports.storage import UnitOfWork
from bot.services.keep_lease import LeaseKeeper, Tempo, Work
from storage import Database
from tests.fakes.events import FakeEvents

QUICK = Tempo(lasts_s=1.0, renewed_every_s=0.1, asked_every_s=0.02, margin_s=0.3)


class Storage:
    """A database that answers until it is cut off."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_cut = False
        self.reading = database.reading
        self.close = database.close

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        if self.is_cut:
            raise ConnectionResetError("the database is gone")
        return self._database.writing()


class Process:
    """One that asks for the task ``post``, and notes what becomes of it."""

    def __init__(self, database: Database, holder: str, *, is_alone: bool = False) -> None:
        self.storage = Storage(database)
        self.events = FakeEvents()
        self.keeper = LeaseKeeper(
            self.storage, SystemClock(), self.events, holder=holder, is_alone=is_alone, tempo=QUICK
        )
        self.leases: list[Lease] = []
        self.begun = asyncio.Event()
        self.stopped_at: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def work(self, lease: Lease) -> None:
        self.leases.append(lease)
        self.begun.set()
        await asyncio.Event().wait()

    def start(self, work: Work | None = None) -> "asyncio.Task[None]":
        def stop() -> None:
            self.stopped_at.append(time.monotonic())

        self._task = asyncio.create_task(self.keeper.while_held("post", work or self.work, stop=stop))
        return self._task

    async def end(self) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # the database's clock gives no notice
            await asyncio.sleep(0.005)


async def test_of_two_one_works_and_the_other_stands_by_until_it_is_given_the_task(database: Database) -> None:
    first, second = Process(database, "first"), Process(database, "second")
    first.start()
    await first.begun.wait()
    second.start()
    await until(lambda: second.keeper.standing_by == {"post"})
    await asyncio.wait([asyncio.create_task(second.begun.wait())], timeout=1.5 * QUICK.lasts_s)
    assert not second.leases, "it was renewed again and again"
    await first.end()
    await second.begun.wait()
    assert second.leases[0].fence == first.leases[0].fence + 1
    assert second.keeper.standing_by == set()
    await second.end()


async def test_a_dead_one_s_task_is_taken_over_when_its_lease_is_over(database: Database) -> None:
    async with database.writing() as work:
        dead = await work.leases.take("post", holder="dead", lasts=timedelta(seconds=QUICK.lasts_s))
        await work.commit()
    began = time.monotonic()
    alive = Process(database, "alive")
    alive.start()
    await alive.begun.wait()
    assert time.monotonic() - began > QUICK.lasts_s / 2
    assert dead
    assert alive.leases[0].fence == dead.fence + 1
    await alive.end()


async def test_a_dead_one_s_task_is_taken_over_though_the_database_s_clock_was_set_back(database: Database) -> None:
    async with database.writing() as work:
        await work.leases.take("post", holder="dead", lasts=timedelta(days=1))
        await work.commit()
    began = time.monotonic()
    alive = Process(database, "alive")
    alive.start()
    await alive.begun.wait()
    assert time.monotonic() - began >= QUICK.lasts_s
    await alive.end()


async def test_one_that_is_alone_need_not_wait_for_the_dead(database: Database) -> None:
    async with database.writing() as work:
        await work.leases.take("post", holder="dead", lasts=timedelta(days=1))
        await work.commit()
    alone = Process(database, "alone", is_alone=True)
    alone.start()
    await alone.begun.wait()
    assert alone.leases[0].fence == 2
    await alone.end()


async def test_one_that_cannot_renew_stops_before_its_lease_ends_and_works_again_later(database: Database) -> None:
    process = Process(database, "cut off")
    process.start()
    await process.begun.wait()
    process.storage.is_cut = True
    cut_at = time.monotonic()
    await until(lambda: process.stopped_at)
    assert process.stopped_at[0] - cut_at < QUICK.lasts_s
    process.storage.is_cut = False
    await until(lambda: len(process.leases) == 2)
    assert process.leases[1].fence > process.leases[0].fence
    await process.end()


async def test_one_whose_task_was_taken_away_stops_at_its_next_renewal(database: Database) -> None:
    process = Process(database, "robbed")
    process.start()
    await process.begun.wait()
    async with database.writing() as work:
        await work.leases.take("post", holder="robber", lasts=timedelta(hours=1), others_are_dead=True)
        await work.commit()
    await until(lambda: process.stopped_at)
    await until(lambda: process.keeper.standing_by)
    await process.end()


async def test_one_that_was_frozen_does_nothing_more_once_it_goes_on(database: Database) -> None:
    steps: list[str] = []
    process = Process(database, "frozen")

    async def send(_lease: Lease) -> None:
        process.begun.set()
        await asyncio.sleep(0.01)  # its own pace, over long before the end of the lease
        steps.append("sent")

    process.start(send)
    await process.begun.wait()
    threading.Event().wait(1.2 * QUICK.lasts_s)  # the whole loop stands still
    await until(lambda: process.stopped_at)
    assert steps == []
    await process.end()


async def test_work_that_ends_gives_the_task_back(database: Database) -> None:
    async def work(_lease: Lease) -> None:
        await asyncio.sleep(0)

    await Process(database, "quick").start(work)
    other = Process(database, "other")
    other.start()
    async with asyncio.timeout(0.9 * QUICK.lasts_s):
        await other.begun.wait()
    await other.end()


async def test_work_that_fails_says_so_and_gives_the_task_back(database: Database) -> None:
    async def fails(_lease: Lease) -> None:
        raise ConnectionResetError("cut")

    process = Process(database, "failing")
    with pytest.raises(ConnectionResetError):
        await process.start(fails)
    async with database.writing() as work:
        assert await work.leases.take("post", holder="other", lasts=timedelta(seconds=1))


async def test_a_database_that_is_away_at_first_is_asked_again(database: Database) -> None:
    process = Process(database, "patient")
    process.storage.is_cut = True
    process.start()
    await until(lambda: process.events.troubles)
    process.storage.is_cut = False
    await process.begun.wait()
    assert len(process.events.troubles) == 1, "told once"
    await process.end()
