"""What people say and ask."""

from datetime import datetime
from typing import Protocol

from bot.domain.article import StoryId
from bot.domain.opinion import Opinion, Tally
from bot.domain.person import PersonRef


class OpinionStore(Protocol):
    """What people think."""

    async def save(self, opinion: Opinion) -> None:
        """Store or replace this person's opinion on this story; with neither stance nor words it is withdrawn."""
        ...

    async def of_person(self, story_id: StoryId, person: PersonRef) -> Opinion | None: ...
    async def tally(self, story_id: StoryId) -> Tally: ...
    async def with_words(self, story_id: StoryId, *, limit: int, offset: int = 0) -> list[Opinion]:
        """Opinions that have words, newest first."""
        ...


class RequestStore(Protocol):
    """What people sent us."""

    async def is_first(self, platform: str, once: str, *, now: datetime) -> bool:
        """Whether this request is told for the first time; remembers it. For effects that must not happen twice."""
        ...

    async def number(self, phrase: str, *, now: datetime) -> int:
        """A number (≥ 1) that stands for the phrase in buttons; the same phrase has the same as long as it is kept."""
        ...

    async def phrase(self, number: int) -> str | None:
        """What the number stands for."""
        ...
