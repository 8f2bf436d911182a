"""Read feeds when they are due, and add new ones."""

import asyncio
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import moves
from bot.domain.addresses import without_secrets
from bot.domain.article import Draft
from bot.domain.catching_up import AT_FIRST, DATED_BACK, most_posts
from bot.domain.errors import SourceExistsError
from bot.domain.language import common_language
from bot.domain.lease import Lease
from bot.domain.schedule import BACK_OFF_CEILING, LATELY, after_failure, after_reading, paced_interval, relaxed
from bot.domain.source import NewSource, Source, SourceId, SourceKind, Trouble
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.measures import FeedReading
from bot.ports.reading import FeedReader, Reading, ReadingError, Unchanged
from bot.ports.storage import Storage, UnitOfWork
from bot.services.collisions import again_after_collision
from bot.services.odd_articles import OddArticles
from bot.services.publish import Published, publish
from bot.services.set_back import SetBack
from bot.services.share_hosts import SharedHosts, host_of
from bot.services.tell_moderators import tell_source_fails, tell_source_has_moved, tell_source_is_back
from bot.services.topics import Topics

_AT_ONCE = 16
_MOST = 64
"""How many may go on when those that take long are counted too: servers that hang must not hold the others up."""

_FREE_OF_FAILING = 4
_MOST_FAILING = _MOST - _AT_ONCE
"""What failed last time leaves room, at once and in all, for what did not."""

_LOOKED_AT = 64
_LOOKED_AT_BY_MANY = 512
"""What others read now is among them."""

_PATIENCE_S = 0.5
"""What takes longer than that takes long."""

