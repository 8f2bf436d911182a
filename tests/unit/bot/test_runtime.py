"""The loops go on whatever happens to one of them, and end when told to."""

import asyncio
import functools
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from typing_extensions import override

from bot.domain.delivery import DeliveryState
from bot.domain.lease import Lease
from bot.domain.subscription import Everything
from bot.ports.platform import ChatPlatform, Desk, PlatformStartError
from bot.ports.progress import Beat, Progress, unheard
from bot.runtime import NoPlatformError, Runtime
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.keep_going import Loop, StuckError
from bot.services.keep_lease import LeaseKeeper, Work
from bot.services.read_sources import SourceReader
from tests.builders import draft
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds
from tests.fakes.pages import FakePages
from tests.fakes.platform import FakePlatform
from tests.newsroom import Newsroom

Listening = Callable[[], Awaitable[None]]


async def for_ever() -> None:
    await asyncio.Event().wait()


async def never_moves(_: Beat) -> None:
    await for_ever()


async def fails(*_: object) -> None:
    raise ConnectionResetError("cut")


class Listener(FakePlatform):
    """A platform whose listening is told what becomes of it, one time after another; then it goes on for ever."""

    def __init__(self, *becomes: Listening, name: str = "discord") -> None:
        super().__init__(name)
        self.becomes = list(becomes)
        self.listened = 0
        self.beat: Beat = unheard

        self.is_listening = False

    def has_listened(self, times: int) -> bool:
        return self.listened == times

    @override
    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        self.listened += 1
        self.beat = beat
        self.is_listening = True
        try:
            await super().listen(desk, beat) if not self.becomes else await self.becomes.pop(0)()
        finally:
            self.is_listening = False


class Turns(LeaseKeeper):
    """Turns at Telegram that begin and end when they are told to."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(newsroom.database, HeldClock(), FakeEvents(), holder="me", is_alone=True)
        self._begun, self._lost, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_anothers = False
        self._begun.set()

    def begin(self) -> None:
        self._begun.set()

    async def lose(self, *, is_anothers: bool = False) -> None:
        self._is_anothers = is_anothers
        self._lost.set()
        await self._over.wait()
        self._over.clear()

    @override
    async def while_held(
        self,
        task: str,
        work: Work,
        *,
        stop: Callable[[], None] = lambda: None,
        passed: Callable[[], None] = lambda: None,
        beat: Beat = unheard,
    ) -> None:
        if task != "telegram":
            await for_ever()
        for fence in itertools.count(1):
            await self._begun.wait()
            self._begun.clear()
            working = asyncio.ensure_future(work(Lease(task=task, holder="me", fence=fence)))
            losing = asyncio.create_task(self._lost.wait())
            try:
                await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
            finally:
                stop()
                working.cancel()
                losing.cancel()
                await asyncio.wait([working])
            if not working.cancelled():
                working.result()
            self._lost.clear()
            self._over.set()
            if self._is_anothers:
                passed()


class HaltingReader(SourceReader):
    """Reads nothing, and fails as often as it is told to."""

    failures = 0

    @override
    async def read_due(self) -> int:
        if self.failures:
            self.failures -= 1
            raise OSError("no database")
        return 0


class CountingDeliverer(Deliverer):
    """Remembers when it looked for what others left."""

    recovered: tuple[str, ...] = ()

    @override
    async def recover(self, platform: str) -> int:
        self.recovered += (platform,)
        return await super().recover(platform)


class HastyClock(HeldClock):
    """A clock on which a night passes at once."""

    @override
    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def until(holds: Callable[[], object]) -> None:
    """Return as soon as it holds; what makes it hold runs meanwhile."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # it is other tasks' progress, of which nobody gives notice
            await asyncio.sleep(0)


