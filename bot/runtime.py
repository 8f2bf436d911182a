"""The loops of a running bot, each watched over and started again when it fails."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.platform import ChatPlatform, Desk, PlatformStartError
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.read_sources import SourceReader

_SOURCES_S = 1.0
_RECOVERY_S = 30.0
_PULSE_S = 5.0
_LONGEST_PAUSE_S = 60.0
_MOST_DOUBLINGS = 6
_LAST_WORD_S = 15.0
"""Longer than what is being sent may take to arrive and to be written down."""


class NoPlatformError(Exception):
    """Not one platform could be started; ``str(error)`` says why each could not."""


@dataclass(slots=True)
class Progress:
    """When each loop last got on; whether platforms are connected, and why not."""

    loops: dict[str, datetime] = field(default_factory=dict)
    connected: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


class Runtime:
    """Everything that goes on while the bot runs.

    ``pulse`` is told the progress every five seconds. ``others_are_dead``: no other process uses the database.
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
        self._failed = asyncio.Event()
        self._stopping = asyncio.Event()
        self.progress = Progress()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then let what is being sent arrive (ten seconds at most).

        Raises NoPlatformError when no platform is left; one that refuses us leaves the others alone.
        """
        loops = [asyncio.create_task(self._watched(name, loop), name=name) for name, loop in self._loops().items()]
        ended = [asyncio.create_task(stop.wait()), asyncio.create_task(self._failed.wait())]
        try:
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            self._stopping.set()
            self._deliverer.stop()
            await asyncio.wait([task for task in loops if task.get_name() == "deliveries"], timeout=_LAST_WORD_S)
        finally:
            for task in (*loops, *ended):
                task.cancel()
            await asyncio.gather(*loops, *ended, return_exceptions=True)
        if self._failed.is_set():
            raise NoPlatformError("\n".join(self.progress.refused.values()))

    def _loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "deliveries": self._deliverer.run,
            "sources": self._read_sources,
            "pages": functools.partial(self._completer.run, functools.partial(self._note, "pages")),
            "recovery": self._recover,
            "pulse": self._beat,
        }
        for name, platform in self._platforms.items():
            loops[f"listen {name}"] = functools.partial(platform.listen, self._desk)
            loops[f"connect {name}"] = functools.partial(self._connect, platform)
        return loops

    async def _watched(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run the loop; when it fails, say so and start it again, waiting longer each time it fails at once."""
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            try:
                await loop()
            except PlatformStartError as error:
                self._refuse(name, error)
                return
            except Exception as error:  # noqa: BLE001  # a loop that ended must not end the others
                self._events.trouble("loop failed", error, loop=name)
            else:
                return
            failures = 0 if self._clock.monotonic() - began > _LONGEST_PAUSE_S else failures + 1
            await self._pause(min(2.0 ** min(failures, _MOST_DOUBLINGS), _LONGEST_PAUSE_S))

    async def _pause(self, seconds: float) -> None:
        """Let that much time pass, less when we are told to stop."""
        waiting = [asyncio.create_task(self._clock.sleep(seconds)), asyncio.create_task(self._stopping.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    def _refuse(self, name: str, error: PlatformStartError) -> None:
        platform = name.removeprefix("listen ")
        self.progress.refused[platform] = str(error)
        self._events.warn("platform refused us", platform=platform, reason=str(error))
        if set(self.progress.refused) == set(self._platforms):
            self._failed.set()

    async def _connect(self, platform: ChatPlatform) -> None:
        await platform.ready()
        await self._deliverer.connect(platform.name, others_are_dead=self._others_are_dead)
        self.progress.connected.add(platform.name)
        self._events.note("platform ready", platform=platform.name)

    async def _read_sources(self) -> None:
        while True:
            if await self._reader.read_due():
                self._deliverer.wake()
            self._note("sources")
            await self._clock.sleep(_SOURCES_S)

    async def _recover(self) -> None:
        while True:
            await self._clock.sleep(_RECOVERY_S)
            for platform in sorted(self.progress.connected):
                await self._deliverer.recover(platform)

    async def _beat(self) -> None:
        while True:
            self.progress.loops["deliveries"] = self._deliverer.passed_at
            self._pulse(self.progress)
            await self._clock.sleep(_PULSE_S)

    def _note(self, loop: str) -> None:
        self.progress.loops[loop] = self._clock.now()
