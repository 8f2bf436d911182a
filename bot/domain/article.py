"""One text that one source published, with all its paragraphs."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.domain.source import SourceId

ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as a source gave it, before anybody knows whether it is new.

    ``title`` is never empty; ``is_complete`` is False when the source cut the text; ``has_own_title`` is False when the
    title was derived from the lead. ``published_at`` is what the source says, aware UTC, and never identity.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    teaser: str | None = None
    guid: str | None = None
    link: str | None = None
    author: str | None = None
    image: str | None = None
    published_at: datetime | None = None
    is_complete: bool = True
    has_own_title: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """A draft that turned out to be new, with the keys that will recognise it (see ``identity``)."""

    source_id: SourceId
    story_id: StoryId
    draft: Draft
    keys: tuple[str, ...]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article."""

    id: ArticleId
    source_id: SourceId
    story_id: StoryId
    draft: Draft
    first_seen_at: datetime
    changed_at: datetime | None = None


def is_correction(before: Draft, after: Draft) -> bool:
    """Whether readers would notice the difference: another title or other words; a bumped date is none."""
    return (before.title, before.paragraphs, before.teaser) != (after.title, after.paragraphs, after.teaser)
