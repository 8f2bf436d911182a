"""Whose turn it is to write, where only one may."""

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from typing_extensions import override

_Line = deque["asyncio.Future[None]"]


class Turn:
    """One writer at a time: those whom people wait for ``first``, the others ``later``, each in order of coming."""

    def __init__(self) -> None:
        self._is_taken = False
        self._lines: tuple[_Line, _Line] = (deque(), deque())
        self.first: AbstractAsyncContextManager[None] = _Place(self, self._lines[0])
        self.later: AbstractAsyncContextManager[None] = _Place(self, self._lines[1])

    async def take(self, line: _Line) -> None:
        """Wait in that line."""
        if not self._is_taken:
            self._is_taken = True
            return
        called = asyncio.get_running_loop().create_future()
        line.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled():  # it was our turn at the very moment when we left
                self.give_back()
            raise

    def give_back(self) -> None:
        """Call whoever is next."""
        for line in self._lines:
            while line:
                called = line.popleft()
                if not called.done():  # who left the line is still in it
                    called.set_result(None)
                    return
        self._is_taken = False


class _Place(AbstractAsyncContextManager[None]):
    """A place in one line; it can be entered again and again."""

    def __init__(self, turn: Turn, line: _Line) -> None:
        self._turn = turn
        self._line = line

    @override
    async def __aenter__(self) -> None:
        await self._turn.take(self._line)

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.give_back()
