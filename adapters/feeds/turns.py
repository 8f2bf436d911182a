"""Whose turn it is to ask a host, so that no server is asked for two things at once or too soon after another."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REST_S = 1.0
"""How long a host is left alone after each request."""

_MOST_HOSTS = 1000


class HostTurns:
    """Lets requests go to each host one at a time, in the order in which they came, with a rest between them."""

    def __init__(
        self,
        *,
        rest_s: float = REST_S,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rest_s = rest_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._locks)

    @asynccontextmanager
    async def at(self, host: str, *, rest_s: float = 0.0) -> AsyncIterator[None]:
        """The host is ours within the block; after it, it rests for ``rest_s`` if that is longer than usual."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            wait = self._free_at.get(host, 0.0) - self._monotonic()
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                self._free_at[host] = self._monotonic() + max(rest_s, self._rest_s)
        if len(self._free_at) > _MOST_HOSTS:
            self._forget_the_rested()

    def _forget_the_rested(self) -> None:
        """Drop hosts that nobody asks or waits for: a lock that is held is waited for, one that is free is not."""
        now = self._monotonic()
        for host in [host for host, at in self._free_at.items() if at <= now and not self._locks[host].locked()]:
            del self._free_at[host], self._locks[host]
