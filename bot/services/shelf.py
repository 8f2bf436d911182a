"""Whole stories that were asked for a moment ago, so that a story many open at once is looked up once."""

import asyncio
from dataclasses import dataclass

from bot.domain.story import Headline, Story
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.services.read_story import related_to, story_numbered

KEPT_S = 1.0
"""How old what one reads may be, in seconds; a correction or an opinion may come that much later."""

_MOST_KEPT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A story and what else is about the same things."""

    story: Story
    related: tuple[Headline, ...]


class Shelf:
    """Stories by number. Those who ask while one is being looked up wait for the same look."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: dict[int, tuple[float, asyncio.Task[Volume]]] = {}

    async def take(self, number: int) -> Volume:
        """The story as it stands, or stood at most a second ago. Raises UnknownStoryError."""
        now = self._clock.monotonic()
        until, looking = self._kept.get(number, (now, None))
        if looking is None or until <= now:
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
            looking = asyncio.create_task(self._look_up(number))
            looking.add_done_callback(_noticed)
            self._kept[number] = (now + KEPT_S, looking)
        return await asyncio.shield(looking)

    async def _look_up(self, number: int) -> Volume:
        story = await story_numbered(self._storage, number)
        return Volume(story=story, related=await related_to(self._storage, story))


def _noticed(looking: "asyncio.Task[Volume]") -> None:
    """A story that is not there is told to who asked; nobody else need hear of it."""
    if not looking.cancelled():
        looking.exception()
