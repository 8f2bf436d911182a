"""Finding the feeds of a site: those that its page names, else those that stand where sites usually keep theirs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from adapters.feeds.http import Document, NotModified
from adapters.feeds.workers import ParseWorkers
from bot.ports.reading import FeedReader, FoundFeed, Reading, ReadingError

_MOST_TRIED = 8
_LONGEST_S = 60.0
_USUAL = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
_USUAL_OF_A_SECTION = ("feed", "rss.xml", "index.xml")
_HOPELESS = frozenset({"unreachable", "timeout", "address"})

Fetch = Callable[[str], Awaitable[Document | NotModified]]


class FeedDiscovery:
    """Implements ``FeedFinder``. What is no web page names no feed.

    What a page declares is believed. What only looks like a feed is read before it is told, and so are the usual
    places: few of them, one after the other. A server that asks for rest or falls silent is left alone. ``fetch`` and
    the reader see to it that no host is asked too soon again.
    """

    def __init__(
        self,
        fetch: Fetch,
        workers: ParseWorkers,
        reader: FeedReader,
        *,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self._fetch = fetch
        self._workers = workers
        self._reader = reader
        self._longest_s = longest_s

    async def find(self, address: str) -> Sequence[FoundFeed]:
        """As the FeedFinder port promises."""
        page = await self._fetch(address)
        if isinstance(page, NotModified):
            return ()
        links = await self._workers.links(page.body, address=page.address, charset=page.charset)
        if links.declared or len(links.suspected) > _MOST_TRIED:
            return links.declared or links.suspected
        found: list[FoundFeed] = []
        with suppress(TimeoutError):  # what was found until then is found
            async with asyncio.timeout(self._longest_s):
                await self._try([suspect.address for suspect in links.suspected], found, most=_MOST_TRIED)
                if not found and links.is_page:
                    await self._try(usual_places(page.address), found, most=1)
        return found

    async def _try(self, addresses: Sequence[str], found: list[FoundFeed], *, most: int) -> None:
        """Read one after the other and add those that are feeds, with their own titles, until there are enough."""
        shut: set[str | None] = set()
        for address in addresses:
            host = urlsplit(address).hostname
            if host in shut:
                continue
            try:
                reading = await self._reader.read(address)
            except ReadingError as error:
                if error.kind in _HOPELESS or error.retry_after is not None:
                    shut.add(host)
            else:
                if isinstance(reading, Reading):
                    found.append(FoundFeed(address=address, title=reading.title))
            if len(found) >= most:
                return


def usual_places(address: str) -> tuple[str, ...]:
    """Where the feeds of the page at the address may stand: below its section first, then below its site's root."""
    path = urlsplit(address).path
    above, _, last = path.rpartition("/")
    section = f"{above}/" if not last or "." in last else f"{path}/"
    places = [urljoin(address, section + name) for name in _USUAL_OF_A_SECTION] if section != "/" else []
    return (*places, *(urljoin(address, f"/{name}") for name in _USUAL))
