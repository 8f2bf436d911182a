"""Feeds that say what a test puts into them."""

import asyncio
from datetime import datetime

from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import FoundFeed, Reading, Unchanged


class FakeFeeds:
    """Implements ``FeedReader``; ``pages`` is by address, and an error there is raised."""

    def __init__(self) -> None:
        self.pages: dict[str, Reading | Unchanged | Exception] = {}
        self.asked: list[tuple[str, Validators]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._held: dict[str, asyncio.Event] = {}

    def hold(self, address: str) -> asyncio.Event:
        """Whoever reads there waits until the event is set."""
        return self._held.setdefault(address, asyncio.Event())

    async def read(
        self, address: str, validators: Validators = NO_VALIDATORS, *, news_since: datetime | None = None
    ) -> Reading | Unchanged:
        self.asked.append((address, validators))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await (self._held[address].wait() if address in self._held else asyncio.sleep(0))
        finally:
            self._at_once -= 1
        match self.pages[address]:
            case Exception() as error:
                raise error
            case page:
                return page


class FakeFinder:
    """Implements ``FeedFinder``; ``sites`` is by address."""

    def __init__(self) -> None:
        self.sites: dict[str, tuple[FoundFeed, ...]] = {}

    async def find(self, address: str) -> tuple[FoundFeed, ...]:
        return self.sites.get(address, ())
