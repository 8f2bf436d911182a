"""Feeds that say what a test puts into them."""

from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import FoundFeed, Reading, ReadingError, Unchanged


class FakeFeeds:
    """Implements ``FeedReader``; ``pages`` is by address."""

    def __init__(self) -> None:
        self.pages: dict[str, Reading | Unchanged | ReadingError] = {}
        self.asked: list[tuple[str, Validators]] = []

    async def read(self, address: str, validators: Validators = NO_VALIDATORS) -> Reading | Unchanged:
        self.asked.append((address, validators))
        match self.pages[address]:
            case ReadingError() as error:
                raise error
            case page:
                return page


class FakeFinder:
    """Implements ``FeedFinder``; ``sites`` is by address."""

    def __init__(self) -> None:
        self.sites: dict[str, tuple[FoundFeed, ...]] = {}

    async def find(self, address: str) -> tuple[FoundFeed, ...]:
        return self.sites.get(address, ())