_TOLD_AFTER = timedelta(hours=24)
_FIRST_INTERVAL_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A source that was added and what its first reading brought."""

    source: Source
    published: Published


@dataclass(frozen=True, slots=True, kw_only=True)
class _Going:
    """A reading that goes on since then, by the monotonic clock."""

    source: Source
    since: float
    lease: Lease | None


class SourceReader:
    """Reads sources. Several readings may go on at the same time, never two of one source or of one host.

    To be closed at the end.
    """

    def __init__(
        self,
        storage: Storage,
        feeds: FeedReader,
        topics: Topics,
        clock: Clock,
        events: Events,
        *,
        refresh_delay: timedelta,
        hosts: SharedHosts | None = None,
    ) -> None:
        """``hosts``: where other processes read sources too."""
        self._storage = storage
        self._hosts = hosts
        self._looked_at = _LOOKED_AT_BY_MANY if hosts else _LOOKED_AT
        self._feeds = feeds
        self._topics = topics
        self._clock = clock
        self._events = events
        self._refresh_delay = refresh_delay
        self._awake_since = clock.now()
        self._set_back = SetBack(clock)
        self._odd = OddArticles()
        self._going: dict[asyncio.Task[None], _Going] = {}
        # Where one may write at a time, whoever answers a person waits for one document at most, not for sixteen.
        self._storing = asyncio.Lock()

    async def close(self) -> None:
        """Give up the readings that go on; nothing of them is stored."""
        going = self._going
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        await self._leave(going.values())

    async def add(
        self,
        address: str,
        *,
        title: str | None = None,
        labels: tuple[str, ...] = (),
        interval_s: float | None = None,
        fetches_full_text: bool = True,
        announce: int = AT_FIRST,
    ) -> Added:
        """Read the feed once and, if that goes well, store it with what it holds.

        The ``announce`` newest articles are announced, older ones are only stored. With ``interval_s`` it is read as
        often as that, else at its own pace. Raises ReadingError or SourceExistsError, and then nothing was stored.
        """
        async with self._storage.reading() as look:
            if await look.sources.at(address):
                raise SourceExistsError(f"{without_secrets(address)} is already being read.")
        reading = await self._feeds.read(address)
        if isinstance(reading, Unchanged):
            raise ReadingError("The server says nothing is new, though we never asked before.", kind="status")
        new = NewSource(
            kind=SourceKind.FEED,
            address=address,
            title=title or reading.title,
            site=reading.site,
            language=reading.language or common_language(reading.drafts),
            labels=labels,
            fetches_full_text=fetches_full_text,
            interval_s=interval_s or _FIRST_INTERVAL_S,
            keeps_interval=interval_s is not None,
        )
        async with self._storing, self._storage.writing() as work:
            source = await work.sources.add(new, now=self._clock.now())
            read, published = await self._take_in(work, source, reading, announce=announce)
            await work.commit()
        return Added(source=read, published=published)

    async def read_due(self) -> int:
        """Read every source that is due now, at most sixteen at once and one of each host; how many readings ended.

        One that takes more than half a second goes on meanwhile and holds nobody up, neither those of this call nor
        those of a later one, which counts it.
        """
        await self._set_back.heal(self._set_right)
        async with self._storage.reading() as look:
            due = await look.sources.due(self._clock.now(), limit=self._looked_at + len(self._going))
        going = {going.source.id for going in self._going.values()}
        waiting = [source for source in due if source.id not in going]
        ended = 0
        while True:
            left = await self._start(waiting)
            has_started, waiting = len(left) < len(waiting), left
            if not self._going:
                return ended
            done, _ = await asyncio.wait(self._going, timeout=_PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            await self._leave([self._going.pop(task) for task in done])
            for task in done:
                task.result()
            if not (done or (has_started and waiting)):
                return ended
            ended += len(done)

    async def _set_right(self, now: datetime) -> None:
        self._awake_since = min(self._awake_since, now)
        async with self._storing, self._storage.writing() as work:
            if count := await work.sources.set_right(now=now):
                await work.commit()
                self._events.warn("the clock was set back", sources=count)

    async def read(self, source: Source, *, lease: Lease | None = None) -> Published | ReadingError:
        """One reading. What goes wrong with it is written to the source and never raised. What was read in a turn that
        is over is dropped: somebody else has read the source since, and knows better.
        """
        began = self._clock.monotonic()
        try:
            news_since = max(source.lately, default=None)
            reading = await self._feeds.read(source.address, source.validators, news_since=news_since)
        except ReadingError as error:
            self._measure(error.kind, began)
            await self._note(self._failed(source, error), before=source, lease=lease)
            return error
        self._measure("unchanged" if isinstance(reading, Unchanged) else "changed", began)
        if isinstance(reading, Unchanged):
            return await self._found_unchanged(source, reading, lease)
        return await self._found(source, reading, lease)

    @again_after_collision
    async def _found_unchanged(self, source: Source, reading: Unchanged, lease: Lease | None) -> Published:
        async with self._storing, self._storage.writing() as work:
            if not await _is_over(work, lease):
                await self._save(work, await self._moved(work, self._after(source, reading), source), before=source)
                await work.commit()
        return Published(identity=source.identity)

    async def _found(self, source: Source, reading: Reading, lease: Lease | None) -> Published:
        """Take in what the feed holds, without the odd article that brings an error of ours to light.

        While such a one may be tried again, the document counts as one that was not read yet.
        """
        kept = replace(reading, drafts=self._odd.without_given_up(source.id, reading.drafts))
        try:
            return await self._store(source, kept, lease)
        except Exception as error:
            odd = await self._odd.found(source.id, kept.drafts, functools.partial(self._could_publish, source))
            if not odd:
                raise
            told = ", ".join(draft.title for draft in odd)
            self._events.trouble("articles not taken in", error, source=source.id, titles=told)
        others = tuple(draft for draft in kept.drafts if draft not in odd)
        return await self._store(source, replace(kept, drafts=others, validators=source.validators), lease)

    @again_after_collision
    async def _store(self, source: Source, reading: Reading, lease: Lease | None) -> Published:
        async with self._storing, self._storage.writing() as work:
            held = await work.sources.hold(source.id)
            if held is None or await _is_over(work, lease):
                return Published(identity=source.identity)
            _, published = await self._take_in(work, held, reading, announce=self._most_posts(held))
            await work.commit()
        return published

    async def _could_publish(self, source: Source, drafts: Sequence[Draft]) -> bool:
        """Whether these drafts alone could be taken in; nothing of them is stored."""
        try:
            await self._try_out(source, Reading(title=source.title, drafts=tuple(drafts)))
        except Exception:  # noqa: BLE001  # whatever it is, it was told already
            return False
        return True

    @again_after_collision
    async def _try_out(self, source: Source, reading: Reading) -> None:
        async with self._storing, self._storage.writing() as work:
            await self._publish(work, source, reading, announce=self._most_posts(source))

    @again_after_collision
    async def take_pushed(self, source_id: SourceId, reading: Reading) -> Published | None:
        """Publish what the source's hub pushed, which may be all of the feed or only what is new in it; None where the
        source is paused or was removed. How readings went stays as it is.
        """
        async with self._storing, self._storage.writing() as work:
            source = await work.sources.hold(source_id)
            if source is None or source.is_paused:
                return None
            now = self._clock.now()
            published = await self._publish(work, source, reading, announce=self._most_posts(source))
            await work.sources.save(_learnt(source, published))
            await work.sources.pushed(source_id, now)
            await work.commit()
        return published

    async def _start(self, waiting: Sequence[Source]) -> list[Source]:
        """Begin to read those whose host nobody reads from; who has to wait longer."""
        while True:
            chosen, left = self._next(waiting)
            ours = await self._hosts.take(chosen) if self._hosts and chosen else None
            begun = [source for source in chosen if ours is None or source.id in ours]
            for source in begun:
                lease = ours[source.id] if ours else None
                task = asyncio.create_task(self._read_alone(source, lease), name=f"source {source.id}")
                self._going[task] = _Going(source=source, since=self._clock.monotonic(), lease=lease)
            if len(begun) == len(chosen):
                return left
            waiting = left  # others read what is left out

    def _next(self, waiting: Iterable[Source]) -> tuple[list[Source], list[Source]]:
        """Those that there is room for now, each of another host, and the others. What failed last time comes last."""
        now = self._clock.monotonic()
        busy = {host_of(going.source) for going in self._going.values()}
        young = sum(now - going.since < _PATIENCE_S for going in self._going.values())
        room = min(_AT_ONCE - young, _MOST - len(self._going))
        room_for_failing = min(room - _FREE_OF_FAILING, _MOST_FAILING - len(self._going))
        chosen: list[Source] = []
        left: list[Source] = []
        for source in sorted(waiting, key=lambda source: source.failures > 0):
            has_room = len(chosen) < (room_for_failing if source.failures else room)
            if has_room and host_of(source) not in busy:
                busy.add(host_of(source))
                chosen.append(source)
            else:
                left.append(source)
        return chosen, left

    async def _leave(self, ended: Iterable[_Going]) -> None:
        leases = [going.lease for going in ended if going.lease]
        if self._hosts and leases:
            await self._hosts.give_back(leases)

    async def _read_alone(self, source: Source, lease: Lease | None) -> None:
        """Read it so that one odd source never stops the others: an error of ours is told and counts as a failure."""
        try:
            await self.read(source, lease=lease)
        except Exception as error:  # noqa: BLE001  # whatever an odd document brings to light
            self._events.trouble("source not taken in", error, source=source.id)
            ours = ReadingError("This is an error in newsbot itself; its log says more.", kind="internal")
            await self._note(self._failed(source, ours), before=source, lease=lease)

    async def _take_in(
        self, work: UnitOfWork, source: Source, reading: Reading, *, announce: int
    ) -> tuple[Source, Published]:
        """Publish what the feed holds and write down how its reading went."""
        published = await self._publish(work, source, reading, announce=announce)
        if reading.hub != source.hub:
            await work.hubs.offer(source.id, reading.hub, now=self._clock.now())
        if published.came_out and source.pushed_at is not None:
            await work.sources.pushed(source.id, None)
        read = await self._moved(work, self._after(source, reading, published), source)
        await self._save(work, read, before=source)
        return read, published

    def _measure(self, result: str, began: float) -> None:
        self._events.measure(FeedReading(result=result, took_s=self._clock.monotonic() - began))

    async def _publish(self, work: UnitOfWork, source: Source, reading: Reading, *, announce: int) -> Published:
        return await publish(
            work,
            self._topics,
            source,
            reading.drafts,
            now=self._clock.now(),
            announce=announce,
            rest_since=source.last_read_at and source.last_read_at - DATED_BACK,
            refresh_delay=self._refresh_delay,
        )

    def _most_posts(self, source: Source) -> int:
        if source.last_read_at is None:
            return AT_FIRST
        return most_posts(
            source.last_read_at, self._clock.now(), interval_s=source.interval_s, awake_since=self._awake_since
        )

    async def _moved(self, work: UnitOfWork, read: Source, before: Source) -> Source:
        """Go where the server has sent us for long enough, unless we read from there already."""
        if read.move is None or not moves.is_settled(read.move, self._clock.now()):
            return read
        if not await work.sources.move(read.id, read.move.address):
            return read
        old, new = without_secrets(before.address), without_secrets(read.move.address)
        self._events.note("source moved", source=read.id, old=old, new=new)
        moved = replace(read, address=read.move.address, move=None)
        await tell_source_has_moved(work, moved, now=self._clock.now())
        return moved

    @again_after_collision
    async def _note(self, source: Source, *, before: Source, lease: Lease | None) -> None:
        async with self._storing, self._storage.writing() as work:
            if not await _is_over(work, lease):
                await self._save(work, source, before=before)
                await work.commit()

    async def _save(self, work: UnitOfWork, source: Source, *, before: Source) -> None:
        """Write how its reading went, and tell its moderators once that it fails and once that it is back."""
        await work.sources.save(source)
        if source.is_trouble_told and not before.is_trouble_told:
            await tell_source_fails(work, source, now=self._clock.now())
        if before.is_trouble_told and not source.is_trouble_told:
            await tell_source_is_back(work, source, now=self._clock.now())

    def _after(self, source: Source, reading: Reading | Unchanged, published: Published | None = None) -> Source:
        now = self._clock.now()
        read = replace(source, last_read_at=now, trouble=None, failures=0, failing_since=None, is_trouble_told=False)
        has_gap = False
        if isinstance(reading, Reading) and published is not None:
            is_familiar = published.known > 0
            has_gap = bool(source.last_read_at and published.came_out) and not is_familiar
            read = replace(
                _learnt(read, published),
                validators=reading.validators,
                entries=max(source.entries, len(reading.drafts)),
                hub=reading.hub,
                move=moves.after_answer(source.move, reading.moved_to, is_familiar=is_familiar, now=now),
            )
        elif isinstance(reading, Unchanged) and reading.validators is not None:
            move = moves.after_answer(source.move, reading.moved_to, is_familiar=True, now=now)
            read = replace(read, validators=reading.validators, move=move)
        if read.keeps_interval:
            return replace(read, next_read_at=after_reading(now, interval_s=read.interval_s, address=read.address))
        paced = paced_interval(read.lately, now, before_s=read.interval_s, has_gap=has_gap)
        is_pushed = source.is_pushed(now) and not (published and published.came_out)
        interval_s = relaxed(paced) if is_pushed else paced
        at_next = after_reading(now, interval_s=interval_s, address=read.address, at_least=reading.ttl or timedelta(0))
        return replace(read, interval_s=paced, next_read_at=at_next)

    def _failed(self, source: Source, error: ReadingError) -> Source:
        now = self._clock.now()
        failed = replace(
            source,
            failures=source.failures + 1,
            failing_since=source.failing_since or now,
            trouble=(trouble := Trouble(kind=error.kind, message=str(error))),
        )
        at_next = after_failure(
            now,
            interval_s=failed.interval_s,
            failures=failed.failures,
            address=failed.address,
            at_least=BACK_OFF_CEILING if trouble.is_final else error.retry_after,
        )
        return replace(failed, next_read_at=at_next, is_trouble_told=self._is_told(failed, trouble))

    def _is_told(self, failed: Source, trouble: Trouble) -> bool:
        """Whether operators and moderators know. A source is told once: when it has failed for a day, or is gone."""
        since = failed.failing_since or self._clock.now()
        has_waited = trouble.is_final or self._clock.now() - since >= _TOLD_AFTER
        if failed.is_trouble_told or not has_waited:
            return failed.is_trouble_told
        self._events.warn(
            "source is gone" if trouble.is_final else "source has failed for a day",
            source=failed.id,
            address=without_secrets(failed.address),
            since=since.isoformat(timespec="seconds"),
            reason=trouble.message,
        )
        return True


async def _is_over(work: UnitOfWork, lease: Lease | None) -> bool:
    return lease is not None and not await work.leases.is_held(lease)


def _learnt(source: Source, published: Published) -> Source:
    """The source with what an articles' coming out tells of it."""
    lately = tuple(sorted((*published.came_out, *source.lately), reverse=True)[:LATELY])
    return replace(source, identity=published.identity, lately=lately)
