"""The loops of a running bot, each watched over and started again when it fails or stands still."""

import asyncio
import functools
from collections.abc import Callable, Mapping

from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.platform import ChatPlatform, Desk, PlatformStartError
from bot.ports.progress import Beat, Progress
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.keep_going import Loop, LoopKeeper
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

    ``pulse`` is told the progress every five seconds. ``others_are_dead``: no other process uses the database. ``also``
    are loops by name that go on beside those that every bot has.
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
        others_are_dead: bool,
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
        self._others_are_dead = others_are_dead
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
        loops = {
            "deliveries": Loop(run=self._deliverer.run),
            "sources": Loop(run=self._read_sources),
            "pages": Loop(run=self._completer.run),
            "recovery": Loop(run=self._recover),
            "pulse": Loop(run=self._beat),
            **self._also,
        }
        for name, platform in self._platforms.items():
            loops[name] = Loop(run=functools.partial(self._listen, platform), is_vital=False)
            loops[f"connect {name}"] = Loop(run=functools.partial(self._connect, platform), is_watched=False)
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

    async def _connect(self, platform: ChatPlatform, _: Beat) -> None:
        await platform.ready()
        await self._deliverer.connect(platform.name, others_are_dead=self._others_are_dead)
        self.progress.connected.add(platform.name)
        self._events.note("platform ready", platform=platform.name)

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
            self._pulse(self.progress)
            await self._clock.sleep(_PULSE_S)
