"""Reading articles' own pages: what robots may read, at a polite pace, taken apart in a worker process."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from http import HTTPStatus

from yarl import URL

from adapters.feeds.guard import AddressPolicy
from adapters.feeds.http import Document, FeedClient, FetchBounds, RefusedError, web_address
from adapters.feeds.inflate import SizeBounds
from adapters.feeds.robots import Robots
from adapters.feeds.workers import ParseWorkers
from bot.domain.full_text import PageText
from bot.ports.reading import ReadingError

ROBOT = "newsbot"
"""The name under which a robots.txt speaks to us."""

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_SIZE = SizeBounds(decoded=5 * 1024 * 1024)
_LONGEST_REST_S = 10.0
"""Some ask for minutes between two requests, which is meant for those who copy a whole site."""

TurnAt = Callable[[str, float], AbstractAsyncContextManager[None]]
"""Our turn at a host, which rests for so many seconds afterwards."""

_KEPT_OUT = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN})


class PagesReader:
    """Reads the articles that web pages hold. To be closed at the end; the workers are closed by who made them."""

    def __init__(
        self,
        policy: AddressPolicy,
        workers: ParseWorkers,
        *,
        bounds: FetchBounds,
        user_agent: str,
        turn_at: TurnAt,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._whole_s = bounds.whole_s
        self._client = FeedClient(policy, bounds=replace(bounds, size=_SIZE), user_agent=user_agent, accept=_ACCEPT)
        self._workers = workers
        self._robots = Robots(self._client, workers, agent=ROBOT, time=monotonic)
        self._turn_at = turn_at

    async def close(self) -> None:
        """Give up connections."""
        await self._client.close()

    async def read(self, address: str) -> PageText:
        """As ``PageReader.read_page`` promises."""
        url = web_address(address)
        rest_s = await self._permitted(url)
        async with self._turn_at(url.host or "", rest_s):
            try:
                async with asyncio.timeout(self._whole_s):
                    return await self._read(url)
            except TimeoutError:
                raise ReadingError("Reading that page took too long.", kind="timeout") from None

    async def _read(self, url: URL) -> PageText:
        try:
            fetched = await self._client.fetch(str(url))
        except RefusedError as error:
            raise _told(error) from None
        if not isinstance(fetched, Document):
            raise ReadingError("The server says that nothing is new, though we never read it before.", kind="status")
        if URL(fetched.address).origin() != url.origin():
            await self._permitted(URL(fetched.address))
        return await self._workers.text_of(fetched.body, address=fetched.address, charset=fetched.charset)

    async def _permitted(self, url: URL) -> float:
        """The seconds between two requests that the page's site asks for. Raises ReadingError."""
        if not url.path.strip("/") and not url.query_string:
            raise ReadingError("That is the front page of a site, no article.", kind="no_text")
        robots = await self._robots.say(str(url))
        if not robots.is_allowed:
            raise ReadingError("The site asks robots not to read that page.", kind="robots")
        return min(robots.delay_s or 0.0, _LONGEST_REST_S)


def _told(error: RefusedError) -> ReadingError:
    """A page that is kept from us stays so; only a server in trouble is worth another try."""
    if error.status in _KEPT_OUT:
        kind = "paywall" if error.status == HTTPStatus.PAYMENT_REQUIRED else "refused"
        return ReadingError(str(error), kind=kind)
    if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return ReadingError(str(error), kind="gone")
    return error
