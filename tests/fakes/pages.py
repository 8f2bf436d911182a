"""Articles' pages that say what a test puts into them."""

from collections.abc import Awaitable, Callable

from bot.domain.full_text import PageText
from bot.ports.reading import ReadingError


class FakePages:
    """Implements ``PageReader``; ``pages`` is by address, and an address that is not there has no article.

    ``before`` is waited for before each answer.
    """

    def __init__(self) -> None:
        self.pages: dict[str, PageText | ReadingError] = {}
        self.asked: list[str] = []
        self.before: Callable[[str], Awaitable[None]] | None = None

    async def read_page(self, address: str) -> PageText:
        self.asked.append(address)
        if self.before is not None:
            await self.before(address)
        match self.pages.get(address, ReadingError("There is no article.", kind="no_text")):
            case ReadingError() as error:
                raise error
            case page:
                return page