class Running:
    """A runtime that runs, with what it works on."""

    def __init__(
        self,
        newsroom: Newsroom,
        *platforms: FakePlatform,
        clock: HeldClock,
        also: Mapping[str, Loop],
        leases: LeaseKeeper | None,
    ) -> None:
        self.clock = clock
        self.events = FakeEvents()
        self.pulses: list[Progress] = []
        self.stop = asyncio.Event()
        named: dict[str, ChatPlatform] = {platform.name: platform for platform in platforms}
        self.reader = HaltingReader(
            newsroom.database, FakeFeeds(), newsroom.topics, self.clock, self.events, refresh_delay=timedelta(0)
        )
        self.deliverer = CountingDeliverer(newsroom.database, named, self.clock, self.events)
        self.runtime = Runtime(
            desk=FakeDesk(),
            platforms=named,
            deliverer=self.deliverer,
            reader=self.reader,
            completer=ArticleCompleter(
                newsroom.database,
                FakePages(),
                newsroom.topics,
                self.clock,
                self.events,
                refresh_delay=timedelta(0),
                wake=self.deliverer.wake,
            ),
            clock=self.clock,
            events=self.events,
            pulse=self.pulses.append,
            leases=leases or LeaseKeeper(newsroom.database, self.clock, self.events, holder="me", is_alone=True),
            also=also,
        )
        self.task = asyncio.create_task(self.runtime.run(self.stop))

    async def ended(self) -> None:
        """Told to stop, it does, long before the machine's clock has counted a pause."""
        self.stop.set()
        async with asyncio.timeout(10):
            await self.task

    async def connected(self, *names: str) -> None:
        await until(lambda: set(names) <= self.runtime.progress.connected)


@asynccontextmanager
async def running(
    newsroom: Newsroom,
    *platforms: FakePlatform,
    clock: HeldClock | None = None,
    also: Mapping[str, Loop] = MappingProxyType({}),
    leases: LeaseKeeper | None = None,
) -> AsyncIterator[Running]:
    started = Running(newsroom, *platforms, clock=clock or HeldClock(), also=also, leases=leases)
    try:
        yield started
    finally:
        started.task.cancel()
        await asyncio.gather(started.task, return_exceptions=True)


async def test_a_loop_that_fails_at_once_is_started_again_with_growing_pauses(newsroom: Newsroom) -> None:
    platform = Listener(*[fails] * 6)
    async with running(newsroom, platform) as run:
        for failure, pause in enumerate((2, 4, 8, 16, 32, 60), start=1):
            await run.clock.asleep(pause)
            assert platform.listened == failure
            run.clock.pass_on(pause - 0.01)
            await asyncio.sleep(0)
            assert platform.listened == failure, "not a moment too early"
            run.clock.pass_on(0.01)
            await until(functools.partial(platform.has_listened, failure + 1))
        assert [event for event, _ in run.events.troubles] == ["loop failed"] * 6


async def test_a_loop_that_failed_all_night_is_still_started_again(newsroom: Newsroom) -> None:
    platform = Listener(*[fails] * 1100)
    async with running(newsroom, platform, clock=HastyClock()) as run:
        await until(lambda: platform.listened > 1100)
        assert max(run.clock.slept) == 60


async def test_a_loop_that_ran_well_for_a_while_is_started_again_soon(newsroom: Newsroom) -> None:
    cut = asyncio.Event()

    async def runs_until_cut() -> None:
        await cut.wait()
        raise ConnectionResetError("cut")

    platform = Listener(fails, runs_until_cut)
    async with running(newsroom, platform) as run:
        await run.clock.asleep(2)
        run.clock.pass_on(2)
        await until(lambda: platform.listened == 2)
        run.clock.pass_on(61)
        cut.set()

        def listens_again() -> bool:
            run.clock.pass_on(0.01)
            return platform.listened == 3

        await until(listens_again)
        assert 4 not in run.clock.slept, "it is not the second failure in a row"


async def test_one_loop_s_failure_leaves_the_others_alone(newsroom: Newsroom) -> None:
    platform = Listener()
    async with running(newsroom, platform) as run:
        run.reader.failures = 3
        await run.connected("discord")
        await newsroom.import_stories(draft("Told while sources fail"))
        assert platform.listened == 1
        await run.ended()
    assert {event for event, _ in run.events.troubles} == {"loop failed"}


