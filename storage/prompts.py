"""Questions that wait for a reply, each kept in a transaction of its own."""

from bot.ports.clock import Clock
from bot.ports.storage import Storage


class DatabasePrompts:
    """What ``RequestStore`` keeps, for adapters, which know no unit of work."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def keep(self, key: str, token: str) -> None:
        async with self._storage.writing() as work:
            await work.requests.keep_prompt(key, token, now=self._clock.now())
            await work.commit()

    async def find(self, key: str) -> str | None:
        async with self._storage.reading() as look:
            return await look.requests.prompt(key)
