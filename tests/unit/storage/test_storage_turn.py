"""One writer at a time, and people first."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from storage.turn import Turn


class Desk:
    """Writers who come one after another while one writes, and the order in which they get their turns."""

    def __init__(self) -> None:
        self.turn = Turn()
        self.wrote: list[str] = []
        self._writers: list[asyncio.Task[None]] = []

    async def comes(self, name: str, place: AbstractAsyncContextManager[None]) -> asyncio.Task[None]:
        async def write() -> None:
            async with place:
                self.wrote.append(name)
                await asyncio.sleep(0)

        writer = asyncio.create_task(write())
        self._writers.append(writer)
        await asyncio.sleep(0)
        return writer

    async def all_done(self) -> list[str]:
        await asyncio.wait(self._writers, timeout=5)
        return self.wrote


async def test_people_write_before_all_who_wait_and_each_line_keeps_its_order() -> None:
    desk = Desk()
    async with desk.turn.later:
        for name in ("feed 1", "feed 2"):
            await desk.comes(name, desk.turn.later)
        for name in ("reader 1", "reader 2"):
            await desk.comes(name, desk.turn.first)
        assert not desk.wrote, "one at a time"
    assert await desk.all_done() == ["reader 1", "reader 2", "feed 1", "feed 2"]


@pytest.mark.parametrize("line", [lambda turn: turn.first, lambda turn: turn.later], ids=["people", "others"])
async def test_who_leaves_the_line_holds_up_nobody(line: Callable[[Turn], AbstractAsyncContextManager[None]]) -> None:
    desk = Desk()
    async with desk.turn.later:
        leaver = await desk.comes("leaver", line(desk.turn))
        await desk.comes("next", desk.turn.later)
        leaver.cancel()
        await asyncio.wait((leaver,))
    assert await desk.all_done() == ["next"]


async def test_who_leaves_at_the_moment_of_being_called_hands_the_turn_on() -> None:
    desk = Desk()
    async with desk.turn.later:
        leaver = await desk.comes("leaver", desk.turn.first)
        await desk.comes("next", desk.turn.later)
    leaver.cancel()
    assert await desk.all_done() == ["next"]


async def test_a_writer_that_fails_gives_its_turn_back() -> None:
    turn = Turn()
    with pytest.raises(ZeroDivisionError):
        async with turn.first:
            raise ZeroDivisionError
    async with asyncio.timeout(5), turn.later:
        pass
