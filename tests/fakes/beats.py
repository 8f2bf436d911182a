"""A beat that tests listen to."""

import asyncio


class FakeBeats:
    """Implements ``Beat``; ``heard`` are the troubles of all beats, None for one without."""

    def __init__(self) -> None:
        self.heard: list[str | None] = []
        self._came = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def __call__(self, trouble: str | None = None) -> None:
        self.heard.append(trouble)
        telling = asyncio.create_task(self._tell())
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def until(self, count: int) -> list[str | None]:
        """All that was heard, as soon as it is so much."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.heard) >= count)
        return self.heard

    async def _tell(self) -> None:
        async with self._came:
            self._came.notify_all()
