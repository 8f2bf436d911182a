"""Processes of one kind that documents take turns at."""

import asyncio
from collections.abc import Callable

from adapters.feeds.worker import Worker

_LEAST_WAIT_S = 0.02
_SPARED = 50
"""Documents in a row that one worker less would have been enough for: to start one costs as much as ten of them."""


class WorkerLane:
    """Lends workers, each to one document at a time, in the order in which they are asked for.

    The first worker is made for the first document, another one when a document has waited ``patience_s`` for it, and
    one goes when it could be spared for fifty in a row. With ``hurries``, whoever waits while ``most`` are at work ends
    the process that has computed longest at its document, if that is longer than ``patience_s``.
    """

    def __init__(
        self, make: Callable[[], Worker], *, most: int, patience_s: float, documents_each: int, hurries: bool
    ) -> None:
        self.workers: set[Worker] = set()
        self._make = make
        self._most = most
        self._patience_s = patience_s
        self._documents_each = documents_each
        self._hurries = hurries
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._spared = 0

    async def take(self) -> Worker:
        """A worker, to be given back."""
        while self.workers:
            try:
                async with asyncio.timeout(None if self._idle.qsize() else self._wait_s()):
                    worker = await self._idle.get()
            except TimeoutError:
                if len(self.workers) < self._most:
                    break
                self._make_room()
            else:
                self._spared = 0 if self._idle.empty() else self._spared + 1
                return worker
        worker = self._make()
        self.workers.add(worker)
        return worker

    async def give_back(self, worker: Worker) -> None:
        """The worker has nothing to do any more."""
        is_needed = self._idle.empty() or self._spared < _SPARED
        if is_needed and worker.documents < self._documents_each:
            self._idle.put_nowait(worker)
            return
        self.workers.discard(worker)
        if is_needed:  # nobody is lent one that is just being ended
            fresh = self._make()
            self.workers.add(fresh)
            self._idle.put_nowait(fresh)
        await worker.stop()

    async def close(self) -> None:
        """End all processes. Documents that are being taken apart end with theirs."""
        await asyncio.gather(*(worker.stop() for worker in self.workers))

    def _wait_s(self) -> float | None:
        """How long to wait for a worker before something is done about it; None: for as long as it takes."""
        if len(self.workers) < self._most:
            return self._patience_s
        if not self._hurries:
            return None
        return max(self._patience_s - max(worker.computed_s for worker in self.workers), _LEAST_WAIT_S)

    def _make_room(self) -> None:
        slowest = max(self.workers, key=lambda worker: worker.computed_s)
        if slowest.computed_s >= self._patience_s:
            slowest.give_way()
