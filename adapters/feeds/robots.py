"""What sites let robots read, asked once a day of each site (RFC 9309)."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from yarl import URL

from adapters.feeds.http import Document, FeedClient, RefusedError
from adapters.feeds.parsed import RobotsSay
from bot.ports.reading import ReadingError

_FRESH_S = 24 * 3600.0
"""RFC 9309, section 2.4."""

_TROUBLE_S = 600.0
"""How long a site whose robots.txt could not be had is left alone."""

_MOST_BYTES = 8 * 1024 * 1024
"""Kept in all; a robots.txt has two kilobytes in general and half a megabyte of ours at most."""

_LONGEST = 500 * 1024
_SMALLEST = 256
_FREE = RobotsSay(is_allowed=True)


class RobotsWorker(Protocol):
    """What takes a robots.txt apart."""

    async def robots(self, body: bytes, *, address: str, agent: str) -> RobotsSay:
        """What it says of the address. Raises ReadingError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """One site's robots.txt, or why it could not be had."""

    until: float
    body: bytes = b""
    trouble: ReadingError | None = None

    @property
    def size(self) -> int:
        return _SMALLEST + len(self.body)


class Robots:
    """Asks sites and remembers the answers; never twice at the same time for one site."""

    def __init__(self, client: FeedClient, worker: RobotsWorker, *, agent: str, time: Callable[[], float]) -> None:
        """``time`` counts seconds and never goes back."""
        self._client = client
        self._worker = worker
        self._agent = agent
        self._time = time
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def say(self, address: str) -> RobotsSay:
        """What the address's site says of it.

        Raises ReadingError where the site cannot be asked now, which means that nothing of it may be read (section
        2.3.1.4); where it has no robots.txt, everything may be (section 2.3.1.3).
        """
        site = str(URL(address).origin())
        kept = await self._of(site)
        if kept.trouble is not None:
            raise kept.trouble
        return await self._worker.robots(kept.body, address=address, agent=self._agent) if kept.body else _FREE

    async def _of(self, site: str) -> _Kept:
        async with self._asking.setdefault(site, asyncio.Lock()):
            kept = self._kept.get(site)
            if kept is None or kept.until <= self._time():
                kept = await self._ask(site)
                self._keep(site, kept)
        self._asking.pop(site, None)
        return kept

    async def _ask(self, site: str) -> _Kept:
        try:
            fetched = await self._client.fetch(f"{site}/robots.txt")
        except RefusedError as error:
            if _is_there_none(error.status):
                return _Kept(until=self._time() + _FRESH_S)
            return _Kept(until=self._time() + _TROUBLE_S, trouble=error)
        except ReadingError as error:
            return _Kept(until=self._time() + _TROUBLE_S, trouble=error)
        body = fetched.body if isinstance(fetched, Document) else b""
        return _Kept(until=self._time() + _FRESH_S, body=body[:_LONGEST])

    def _keep(self, site: str, kept: _Kept) -> None:
        self._kept[site] = kept
        self._kept.move_to_end(site)
        while sum(one.size for one in self._kept.values()) > _MOST_BYTES:
            self._kept.popitem(last=False)


def _is_there_none(status: int) -> bool:
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and status != HTTPStatus.TOO_MANY_REQUESTS
