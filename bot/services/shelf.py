"""Whole stories that were asked for a moment ago, so that a story many open at once is looked up once."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.article import StoryId
from bot.domain.errors import UnknownStoryError
from bot.domain.story import Headline, Story
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.services.read_story import RELATED, missing

KEPT_S = 1.0
"""How old what one reads may be, in seconds; a correction or an opinion may come that much later."""
RELATED_KEPT_S = 60.0
"""The same for what is offered after it."""

_MOST_KEPT = 256

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A story and what else is about the same things."""

    story: Story
    related: tuple[Headline, ...]


class Shelf:
    """Stories by number. One look at a time: what is asked for meanwhile is looked up together by the next."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: dict[int, tuple[float, asyncio.Future[Volume]]] = {}
        self._related: dict[StoryId, tuple[float, tuple[Headline, ...]]] = {}
        self._wanted: dict[int, asyncio.Future[Volume]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def take(self, number: int) -> Volume:
        """The story as it stands, or stood at most a second ago. Raises UnknownStoryError."""
        now = self._clock.monotonic()
        until, volume = self._kept.get(number, (now, None))
        if volume is None or until <= now:
            self._kept = _fresh(self._kept, now)
            volume = asyncio.get_running_loop().create_future()
            volume.add_done_callback(_noticed)
            self._kept[number] = (now + KEPT_S, volume)
            self._wanted[number] = volume
            if self._looking is None:
                self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(volume)

    async def _look(self) -> None:
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, {}
                await self._answer(wanted)
        finally:
            self._looking = None

    async def _answer(self, wanted: Mapping[int, asyncio.Future[Volume]]) -> None:
        try:
            told = await self._look_up(wanted)
            for number, volume in wanted.items():
                match told[number]:
                    case Volume() as found:
                        volume.set_result(found)
                    case UnknownStoryError() as error:
                        volume.set_exception(error)
        except Exception as error:  # noqa: BLE001  # it belongs to those who asked
            for volume in wanted.values():
                volume.set_exception(error)
        finally:
            for volume in wanted.values():
                volume.cancel()

    async def _look_up(self, numbers: Collection[int]) -> Mapping[int, Volume | UnknownStoryError]:
        now = self._clock.monotonic()
        self._related = _fresh(self._related, now)
        async with self._storage.reading() as look:
            found = await look.stories.find_all([StoryId(number) for number in numbers])
            for story in found.values():
                if self._related.get(story.id, (now, ()))[0] <= now:
                    related = await look.stories.related(story, limit=RELATED)
                    self._related[story.id] = (now + RELATED_KEPT_S, tuple(related))
            unknown = {number: await missing(look, number) for number in numbers if number not in found}
        volumes = {number: Volume(story=story, related=self._related[story.id][1]) for number, story in found.items()}
        return volumes | unknown


def _fresh(kept: dict[_Key, tuple[float, _Kept]], now: float) -> dict[_Key, tuple[float, _Kept]]:
    """The same, without what is too old once there is much of it."""
    return kept if len(kept) < _MOST_KEPT else {key: one for key, one in kept.items() if one[0] > now}


def _noticed(volume: "asyncio.Future[Volume]") -> None:
    """A story that is not there is told to who asked; nobody else need hear of it."""
    if not volume.cancelled():
        volume.exception()
