"""What the commands about sources do."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.desk import open_desk
from adapters.settings import Settings
from bot.domain.catching_up import AT_FIRST
from bot.domain.errors import UnknownSourceError
from bot.domain.source import Source, SourceId
from bot.ports.reading import FoundFeed
from bot.ports.storage import UnitOfWork
from bot.services.add_source import SeveralFeedsError, add_source, meant_addresses
from bot.services.read_sources import Added

_OWN_FEED_EVERY_S = 15.0

Choose = Callable[[Sequence[FoundFeed]], int | None]
"""Shows the feeds of a site and asks for the number of one, from 1; None where nobody can be asked."""


async def add(
    settings: Settings,
    pasted: str,
    *,
    title: str | None,
    every: float | None,
    fetches_full_text: bool,
    posts_newest: bool,
    choice: int | None,
    choose: Choose,
) -> Added:
    """Read and store the feed that was meant. Raises SeveralFeedsError, ReadingError and SourceExistsError."""
    async with open_desk(settings) as desk:

        async def store(address: str) -> Added:
            interval_s = every or interval_for(address, settings)
            return await desk.reader.add(
                address,
                title=title,
                interval_s=interval_s,
                fetches_full_text=fetches_full_text,
                announce=AT_FIRST if posts_newest else 0,
            )

        try:
            return await add_source(pasted, add=store, finder=desk.feeds, choice=choice)
        except SeveralFeedsError as several:
            number = choose(several.feeds)
            if number is None:
                raise
            return await store(several.feeds[number - 1].address)


def interval_for(address: str, settings: Settings) -> float | None:
    """Seconds between two readings, None for the source's own pace.

    A feed in a network that the operator allows is the operator's own: no stranger's server need be spared.
    """
    try:
        host = urlsplit(address).hostname or ""
        place = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return settings.read_interval
    is_own = any(place in network for network in settings.fetch_allow)
    return settings.read_interval or (_OWN_FEED_EVERY_S if is_own else None)


async def all_sources(settings: Settings) -> list[Source]:
    """Every source by number."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        return await look.sources.all()


async def pause(settings: Settings, which: str) -> Source:
    """Read it no more until it is resumed. Raises UnknownSourceError."""
    async with open_desk(settings) as desk, desk.database.writing() as work:
        source = await _named(work, which)
        await work.sources.pause(source.id)
        await work.commit()
        return replace(source, is_paused=True)


async def resume(settings: Settings, which: str) -> Source:
    """Read it again, and soon. Raises UnknownSourceError."""
    async with open_desk(settings) as desk, desk.database.writing() as work:
        source = await _named(work, which)
        if source.is_paused:
            await work.sources.resume(source.id, now=desk.clock.now())
            await work.commit()
        return replace(source, is_paused=False)


async def remove(settings: Settings, which: str) -> Source:
    """Forget it. Raises UnknownSourceError."""
    async with open_desk(settings) as desk, desk.database.writing() as work:
        source = await _named(work, which)
        await work.sources.remove(source.id)
        await work.commit()
        return source


async def _named(work: UnitOfWork, which: str) -> Source:
    """The source of that number or address."""
    by_number = await work.sources.find(SourceId(int(which))) if which.isdecimal() else None
    for address in (which, *meant_addresses(which)) if by_number is None else ():
        if source := await work.sources.at(address):
            return source
    if by_number is None:
        raise UnknownSourceError(f"There is no source {which}. `newsbot source list` shows them all.")
    return by_number
