"""One event as readers see it: the unit that is posted and discussed."""

import math
from dataclasses import dataclass
from datetime import datetime

from bot.domain.article import Article, StoryId
from bot.domain.opinion import Opinion, Tally
from bot.domain.source import Source

_WORDS_PER_MINUTE = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One source's telling of a story."""

    article: Article
    source: Source

    @property
    def at(self) -> datetime:
        """What the source says, but never later than when we first saw it."""
        said, seen = self.article.draft.published_at, self.article.first_seen_at
        return min(said or seen, seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What a story is offered by, where no more of it is needed."""

    id: StoryId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story with all that is told and thought about it.

    ``told`` is never empty, the telling that came first stands first. ``latest`` are the newest opinions with words,
    newest first.
    """

    id: StoryId
    told: tuple[Told, ...]
    tally: Tally = Tally()
    latest: tuple[Opinion, ...] = ()

    @property
    def lead(self) -> Told:
        """The telling that is shown: the first that is complete, or where none is, the first."""
        return next((told for told in self.told if told.article.draft.is_complete), self.told[0])

    @property
    def title(self) -> str:
        return self.lead.article.draft.title

    @property
    def at(self) -> datetime:
        """When it happened for readers: when it was told first."""
        return self.told[0].at


def minutes_to_read(paragraphs: tuple[str, ...]) -> int:
    """Whole minutes, at least one."""
    words = sum(len(paragraph.split()) for paragraph in paragraphs)
    return max(1, math.ceil(words / _WORDS_PER_MINUTE))
