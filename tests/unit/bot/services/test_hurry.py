"""People are told soon that the database keeps them waiting, and nobody else waits longer for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest

from bot.domain.errors import BusyError
from bot.services.hurry import HurriedStorage
from storage import Database
from tests import stored
from tests.fakes.database import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await fresh_database(tmp_path)
    yield opened
    await opened.close()


async def test_who_cannot_write_soon_is_told_so_and_leaves_nothing_behind(database: Database) -> None:
    hurried = HurriedStorage(database, patience_s=0.05)
    async with database.writing():
        for _ in range(3):
            with pytest.raises(BusyError, match="try again"):
                async with hurried.writing():
                    pytest.fail("somebody else writes")
    async with asyncio.timeout(5):
        async with hurried.writing() as work:
            await stored.source_at(work)
            await work.commit()
        async with hurried.reading() as look:
            assert await look.sources.at("https://wire.example/feed")


async def test_who_looks_does_not_wait_for_who_writes(database: Database) -> None:
    hurried = HurriedStorage(database, patience_s=5)
    async with database.writing(), hurried.reading() as look:
        assert await look.sources.at("https://wire.example/feed") is None


async def test_what_fails_inside_is_undone_and_raised(database: Database) -> None:
    hurried = HurriedStorage(database, patience_s=5)

    async def fail() -> None:
        async with hurried.writing() as work:
            await stored.source_at(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with hurried.reading() as look:
        assert await look.sources.at("https://wire.example/feed") is None


async def test_who_gives_up_waiting_keeps_nobody_else_waiting(database: Database) -> None:
    hurried = HurriedStorage(database, patience_s=5)

    async def write() -> None:
        async with hurried.writing():
            pass

    async with database.writing():
        waiting = asyncio.create_task(write())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(5):
        await write()


class _Counted:
    """A storage whose transactions are counted while they are open; they begin once the gate is."""

    def __init__(self) -> None:
        self.open = 0
        self.gate = asyncio.Event()
        self.reading = self.writing = self._transaction
        self.close = self.gate.wait

    def _transaction(self) -> "_Counted":
        return self

    async def __aenter__(self) -> Self:
        await self.gate.wait()
        self.open += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self.open -= 1


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_cancelled_at_the_moment_of_beginning_leaves_nothing_open(steps: int) -> None:
    counted = _Counted()
    hurried = HurriedStorage(counted, patience_s=5)  # type: ignore[arg-type]  # it counts, and that is all

    async def write() -> None:
        async with hurried.writing():
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    counted.gate.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])
    for _ in range(6):
        await asyncio.sleep(0)
    assert counted.open == 0
