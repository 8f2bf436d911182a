"""What sources told: sources and their hubs, articles, stories."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.article import Article, ArticleId, Draft, Filed, NewArticle, StoryId
from bot.domain.full_text import PageText
from bot.domain.hub import HubLease
from bot.domain.matching import Match
from bot.domain.sameness import Likeness
from bot.domain.source import HubLink, NewSource, Source, SourceId
from bot.domain.story import Headline, Story
from bot.domain.topic import TopicId


class SourceStore(Protocol):
    """What we read."""

    async def add(self, source: NewSource, *, now: datetime) -> Source:
        """Store it, due at once if it is a feed. Raises SourceExistsError where the address is known."""
        ...

    async def find(self, source_id: SourceId) -> Source | None: ...
    async def at(self, address: str) -> Source | None: ...
    async def all(self) -> list[Source]:
        """By id."""
        ...

    async def due(self, now: datetime, *, limit: int) -> list[Source]:
        """Feeds to be read now, never paused ones: longest overdue first, those that failed last time last."""
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let be read in time what was read, or failed, by a clock that was ahead: as long after now as it was to be
        after that. How many.
        """
        ...

    async def save(self, source: Source) -> None:
        """Write what reading it brought: every field but ``is_paused``, ``labels`` and ``pushed_at``, which others set
        meanwhile.
        """
        ...

    async def hold(self, source_id: SourceId) -> Source | None:
        """The source as it is; nobody else who holds it changes it or publishes for it before this unit of work ends.
        None if it was removed.
        """
        ...

    async def pushed(self, source_id: SourceId, at: datetime | None) -> None:
        """Its hub brought news then; None: what it should have brought was found by reading."""
        ...

    async def pause(self, source_id: SourceId) -> None:
        """Read it no more until it is resumed."""
        ...

    async def resume(self, source_id: SourceId, *, now: datetime) -> None:
        """Read a paused source again, at once and as if it had never failed."""
        ...

    async def label(self, source_id: SourceId, labels: tuple[str, ...]) -> None:
        """Keep it under these labels and no others."""
        ...

    async def move(self, source_id: SourceId, address: str) -> bool:
        """Read it from there from now on; False where that is, or was, another source's address: nothing changes."""
        ...

    async def remove(self, source_id: SourceId) -> None:
        """Forget the source and its subscriptions; its articles stay readable."""
        ...


class HubStore(Protocol):
    """Our subscriptions at feeds' hubs."""

    async def offer(self, source_id: SourceId, link: HubLink | None, *, now: datetime) -> None:
        """The source names this hub now, or none: a lease for another one is given up, one for this one stays. A new
        one is due at once, with a token and a secret of its own.
        """
        ...

    async def due(self, now: datetime, *, limit: int) -> list[HubLease]:
        """Leases to be asked for now, longest overdue first; none of paused or removed sources."""
        ...

    async def by_token(self, token: str) -> HubLease | None:
        """The lease with that token, of a source that was not removed."""
        ...

    async def save(self, lease: HubLease) -> None:
        """Write how it stands; one that was given up since stays so."""
        ...


