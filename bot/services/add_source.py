"""Add what somebody pasted: a feed's address, or that of a site whose feeds have to be found first."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.domain.errors import NewsbotError
from bot.ports.reading import FeedFinder, FoundFeed, ReadingError
from bot.services.read_sources import Added

_Result = TypeVar("_Result")

Add = Callable[[str], Awaitable[Added]]
"""Reads and stores the feed at exactly this address. Raises ReadingError and SourceExistsError."""

_FEED_SCHEME = re.compile(r"(?:feed|rss|itpc|pcast)(?::(?=https?://)|://)", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:localhost|[^\s/:@?#]+\.[^\s/:@?#]+)(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_WRAPPING = " \t\r\n<>\"'“”«»`"


class SeveralFeedsError(NewsbotError):
    """The site has several feeds, of which one has to be chosen; nothing was added."""

    def __init__(self, message: str, feeds: Sequence[FoundFeed]) -> None:
        super().__init__(message)
        self.feeds = tuple(feeds)


async def add_source(pasted: str, *, add: Add, finder: FeedFinder, choice: int | None = None) -> Added:
    """Add the feed that was meant; ``choice`` is its number, from 1, where a site has several.

    Raises SeveralFeedsError where a choice is missing or there is no feed of that number, and what ``add`` raises; then
    nothing was stored.
    """
    return await at_meant_address(pasted, lambda address: _add(address, add, finder, choice))


async def at_meant_address(pasted: str, attempt: Callable[[str], Awaitable[_Result]]) -> _Result:
    """What comes of the first address that may have been meant at which somebody answers. Raises what attempts do."""
    *others, last = meant_addresses(pasted)
    for address in others:
        try:
            return await attempt(address)
        except ReadingError as error:
            if error.kind != "unreachable":
                raise
    return await attempt(last)


def meant_addresses(pasted: str) -> tuple[str, ...]:
    """The addresses to try, in this order, for what somebody pasted: with its wrapping or without its scheme, say."""
    bare = pasted.strip(_WRAPPING)
    without_feed = _FEED_SCHEME.sub("", bare)
    if _BARE_HOST.fullmatch(without_feed):
        return (f"https://{without_feed}", f"http://{without_feed}")
    return (without_feed,)


async def _add(address: str, add: Add, finder: FeedFinder, choice: int | None) -> Added:
    try:
        return await add(address)
    except ReadingError as error:
        found = await finder.find(address) if error.kind == "not_a_feed" else ()
        if not found:
            raise
    return await add(_chosen(found, choice).address)


def _chosen(feeds: Sequence[FoundFeed], choice: int | None) -> FoundFeed:
    if choice is None and len(feeds) == 1:
        return feeds[0]
    if choice is None:
        raise SeveralFeedsError(f"That site has {len(feeds)} feeds; choose one by its number.", feeds)
    if not 1 <= choice <= len(feeds):
        raise SeveralFeedsError(f"There is no feed {choice}; choose one from 1 to {len(feeds)}.", feeds)
    return feeds[choice - 1]
