"""Letters of the inbox on their way to whoever handles them, and done with afterwards."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from telegram import Update

from adapters.telegram.client import Client
from adapters.telegram.lanes import Lanes
from adapters.telegram.limits import PLATFORM
from adapters.telegram.updates import lane_of, read_update
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter

_LOG = logging.getLogger(__name__)

_AT_ONCE = 256
_SETTLE_S = 0.05
_AGAIN_S = 1.0

Handler = Callable[[Update, Callable[[], None]], Awaitable[None]]
"""Handles one update; may let the next of the same person begin early. Must not raise."""


class Handling:
    """Handles many letters at the same time, those of one person in order, and marks them done together."""

    def __init__(self, client: Client, *, inbox: Inbox, clock: Clock, handle: Handler) -> None:
        self._client = client
        self._inbox = inbox
        self._clock = clock
        self._handle = handle
        self._lanes: Lanes | None = None
        self._finished: list[str] = []
        self._has_finished = asyncio.Event()

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[asyncio.TaskGroup]:
        """Letters can be handed on within the block."""
        try:
            async with asyncio.TaskGroup() as group:
                self._lanes = Lanes(group, at_most=_AT_ONCE)
                settling = group.create_task(self._settle())
                yield group
                settling.cancel()
        finally:
            await self._try_to_mark_done()

    async def take(self, letters: Iterable[Letter]) -> None:
        """Handle kept letters; what cannot be read any more is done."""
        for letter in letters:
            if update := read_update(json.loads(letter.body), self._client):
                await self.hand_on(letter.id, update)
            else:
                self._finish(letter.id)

    async def hand_on(self, id_: str, update: Update) -> None:
        """Handle the update that was kept under this number; waits while too many are being handled."""
        assert self._lanes is not None  # noqa: S101  # only within ``going_on``

        async def work(step_aside: Callable[[], None]) -> None:
            await self._handle(update, step_aside)
            self._finish(id_)

        await self._lanes.add(lane_of(update), work)

    def _finish(self, id_: str) -> None:
        self._finished.append(id_)
        self._has_finished.set()

    async def _settle(self) -> None:
        while True:
            await self._has_finished.wait()
            await self._clock.sleep(_SETTLE_S)
            if not await self._try_to_mark_done():
                await self._clock.sleep(_AGAIN_S)

    async def _try_to_mark_done(self) -> bool:
        """Whether nothing that was handled is open any more. What stays open for ever is handled once more."""
        try:
            await self._mark_done()
        except Exception as error:  # noqa: BLE001  # the database may be back in a moment
            _LOG.warning("telegram: what was handled cannot be marked done (%s)", type(error).__name__)
            self._has_finished.set()
            return False
        return True

    async def _mark_done(self) -> None:
        self._has_finished.clear()
        finished, self._finished = self._finished, []
        if not finished:
            return
        try:
            await self._inbox.done(PLATFORM, finished)
        except BaseException:
            self._finished = finished + self._finished  # or they would be handled a second time
            raise