class ArticleStore(Protocol):
    """Texts that sources published."""

    async def known(self, keys: Iterable[str]) -> Mapping[str, Article]:
        """The articles that any of the keys belongs to, by key; also such as are gone."""
        ...

    async def find(self, article_id: ArticleId) -> Article | None: ...
    async def latest(self, *, source_id: SourceId | None = None, limit: int, offset: int = 0) -> list[Article]:
        """Those that came in last first; of one source where given."""
        ...

    async def add(self, article: NewArticle) -> ArticleId:
        """Store it with its keys and make it findable by words. A key that belongs to another article stays there."""
        ...

    async def add_all(self, new: Sequence[NewArticle]) -> list[Filed]:
        """The same for each, in this order, at the cost of few; stories of their own are numbered in this order too."""
        ...

    async def recognise(self, article_id: ArticleId, keys: Iterable[str]) -> None:
        """Know the article by these keys too, as far as they belong to none; by forty keys at most."""
        ...

    async def release(self, keys: Iterable[str]) -> None:
        """Know nothing by these keys any more."""
        ...

    async def correct(
        self,
        article_id: ArticleId,
        draft: Draft,
        *,
        keys: Iterable[str],
        now: datetime,
        page_due_at: datetime | None = None,
    ) -> Article:
        """Replace what its feed says, remember a former title of its own, keep its identity, add keys not known yet,
        and make the new words findable.

        With ``page_due_at`` its page is to be read again; the text that the page gave stays until then. The article as
        it is now.
        """
        ...

    async def pages_due(self, now: datetime, *, limit: int) -> list[Article]:
        """Articles whose page is to be read now: announced ones first, then longest overdue."""
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let the pages be read now of articles that came or changed by a clock that was ahead; how many."""
        ...

    async def complete(self, article_id: ArticleId, page: PageText) -> Article:
        """Keep what the page says, make its words findable; the page need not be read again."""
        ...

    async def page_failed(self, article_id: ArticleId, problem: str, *, again_at: datetime | None) -> None:
        """Note a try that gave no text, why, and when the next one is due. A text that the page gave before stays."""
        ...


class StoryStore(Protocol):
    """Events as readers see them."""

    async def in_turn(self) -> None:
        """Wait for others who are telling stories; nobody begins to before this unit of work is left. So whoever looks
        for what is known finds it.
        """
        ...

    async def open(self, *, now: datetime) -> StoryId:
        """A new story without articles."""
        ...

    async def set_topics(self, story_id: StoryId, matches: Iterable[Match]) -> None:
        """What the story is about and which word said so; replaces what stood there."""
        ...

    async def set_all_topics(self, matches: Mapping[StoryId, Iterable[Match]]) -> None:
        """The same for each story, at the cost of few."""
        ...

    async def topics(self, story_id: StoryId) -> list[Match]: ...
    async def find(self, story_id: StoryId) -> Story | None:
        """The story with articles, tally and the three newest opinions that have words; by the number of a story that
        was merged, the one that tells it now.
        """
        ...

    async def find_all(self, story_ids: Collection[StoryId]) -> Mapping[StoryId, Story]:
        """The same for many at once, by the numbers that were asked for; without those that are not there."""
        ...

    async def latest(
        self, *, topic_id: TopicId | None = None, source_id: SourceId | None = None, limit: int, offset: int = 0
    ) -> list[Story]:
        """Newest first; by topic or source where given."""
        ...

    async def search(self, words: str, *, limit: int, offset: int = 0) -> list[Story]:
        """Stories that hold all the words (the last one may be the beginning of a word), best first among the newest.

        Any text may be given; what means something to the database's own query language means nothing here.
        """
        ...

    async def like_these(self, wanted: Sequence[Likeness], *, not_by: SourceId, limit: int) -> list[list[Article]]:
        """For each, in this order and at the cost of few, articles like that in stories that the source does not tell:
        those with most of the words first, then the newest. Of more than twelve words the first are looked for.
        """
        ...

    async def related(self, story: Story, *, limit: int) -> list[Headline]:
        """Other stories that have two telling words of its title or more, those with most first, then the newest."""
        ...

    async def merge(self, kept: StoryId, gone: StoryId) -> None:
        """Let one story tell all that two told, with the opinions of both: of a person's two the later one. Whoever
        asks for the other finds it, and no channel that has one gets the other.
        """
        ...

    async def split(self, article_id: ArticleId, *, now: datetime) -> StoryId:
        """Let an article be told on its own again, in the story that it was merged from if there is one. Opinions stay
        where they are. Topics are left to the caller.
        """
        ...

    async def was_told(self, story_id: StoryId) -> bool:
        """Whether a story has, or once had, that number."""
        ...

    async def part(self, kept: StoryId, gone: StoryId) -> bool:
        """Undo a merge: ``gone`` tells again what was merged from it into ``kept``. Opinions stay with ``kept``; topics
        are left to the caller. False where there is no such merge (any more): nothing changes.
        """
        ...

    async def count(self) -> int: ...
    async def busiest_topics(self, *, since: datetime) -> Mapping[TopicId, int]:
        """How many stories of each topic were opened since then, most first; topics without any are left out."""
        ...

    async def recent_with_topic(self, topic_id: TopicId, *, since: datetime) -> int:
        """How many stories of the topic were opened since then."""
        ...