async def test_a_platform_that_refuses_us_is_named_and_the_other_goes_on(newsroom: Newsroom) -> None:
    refused, well = Listener(name="discord"), Listener(name="telegram")
    refused.refuses = PlatformStartError("Discord does not know this token. Check NEWSBOT_DISCORD_TOKEN.")
    async with running(newsroom, refused, well) as run:
        await run.connected("telegram")
        assert run.runtime.progress.refused == {"discord": str(refused.refuses)}
        assert run.runtime.progress.connected == {"telegram"}
        assert run.events.warnings == [("platform refused us", {"platform": "discord", "reason": str(refused.refuses)})]
        assert not run.task.done()
        assert refused.listened == 1, "trying again is of no use"
        await run.ended()


async def test_when_every_platform_refuses_us_all_of_them_are_named(newsroom: Newsroom) -> None:
    platforms = Listener(name="discord"), Listener(name="telegram")
    for platform in platforms:
        platform.refuses = PlatformStartError(f"{platform.name} says no.")
    async with running(newsroom, *platforms) as run:
        with pytest.raises(NoPlatformError, match=r"discord says no\.\ntelegram says no\."):
            await run.ended()


async def test_stopping_lets_what_is_being_sent_arrive(newsroom: Newsroom) -> None:
    platform = Listener()
    await newsroom.follow(Everything())
    await newsroom.import_stories(draft("Under way"), draft("Not yet begun"), title="Wire")
    platform.gate.clear()
    async with running(newsroom, platform) as run:
        await platform.flying(1)
        run.stop.set()
        await asyncio.sleep(0)
        assert not run.task.done()
        platform.gate.set()
        await run.ended()
    assert platform.titles == ["Under way"]
    async with newsroom.database.reading() as look:
        counts = await look.deliveries.counts()
    assert (counts[DeliveryState.SENT], counts[DeliveryState.PENDING]) == (1, 1)


async def test_stopping_does_not_wait_for_a_sender_that_pauses_after_a_failure(newsroom: Newsroom) -> None:
    async with running(newsroom, Listener()) as run:
        run.deliverer.run = fails  # type: ignore[assignment,method-assign]  # a sender that cannot work
        await until(lambda: run.events.troubles)
        await run.ended()


async def test_a_loop_that_cannot_be_kept_going_ends_the_run(newsroom: Newsroom) -> None:
    async with running(newsroom, Listener(), also={"web": Loop(run=never_moves)}) as run:
        await run.connected("discord")
        while not run.task.done():
            run.clock.pass_on(30)
            await until(lambda: run.task.done() or run.runtime.progress.loops["pulse"] == run.clock.now())
        with pytest.raises(StuckError):
            await run.task


Hang = Callable[["Running"], None]


def _hang_reader(run: "Running") -> None:
    run.reader.read_due = for_ever  # type: ignore[assignment,method-assign]  # a parser that never answers


def _hang_deliverer(run: "Running") -> None:
    run.deliverer.run = never_moves  # type: ignore[assignment,method-assign]  # nothing is claimed any more


def _hang_recovery(run: "Running") -> None:
    run.deliverer.recover = never_moves  # type: ignore[assignment,method-assign]  # the same


def _hang_pages(run: "Running") -> None:
    run.runtime._completer.run = never_moves  # type: ignore[assignment,method-assign]  # the same


def _hang_listener(_: "Running") -> None:
    """This one never says that its platform answered."""


