"""The loops of a running bot, each watched over and started again when it fails or stands still."""

import asyncio
import functools
from collections.abc import Callable, Coroutine, Mapping

from bot.domain.lease import Lease
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.platform import ChatPlatform, Desk, PlatformStartError
from bot.ports.progress import Beat, Progress
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.keep_going import Loop, LoopKeeper
from bot.services.keep_lease import LeaseKeeper, Work
from bot.services.read_sources import SourceReader

_SOURCES_S = 1.0
_RECOVERY_S = 30.0
_PULSE_S = 5.0
_LAST_WORD_S = 15.0
"""Longer than what is being sent may take to arrive and to be written down."""

_NO_LOOPS: Mapping[str, Loop] = {}


class NoPlatformError(Exception):
    """Not one platform could be started; ``str(error)`` says why each could not."""


class Runtime:
    """Everything that goes on while the bot runs.

    ``pulse`` is told the progress every five seconds. ``reads``: whether this process reads sources and their pages.
    ``also`` are loops by name that go on beside those that every bot has.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        platforms: Mapping[str, ChatPlatform],
        deliverer: Deliverer,
        reader: SourceReader,
        completer: ArticleCompleter,
        clock: Clock,
        events: Events,
        pulse: Callable[[Progress], None],
        leases: LeaseKeeper,
        reads: bool = True,
        also: Mapping[str, Loop] = _NO_LOOPS,
        progress: Progress | None = None,
    ) -> None:
        self._desk = desk
        self._platforms = platforms
        self._deliverer = deliverer
        self._reader = reader
        self._completer = completer
        self._clock = clock
        self._events = events
        self._pulse = pulse
        self._leases = leases
        self._reads = reads
        self._also = also
        self._failed = asyncio.Event()
        self.progress = progress or Progress()
        self._keeper = LoopKeeper(clock, events, self.progress)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then let what is being sent arrive (ten seconds at most).

        Raises NoPlatformError when no platform is left; one that refuses us leaves the others alone. Raises StuckError
        when a loop stands still that cannot be begun again.
        """
        loops = [asyncio.create_task(self._keeper.keep(name, loop), name=name) for name, loop in self._loops().items()]
        watching = asyncio.create_task(self._keeper.watch())
        ended = [asyncio.create_task(stop.wait()), asyncio.create_task(self._failed.wait()), watching]
        try:
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            self._keeper.stop()
            self._deliverer.stop()
            await asyncio.wait([task for task in loops if task.get_name() == "deliveries"], timeout=_LAST_WORD_S)
        finally:
            for task in (*loops, *ended):
                task.cancel()
            await asyncio.gather(*loops, *ended, return_exceptions=True)
        if self._failed.is_set():
            raise NoPlatformError("\n".join(self.progress.refused.values()))
        if not watching.cancelled():
            watching.result()

    def _loops(self) -> dict[str, Loop]:
        loops = {"deliveries": Loop(run=self._deliverer.run), "pulse": Loop(run=self._beat), **self._also}
        if self._reads:
            loops["sources"] = Loop(run=self._read_sources)
            loops["pages"] = Loop(run=self._complete_pages)
        if self._platforms:
            loops["recovery"] = Loop(run=self._recover)
        for name, platform in self._platforms.items():
            if platform.limits.one_listener:
                loops[name] = Loop(run=functools.partial(self._listen_in_turn, platform), is_vital=False)
            else:
                loops[name] = Loop(run=functools.partial(self._listen, platform), is_vital=False)
                loops[f"connect {name}"] = Loop(run=functools.partial(self._send_in_turn, platform), is_watched=False)
        return loops

    async def _listen(self, platform: ChatPlatform, beat: Beat) -> None:
        try:
            await platform.listen(self._desk, beat)
        except PlatformStartError as error:
            self._refuse(platform.name, error)

    def _refuse(self, platform: str, error: PlatformStartError) -> None:
        self.progress.refused[platform] = str(error)
        self._events.warn("platform refused us", platform=platform, reason=str(error))
        if set(self.progress.refused) == set(self._platforms):
            self._failed.set()

    async def _listen_in_turn(self, platform: ChatPlatform, beat: Beat) -> None:
        """Where one process at a time may listen, it is the one that sends.

        We send no longer than the turn can be relied on, and listen until it is found to be another's: while the
        database is gone somebody has to tell people so, and what they say stays with the platform until it is kept.
        """
        ear = _Ear(functools.partial(self._listen, platform, beat))

        async def listen_and_send(lease: Lease) -> None:
            listening = await ear.open()
            sending = asyncio.create_task(self._send(platform, lease))
            try:
                await asyncio.wait([sending, listening], return_when=asyncio.FIRST_COMPLETED)
            finally:
                sending.cancel()
                await asyncio.wait([sending])
            if not sending.cancelled():
                sending.result()

        try:
            await self._in_turn(platform, listen_and_send, beat, passed=ear.close)
        finally:
            await ear.closed()

    async def _send_in_turn(self, platform: ChatPlatform, beat: Beat) -> None:
        """Everybody may listen, and one sends."""
        await platform.ready()
        await self._in_turn(platform, functools.partial(self._send, platform), beat)

    async def _in_turn(
        self, platform: ChatPlatform, work: Work, beat: Beat, *, passed: Callable[[], None] = lambda: None
    ) -> None:
        def stop() -> None:
            self._deliverer.disconnect(platform.name)
            self.progress.connected.discard(platform.name)

        await self._leases.while_held(platform.name, work, stop=stop, passed=passed, beat=beat)

    async def _send(self, platform: ChatPlatform, lease: Lease) -> None:
        await platform.ready()
        await self._deliverer.connect(platform.name, lease)
        self.progress.connected.add(platform.name)
        self._events.note("platform ready", platform=platform.name)
        await asyncio.Event().wait()

    async def _complete_pages(self, beat: Beat) -> None:
        """In one process at a time: no page need be read twice, and no site is asked by two of us at once."""

        async def complete(_: Lease) -> None:
            await self._completer.run(beat)

        await self._leases.while_held("pages", complete, beat=beat)

    async def _read_sources(self, beat: Beat) -> None:
        while True:
            if await self._reader.read_due():
                self._deliverer.wake()
            beat()
            await self._clock.sleep(_SOURCES_S)

    async def _recover(self, beat: Beat) -> None:
        while True:
            await self._clock.sleep(_RECOVERY_S)
            for platform in sorted(self.progress.connected):
                await self._deliverer.recover(platform)
            beat()

    async def _beat(self, beat: Beat) -> None:
        while True:
            beat()
            self.progress.standing_by = set(self._leases.standing_by)
            self.progress.held = dict(self._leases.held)
            self._pulse(self.progress)
            await self._clock.sleep(_PULSE_S)


class _Ear:
    """Listening that outlasts turns."""

    def __init__(self, listen: Callable[[], Coroutine[None, None, None]]) -> None:
        self._listen = listen
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> "asyncio.Task[None]":
        """The listening that goes on, begun if there is none. Raises what ended it before."""
        if self._listening and (self._listening.cancelling() or self._listening.done()):
            await self.closed()
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        return self._listening

    def close(self) -> None:
        """Listen no more."""
        if self._listening and not self._listening.cancelling():
            self._listening.cancel()

    async def closed(self) -> None:
        """The same, and return once that is so. Raises what ended it before."""
        self.close()
        ended, self._listening = self._listening, None
        if ended:
            await asyncio.wait([ended])
            if not ended.cancelled():
                ended.result()
