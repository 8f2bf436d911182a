"""One text that one source published, with all its paragraphs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, NewType

from bot.domain.paragraph import Paragraph, Shape, paired
from bot.domain.source import SourceId
from bot.domain.wording import Wording

ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)

_FORMER_TITLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as a source gave it, before anybody knows whether it is new.

    ``title`` is never empty. ``paragraphs`` are the words of each, ``shapes`` how these are meant, as far as they are
    more than plain text. ``is_complete`` is False when the source cut the text; ``has_own_title`` is False when the
    title was derived from the lead. ``published_at`` is what the source says, aware UTC, and never identity.
    ``caption`` says what the image shows. ``wording`` is there where it was worked out before; whoever gives a draft
    other words leaves it out.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    teaser: str | None = None
    guid: str | None = None
    link: str | None = None
    author: str | None = None
    image: str | None = None
    caption: str | None = None
    published_at: datetime | None = None
    is_complete: bool = True
    has_own_title: bool = True
    wording: Wording | None = field(default=None, compare=False, repr=False)

    @property
    def told(self) -> tuple[str, ...]:
        """The words of its paragraphs, else its teaser as the only one."""
        return self.paragraphs or ((self.teaser,) if self.teaser else ())

    @property
    def text(self) -> tuple[Paragraph, ...]:
        """The paragraphs with their shapes."""
        return paired(self.paragraphs, self.shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """A draft that turned out to be new, with the keys that will recognise it (see ``identity``).

    ``story_id`` is the story that tells it, None for one of its own, which is opened then. ``is_announced``: channels
    are told of it, not only those who look for it. ``page_due_at`` is when the rest of it is to be read from its own
    page, None for never.
    """

    source_id: SourceId
    story_id: StoryId | None
    draft: Draft
    keys: tuple[str, ...]
    first_seen_at: datetime
    is_announced: bool = True
    page_due_at: datetime | None = None


class Filed(NamedTuple):
    """The numbers that a new article and its story were given."""

    article_id: ArticleId
    story_id: StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article.

    ``draft`` is what readers are shown, ``as_fed`` what the feed itself says where the page completed that.
    ``page_problem`` is why its page has not completed it, a short kind for programs; ``page_tries`` counts how often
    that was asked for; ``caption`` says what the picture shows; ``former_titles`` is what it was called before, oldest
    first; ``language`` is what its words are written in (see ``language``), None where these do not say.
    ``is_gone``: it was cleared away, and only what it is known by is left of it.
    """

    id: ArticleId
    source_id: SourceId
    story_id: StoryId
    draft: Draft
    first_seen_at: datetime
    changed_at: datetime | None = None
    as_fed: Draft | None = None
    caption: str | None = None
    is_announced: bool = True
    page_problem: str | None = None
    page_tries: int = 0
    former_titles: tuple[str, ...] = ()
    language: str | None = None
    is_gone: bool = False

    @property
    def fed(self) -> Draft:
        """What the feed says, which is what tells a correction."""
        return self.as_fed or self.draft


def titles_before(former: tuple[str, ...], title: str, new_title: str) -> tuple[str, ...]:
    """What an article was called before it got the new title: each once, the latest twenty, oldest first."""
    told = dict.fromkeys(name for name in (*former, title) if name != new_title)
    return tuple(told)[-_FORMER_TITLES:]


def is_correction(before: Draft, after: Draft) -> bool:
    """Whether readers would notice the difference: another title or other words; a bumped date is none."""
    return (before.title, before.paragraphs, before.teaser) != (after.title, after.paragraphs, after.teaser)
