"""The database for people, who are told soon when they cannot be served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from bot.domain.errors import BusyError
from bot.ports.storage import Reading, Storage, UnitOfWork
from bot.views.notices import BUSY

_T = TypeVar("_T")

_PATIENCE_S = 1.5
"""What is left of the two and a half seconds goes to acknowledging, asking and showing."""


class HurriedStorage:
    """Implements ``Storage``: raises BusyError where a transaction cannot begin soon, and changes nothing then."""

    def __init__(self, storage: Storage, *, patience_s: float = _PATIENCE_S) -> None:
        self._storage = storage
        self._patience_s = patience_s
        self._late: set[asyncio.Task[None]] = set()

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        return self._soon(self._storage.reading())

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._soon(self._storage.writing())

    async def close(self) -> None:
        await self._storage.close()

    @asynccontextmanager
    async def _soon(self, transaction: AbstractAsyncContextManager[_T]) -> AsyncIterator[_T]:
        beginning = asyncio.ensure_future(transaction.__aenter__())
        try:
            await asyncio.wait([beginning], timeout=self._patience_s)
        except BaseException:
            self._end_late(beginning, transaction)  # it may have begun at the very moment when we were cancelled
            raise
        if not beginning.done():  # a statement that is cut costs the connection, so it is let come to its end
            self._end_late(beginning, transaction)
            raise BusyError(BUSY)
        begun = await beginning
        try:
            yield begun
        except BaseException as error:
            await transaction.__aexit__(type(error), error, error.__traceback__)
            raise
        await transaction.__aexit__(None, None, None)

    def _end_late(self, beginning: "asyncio.Future[_T]", transaction: AbstractAsyncContextManager[_T]) -> None:
        async def end() -> None:
            await asyncio.wait([beginning])
            if beginning.exception() is None:
                await transaction.__aexit__(None, None, None)

        ending = asyncio.create_task(end())
        self._late.add(ending)
        ending.add_done_callback(self._late.discard)
