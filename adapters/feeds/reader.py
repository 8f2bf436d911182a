"""The reader of feeds that the core asks: fetches behind the guard, parses in a worker process."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

from adapters.feeds.guard import WEB_PORTS, AddressPolicy, IPNetwork
from adapters.feeds.http import USER_AGENT, FeedClient, FetchBounds, NotModified
from adapters.feeds.workers import ParseWorkers
from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import Reading, ReadingError, Unchanged


class FeedsReader:
    """Reads RSS, Atom and JSON feeds. To be closed at the end.

    ``allow`` are networks that may be read from though they are private, on any port; everything else has to be public
    and on one of ``ports``. Building one opens nothing and starts nothing.
    """

    def __init__(
        self,
        allow: Sequence[IPNetwork] = (),
        *,
        ports: Collection[int] = WEB_PORTS,
        bounds: FetchBounds | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        policy = AddressPolicy(allow=tuple(allow), ports=frozenset(ports))
        self._bounds = bounds or FetchBounds()
        self._client = FeedClient(policy, bounds=self._bounds, user_agent=user_agent)
        self._workers = ParseWorkers()

    async def close(self) -> None:
        """Give up connections and end the worker processes."""
        await self._client.close()
        await self._workers.close()

    async def read(self, address: str, validators: Validators = NO_VALIDATORS) -> Reading | Unchanged:
        """As the FeedReader port promises; fetching and parsing together end within the bounds."""
        try:
            async with asyncio.timeout(self._bounds.whole_s):
                return await self._read(address, validators)
        except TimeoutError:
            raise ReadingError("Reading that feed took too long.", kind="timeout") from None

    async def _read(self, address: str, validators: Validators) -> Reading | Unchanged:
        fetched = await self._client.fetch(address, validators)
        if isinstance(fetched, NotModified):
            return Unchanged(ttl=fetched.max_age)
        feed = await self._workers.parse(fetched.body, address=fetched.address, charset=fetched.charset)
        return Reading(
            title=feed.title,
            drafts=feed.drafts,
            site=feed.site,
            language=feed.language,
            validators=fetched.validators,
            ttl=_longest(feed.ttl, fetched.max_age),
        )


def _longest(*waits: timedelta | None) -> timedelta | None:
    return max((wait for wait in waits if wait is not None), default=None)
