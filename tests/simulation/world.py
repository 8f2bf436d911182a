"""One bot, process after process, on one database and two platforms, through a day of misfortunes."""

import asyncio
import functools
import random
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.article import StoryId
from bot.domain.channel import Channel, ChannelRef, Prefers
from bot.services.deliver import Deliverer
from bot.services.let_in import DoorKeeper, let_in
from storage import Database, open_storage
from storage.engine import parse, sqlite_engine
from storage.turn import Turn
from tests import stored
from tests.fakes.database import fresh_database_url, sqlite_url
from tests.fakes.events import FakeEvents
from tests.simulation.inline_sqlite import InlineConnection
from tests.simulation.servers import Server, SimulatedPlatform
from tests.simulation.virtual_time import run_virtually

STORIES = 4
CHANNELS = 2
_PLATFORMS = ("discord", "telegram")
_TROUBLE_S = 150.0
_BEGIN = datetime(2026, 3, 14, tzinfo=UTC)
_MOST_OFF = timedelta(days=1)
_AT_REST = frozenset({"sent", "parked", "buried"})
_JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))


_Event = tuple[float, Callable[[], Awaitable[None]]]
"""When, and what."""
_HEADLINES = """
    SELECT d.platform, c.place, a.title, d.state
    FROM deliveries d JOIN channels c ON c.id = d.channel_id JOIN articles a ON a.story_id = d.story_id
    WHERE d.kind = 'headline' ORDER BY d.id
"""


@dataclass(slots=True)
class _Clock:
    """The bot's clock, whose hands somebody moves. Sleepers oversleep, as on a busy machine, and nobody has to wake up
    each second of a quiet day.
    """

    dice: random.Random
    shift: timedelta = timedelta()

    def now(self) -> datetime:
        return _BEGIN + self.shift + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.dice.uniform(1, 40))


