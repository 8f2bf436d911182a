"""Read feeds when they are due, and add new ones."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.errors import SourceExistsError
from bot.domain.schedule import after_failure, after_reading
from bot.domain.source import NewSource, Source, SourceKind, Trouble
from bot.ports.clock import Clock
from bot.ports.reading import FeedReader, Reading, ReadingError, Unchanged
from bot.ports.storage import Storage
from bot.services.publish import Published, publish
from bot.services.topics import Topics

_ANNOUNCED_AT_FIRST = 1
_ANNOUNCED = 10
_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A source that was added and what its first reading brought."""

    source: Source
    published: Published


class SourceReader:
    """Reads sources. Several readings may go on at the same time, never two of one source."""

    def __init__(
        self,
        storage: Storage,
        feeds: FeedReader,
        topics: Topics,
        clock: Clock,
        *,
        refresh_delay: timedelta,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._storage = storage
        self._feeds = feeds
        self._topics = topics
        self._clock = clock
        self._refresh_delay = refresh_delay
        self._dice = dice

    async def add(
        self,
        address: str,
        *,
        title: str | None = None,
        labels: tuple[str, ...] = (),
        interval_s: float = 600.0,
        announce: int = _ANNOUNCED_AT_FIRST,
    ) -> Added:
        """Read the feed once and, if that goes well, store it with what it holds.

        The ``announce`` newest articles are announced, older ones are only stored. Raises ReadingError or
        SourceExistsError, and then nothing was stored.
        """
        async with self._storage.reading() as look:
            if await look.sources.at(address):
                raise SourceExistsError(f"{address} is already being read.")
        reading = await self._feeds.read(address)
        if isinstance(reading, Unchanged):
            raise ReadingError("The server says nothing is new, though we never asked before.", kind="status")
        new = NewSource(
            kind=SourceKind.FEED,
            address=address,
            title=title or reading.title,
            site=reading.site,
            language=reading.language,
            labels=labels,
            interval_s=interval_s,
        )
        now = self._clock.now()
        async with self._storage.writing() as work:
            source = await work.sources.add(new, now=now)
            published = await publish(
                work,
                self._topics,
                source,
                reading.drafts,
                now=now,
                announce=announce,
                refresh_delay=self._refresh_delay,
            )
            read = self._after(source, reading)
            await work.sources.save(read)
            await work.commit()
        return Added(source=read, published=published)

    async def read_due(self) -> int:
        """Read every source that is due now, at most eight at once; how many were."""
        async with self._storage.reading() as look:
            due = await look.sources.due(self._clock.now(), limit=_AT_ONCE)
        await asyncio.gather(*(self.read(source) for source in due))
        return len(due)

    async def read(self, source: Source) -> Published | ReadingError:
        """One reading. What goes wrong is written to the source, told to nobody else and never raised."""
        try:
            reading = await self._feeds.read(source.address, source.validators)
        except ReadingError as error:
            await self._note(self._failed(source, error))
            return error
        if isinstance(reading, Unchanged):
            await self._note(self._after(source, reading))
            return Published()
        now = self._clock.now()
        async with self._storage.writing() as work:
            published = await publish(
                work,
                self._topics,
                source,
                reading.drafts,
                now=now,
                announce=_ANNOUNCED if source.last_read_at else _ANNOUNCED_AT_FIRST,
                refresh_delay=self._refresh_delay,
            )
            await work.sources.save(self._after(source, reading))
            await work.commit()
        return published

    async def _note(self, source: Source) -> None:
        async with self._storage.writing() as work:
            await work.sources.save(source)
            await work.commit()

    def _after(self, source: Source, reading: Reading | Unchanged) -> Source:
        now = self._clock.now()
        at_next = after_reading(now, interval_s=source.interval_s, dice=self._dice())
        validators = reading.validators if isinstance(reading, Reading) else source.validators
        return replace(source, last_read_at=now, next_read_at=at_next, validators=validators, trouble=None, failures=0)

    def _failed(self, source: Source, error: ReadingError) -> Source:
        now = self._clock.now()
        failures = source.failures + 1
        at_next = after_failure(
            now, interval_s=source.interval_s, failures=failures, at_least=error.retry_after, dice=self._dice()
        )
        return replace(
            source, next_read_at=at_next, failures=failures, trouble=Trouble(kind=error.kind, message=str(error))
        )
