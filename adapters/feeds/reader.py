"""The reader of feeds that the core asks: fetches behind the guard, parses in a worker process."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address

from adapters.feeds.discover import FeedDiscovery
from adapters.feeds.guard import WEB_PORTS, AddressPolicy, IPNetwork
from adapters.feeds.http import USER_AGENT, Document, FeedClient, FetchBounds, NotModified, web_address
from adapters.feeds.hub_client import HubClient
from adapters.feeds.hub_links import hub_link, in_header
from adapters.feeds.pages import PagesReader
from adapters.feeds.parsed import ParsedFeed
from adapters.feeds.turns import HostTurns
from adapters.feeds.workers import ParseWorkers
from bot.domain.full_text import PageText
from bot.domain.source import NO_VALIDATORS, HubLink, Validators
from bot.domain.topic import Topic
from bot.ports.reading import FoundFeed, Reading, ReadingError, Unchanged


class FeedsReader:
    """Reads RSS, Atom and JSON feeds. To be closed at the end.

    ``allow`` are networks that may be read from though they are private, on any port; everything else has to be public
    and on one of ``ports``. ``topics``: the catalogue's, where articles are to come
    with their wording. Building one opens nothing and starts nothing.
    """

    def __init__(
        self,
        allow: Sequence[IPNetwork] = (),
        *,
        ports: Collection[int] = WEB_PORTS,
        bounds: FetchBounds | None = None,
        user_agent: str = USER_AGENT,
        turns: HostTurns | None = None,
        topics: Iterable[Topic] | None = None,
    ) -> None:
        policy = AddressPolicy(allow=tuple(allow), ports=frozenset(ports))
        self._allow = policy.allow
        self._bounds = bounds or FetchBounds()
        self._turns = turns or HostTurns()
        self._client = FeedClient(policy, bounds=self._bounds, user_agent=user_agent)
        self._workers = ParseWorkers(topics=topics)
        self._pages = PagesReader(
            policy, self._workers, bounds=self._bounds, user_agent=user_agent, turn_at=self._turn_at
        )

    async def close(self) -> None:
        """Give up connections and end the worker processes."""
        await self._client.close()
        await self._pages.close()
        await self._workers.close()

    async def read(
        self, address: str, validators: Validators = NO_VALIDATORS, *, news_since: datetime | None = None
    ) -> Reading | Unchanged:
        """As the FeedReader port promises; fetching and parsing together end within the bounds."""
        async with self._turn_at(web_address(address).host or ""):
            try:
                async with asyncio.timeout(self._bounds.whole_s):
                    return await self._read(address, validators, news_since)
            except TimeoutError:
                raise ReadingError("Reading that feed took too long.", kind="timeout") from None

    async def find(self, address: str) -> Sequence[FoundFeed]:
        """As the FeedFinder port promises."""
        return await FeedDiscovery(self._fetch_in_turn, self._workers, self).find(address)

    async def read_page(self, address: str) -> PageText:
        """As the PageReader port promises."""
        return await self._pages.read(address)

    @property
    def hubs(self) -> HubClient:
        """Who asks hubs, over the same guarded connections."""
        return HubClient(self._client)

    async def take_apart(self, document: bytes, *, address: str) -> Reading:
        """As the FeedParser port promises."""
        feed = await self._workers.parse(document, address=address, charset=None)
        return _reading(feed, validators=NO_VALIDATORS, ttl=feed.ttl)

    async def _fetch_in_turn(self, address: str) -> Document | NotModified:
        async with self._turn_at(web_address(address).host or ""):
            return await self._client.fetch(address)

    def _turn_at(self, host: str, rest_s: float = 0.0) -> AbstractAsyncContextManager[None]:
        """Our turn at the host; a machine that the operator allows by its number is the operator's own and has none."""
        try:
            literal = ip_address(host)
        except ValueError:
            return self._turns.at(host, rest_s=rest_s)
        is_own = any(literal in network for network in self._allow)
        return nullcontext() if is_own else self._turns.at(host, rest_s=rest_s)

    async def _read(self, address: str, validators: Validators, news_since: datetime | None) -> Reading | Unchanged:
        fetched = await self._client.fetch(address, validators)
        if isinstance(fetched, NotModified):
            ttl = _longest(validators.rest, fetched.max_age)
            return Unchanged(ttl=ttl, validators=fetched.validators, moved_to=fetched.moved_to)
        feed = await self._workers.parse(
            fetched.body, address=fetched.address, charset=fetched.charset, news_since=news_since
        )
        ttl = _longest(feed.ttl, fetched.max_age)
        left = replace(fetched.validators, rest=feed.ttl)
        hub = hub_link([*in_header(fetched.links), *feed.links], fetched.address)
        return _reading(feed, validators=left, ttl=ttl, moved_to=fetched.moved_to, hub=hub)


def _reading(
    feed: ParsedFeed,
    *,
    validators: Validators,
    ttl: timedelta | None,
    moved_to: str | None = None,
    hub: HubLink | None = None,
) -> Reading:
    return Reading(
        title=feed.title,
        format=feed.format,
        drafts=feed.drafts,
        site=feed.site,
        language=feed.language,
        validators=validators,
        ttl=ttl,
        moved_to=moved_to,
        hub=hub,
    )


def _longest(*waits: timedelta | None) -> timedelta | None:
    return max((wait for wait in waits if wait is not None), default=None)