@pytest.mark.parametrize(
    ("loop", "hang"),
    [
        ("sources", _hang_reader),
        ("deliveries", _hang_deliverer),
        ("recovery", _hang_recovery),
        ("pages", _hang_pages),
        ("discord", _hang_listener),
        ("web", _hang_listener),
    ],
)
async def test_whatever_stands_still_is_begun_again_within_five_minutes(
    newsroom: Newsroom, loop: str, hang: Hang
) -> None:
    async with running(newsroom, Listener(), also={"web": Loop(run=never_moves)}) as run:
        hang(run)
        await run.connected("discord")
        begun_again: list[object] = []
        while loop not in begun_again and run.clock.monotonic() < 330:
            run.clock.pass_on(10)
            await until(lambda: run.runtime.progress.loops["pulse"] == run.clock.now())
            begun_again = [told["loop"] for event, told in run.events.warnings if "stands still" in event]
        assert loop in begun_again
        assert run.clock.monotonic() <= 300


async def test_every_loop_is_watched_but_for_those_that_wait_by_nature(newsroom: Newsroom) -> None:
    async with running(newsroom, Listener(), Listener(name="telegram")) as run:
        loops = run.runtime._loops()
        assert {name for name, loop in loops.items() if not loop.is_watched} == {"connect discord", "connect telegram"}
        assert {"sources", "pages", "deliveries", "recovery", "pulse", "discord", "telegram"} <= set(loops)


async def test_a_platform_that_answers_is_seen_to(newsroom: Newsroom) -> None:
    platform = Listener()
    async with running(newsroom, platform) as run:
        await run.connected("discord")
        platform.beat("Nobody lets us in.")
        assert run.runtime.progress.troubles == {"discord": "Nobody lets us in."}
        platform.beat()
        assert run.runtime.progress.loops["discord"] == run.clock.now()
        assert run.runtime.progress.troubles == {}
        await run.ended()


async def test_progress_is_told_every_five_seconds(newsroom: Newsroom) -> None:
    async with running(newsroom, Listener()) as run:
        await run.connected("discord")
        told = len(run.pulses)
        assert told == 1
        run.clock.pass_on(5)
        await until(lambda: len(run.pulses) > told)
        latest = run.pulses[-1]
        assert latest.connected == {"discord"}
        await until(lambda: latest.loops.get("sources") == run.clock.now())


async def test_who_listens_goes_on_until_the_turn_is_found_to_be_another_s(newsroom: Newsroom) -> None:
    platform, turns = Listener(name="telegram"), Turns(newsroom)
    platform.limits = replace(platform.limits, one_listener=True)
    async with running(newsroom, platform, leases=turns) as run:
        await run.connected("telegram")
        await turns.lose()
        assert run.runtime.progress.connected == set(), "nothing is sent any more"
        assert (platform.listened, platform.is_listening) == (1, True)
        turns.begin()
        await run.connected("telegram")
        assert platform.listened == 1

        await turns.lose(is_anothers=True)
        await until(lambda: not platform.is_listening)
        turns.begin()
        await run.connected("telegram")
        assert (platform.listened, platform.is_listening) == (2, True)
        await run.ended()
    assert not platform.is_listening


async def test_listening_that_failed_between_two_turns_is_begun_again(newsroom: Newsroom) -> None:
    cut = asyncio.Event()

    async def runs_until_cut() -> None:
        await cut.wait()
        raise ConnectionResetError("cut")

    platform, turns = Listener(runs_until_cut, name="telegram"), Turns(newsroom)
    platform.limits = replace(platform.limits, one_listener=True)
    async with running(newsroom, platform, leases=turns) as run:
        await run.connected("telegram")
        await turns.lose()
        cut.set()
        turns.begin()
        await run.clock.asleep(2)
        assert [event for event, _ in run.events.troubles] == ["loop failed"]
        turns.begin()
        run.clock.pass_on(2)
        await run.connected("telegram")
        assert platform.listened == 2


async def test_what_dead_processes_left_is_looked_for_every_half_minute(newsroom: Newsroom) -> None:
    async with running(newsroom, Listener(), Listener(name="telegram")) as run:
        await run.connected("discord", "telegram")
        run.clock.pass_on(30)
        await until(lambda: sorted(run.deliverer.recovered) == ["discord", "telegram"])
        await run.ended()