class _Bench:
    """The engines, which are dear to make and so are kept from run to run, and the file that they open now."""

    def __init__(self) -> None:
        self.step: Callable[[], None] = lambda: None
        self.opened: list[InlineConnection] = []
        self._home = tempfile.TemporaryDirectory(prefix="newsbot-simulation-")
        self.file = Path(self._home.name) / "now.db"
        url = parse(sqlite_url(self.file))
        self._engines = [sqlite_engine(url, is_writer=is_writer, connect=self._connect) for is_writer in (False, True)]
        self._template, self.channels, self.stories = asyncio.run(_furnished(Path(self._home.name)))
        self.begin()
        run_virtually(self._warm_up())  # what is done at the first connection only would make the first run another one

    async def _warm_up(self) -> None:
        for engine in self._engines:
            async with engine.connect():
                pass

    def begin(self) -> None:
        """An unused database."""
        self.leave()
        for end in ("", "-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)
        self.file.write_bytes(self._template)

    def enter(self) -> Database:
        """The database for a new process."""
        readers, writers = self._engines
        return Database(readers=readers, writers=writers, turn=Turn())

    def leave(self) -> None:
        """The process is dead: what it did not commit is gone."""
        for connection in self.opened:
            connection.stop()
        self.opened.clear()
        for engine in self._engines:
            engine.sync_engine.dispose(close=False)

    def _take_step(self) -> None:
        self.step()

    def _connect(self, file: str, **_: object) -> InlineConnection:
        connection = InlineConnection(file, self._take_step)
        self.opened.append(connection)
        return connection


@functools.cache
def _bench() -> _Bench:
    return _Bench()


async def _furnished(home: Path) -> tuple[bytes, list[Channel], list[StoryId]]:
    """A database with some channels that follow everything and some stories that were promised to nobody yet."""
    url = fresh_database_url(home)
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    database = open_storage(url)
    try:
        channels = [
            await stored.channel(database, f"{number}", platform=platform)
            for platform in _PLATFORMS
            for number in range(CHANNELS)
        ]
        async with database.writing() as work:
            for channel in channels[::CHANNELS]:
                await work.channels.prefer(channel.id, Prefers.NO_DUPLICATE)
            await work.commit()
        stories = [await stored.story(database, f"Story {number}") for number in range(STORIES)]
    finally:
        await database.close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes(), channels, stories  # noqa: ASYNC240  # nobody else is there to wait


class World:
    """What happens under one seed, and what came of it: ``told`` in order, ``broken`` what must not be.

    ``in_order`` counts the posts whose order could be judged.
    """

    def __init__(self, seed: int) -> None:
        self.told: list[str] = []
        self.broken: list[str] = []
        self.in_order = 0
        self._dice = random.Random(seed)
        self._was_set_back = False
        self._bench = _bench()
        self._clock = _Clock(self._dice)
        self._servers = {
            name: Server(name=name, dice=self._dice, knows_repeats=name == "discord", tell=self._tell)
            for name in _PLATFORMS
        }
        self._steps_to_live = 0
        self._is_dead = asyncio.Event()

    def run(self) -> None:
        """Let it all happen. The same seed tells the same, word for word."""
        self._bench.begin()
        self._bench.step = self._step
        run_virtually(self._happen())

    def _tell(self, what: str) -> None:
        self.told.append(f"{asyncio.get_running_loop().time():.3f} {what}")

    def _step(self) -> None:
        """Before each statement: whoever is to die of one dies of this one."""
        self._steps_to_live -= 1
        if self._steps_to_live == 0:
            self._is_dead.set()
        if self._is_dead.is_set():
            raise sqlite3.OperationalError("this process is dead")

    async def _happen(self) -> None:
        dice = self._dice
        events: list[_Event] = [
            (dice.uniform(0, _TROUBLE_S), functools.partial(self._promise, story)) for story in self._bench.stories
        ]
        events += [(dice.uniform(0, _TROUBLE_S), self._close_and_open) for _ in range(dice.randrange(2))]
        events += [(dice.uniform(0, _TROUBLE_S), self._jump) for _ in range(dice.randrange(3))]
        events += [(dice.uniform(0, _TROUBLE_S), self._refresh) for _ in range(dice.randrange(3))]
        happening = asyncio.create_task(self._follow(sorted(events, key=lambda event: event[0])))
        while not happening.done():
            await self._live(happening)
        await happening
        for server in self._servers.values():
            server.wrath = 0.0
        self._tell("all is calm")
        await self._live(asyncio.create_task(self._settled()), steps=10**9)
        self._judge()

    async def _live(self, until: "asyncio.Task[None]", *, steps: int | None = None) -> None:
        """One process, from its start until it is killed, or until that has ended."""
        self._is_dead = asyncio.Event()
        self._steps_to_live = steps or self._dice.choice((100, 400, 2000, 2000))
        self._steps_to_live = self._dice.randrange(self._steps_to_live) if steps is None else steps
        self._tell("a process begins")
        database = self._bench.enter()
        platforms = {name: SimulatedPlatform(server) for name, server in self._servers.items()}
        self._deliverer = Deliverer(database, platforms, self._clock, FakeEvents())
        self._database = database
        living = asyncio.create_task(self._work(self._deliverer))
        dying = asyncio.create_task(self._is_dead.wait())
        await asyncio.wait((living, dying, until), return_when=asyncio.FIRST_COMPLETED)
        self._is_dead.set()
        self._note_flights()
        living.cancel()
        dying.cancel()
        await asyncio.gather(living, dying, return_exceptions=True)
        self._bench.leave()
        self._tell("the process ends")
        await asyncio.sleep(self._dice.choice((0.1, 1.0, 100.0)))

    async def _work(self, deliverer: Deliverer) -> None:
        """What the runtime does: connect, deliver, look for what was abandoned."""
        for name in _PLATFORMS:
            await deliverer.connect(name, await stored.leased(self._database, name))
        async with asyncio.TaskGroup() as loops:
            loops.create_task(deliverer.run())
            while True:
                await asyncio.sleep(30)
                for name in _PLATFORMS:
                    await deliverer.recover(name)

    async def _follow(self, events: list[_Event]) -> None:
        """What happens at its time, or as soon after it as a process lives."""
        for at, event in events:
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            while True:
                try:
                    await event()
                    break
                except (SQLAlchemyError, sqlite3.Error):
                    await asyncio.sleep(1)

    async def _promise(self, story: StoryId) -> None:
        async with self._database.writing() as work:
            await work.deliveries.promise(story, now=self._clock.now())
            await work.commit()
        self._tell(f"story {story} is promised")
        self._deliverer.wake()

    async def _refresh(self) -> None:
        async with self._database.writing() as work:
            await work.deliveries.refresh(self._dice.choice(self._bench.stories), due=self._clock.now())
            await work.commit()

    async def _close_and_open(self) -> None:
        ref = self._dice.choice(self._bench.channels).ref
        closed = self._servers[ref.platform].closed
        closed.add(ref)
        self._tell(f"{ref.platform} {ref.id} is closed")
        await asyncio.sleep(self._dice.choice((1, 60)))
        closed.discard(ref)
        self._tell(f"{ref.platform} {ref.id} is open")
        while True:
            with suppress(SQLAlchemyError, sqlite3.Error):
                return await DoorKeeper(self._database, self._clock, wake=self._deliverer.wake).opened(ref)
            await asyncio.sleep(1)

    async def _jump(self) -> None:
        jump = self._dice.choice(_JUMPS)
        if abs(self._clock.shift + jump) > _MOST_OFF:
            return
        self._clock.shift += jump
        self._was_set_back = self._was_set_back or jump < timedelta()
        self._tell(f"the clock is {self._clock.shift} off")

    async def _settled(self) -> None:
        """Until nothing waits any more; for so long at most."""
        async with self._database.writing() as work:
            for channel in self._bench.channels:
                await let_in(work, channel.id, self._clock)
            await work.commit()
        for _ in range(20):
            if all(state in _AT_REST for _, _, state in self._rows()):
                return
            await asyncio.sleep(60)

    def _rows(self) -> list[tuple[ChannelRef, str, str]]:
        """Place, title and state of headlines, in the order in which they were promised."""
        with closing(sqlite3.connect(self._bench.file)) as raw:
            rows = raw.execute(_HEADLINES).fetchall()
        return [(ChannelRef(platform=name, id=place), title, state) for name, place, title, state in rows]

    def _note_flights(self) -> None:
        """Of what is being sent when a process dies nobody knows whether it arrives."""
        for ref, title, state in self._rows():
            if state == "sending":
                self._servers[ref.platform].doubted.add((ref, title))

    def _judge(self) -> None:
        order: dict[ChannelRef, list[str]] = defaultdict(list)
        for ref, title, state in self._rows():
            self._judge_one(ref, title, state)
            if state == "sent":
                order[ref].append(title)
        for ref, promised in order.items() if not self._was_set_back else ():  # which story came first, who can say
            shown = [one.title for one in self._servers[ref.platform].messages if one.channel == ref]
            first = [title for title in dict.fromkeys(shown) if title in promised]
            self.in_order += len(promised)
            if first != promised:
                self.broken.append(f"out of order in {ref}: {first}, promised {promised}")

    def _judge_one(self, ref: ChannelRef, title: str, state: str) -> None:
        server = self._servers[ref.platform]
        copies = sum((one.channel, one.title) == (ref, title) for one in server.messages)
        is_doubted = (ref, title) in server.doubted
        takes_doubles = not server.knows_repeats and ref.id != "0"
        self._demand(copies or state != "sent", f"lost: {ref} {title}")
        self._demand(copies <= 1 or takes_doubles, f"{copies} copies: {ref} {title}")
        self._demand(copies <= 1 + is_doubted, f"{copies} copies without a doubt: {ref} {title}")
        self._demand(
            state != "parked" or (is_doubted and not server.knows_repeats), f"parked without need: {ref} {title}"
        )
        self._demand(state in _AT_REST, f"{state} at last: {ref} {title}")

    def _demand(self, is_kept: object, otherwise: str) -> None:
        if not is_kept:
            self.broken.append(otherwise)
