"""Find the story that another source tells already, so that one event is told once."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bot.domain.article import Article, Draft, StoryId
from bot.domain.matching import Match
from bot.domain.sameness import Gist, Sameness, gist, sameness
from bot.domain.source import SourceId
from bot.ports.storage import UnitOfWork

TOGETHER = timedelta(hours=48)
"""How far apart tellings of one story may be, from the first one on: no story goes on for ever."""

_UNTOUCHED = timedelta(minutes=10)
"""How soon nobody has parted what was joined wrongly."""

_CANDIDATES = 4
_FEWEST_SHARED = 3
"""Texts about one event have half of their twelve telling words in common or more, unlike ones hardly ever three."""


async def story_told_elsewhere(
    work: UnitOfWork,
    source_id: SourceId,
    draft: Draft,
    matches: Iterable[Match],
    *,
    now: datetime,
    but_not: Collection[StoryId | None] = (),
) -> StoryId | None:
    """The story of other sources that tells of the same event, if one surely does. Never one that the source tells.

    ``but_not`` are stories that the source is about to tell; ``matches`` are the topics of the draft: where both have
    some and none in common, they are not the same.
    """
    at = min(draft.published_at or now, now)
    if now - at > TOGETHER:
        return None
    mine = gist(draft)
    candidates = await work.stories.like_this(
        mine.terms,
        at_least=max(_FEWEST_SHARED, len(mine.terms) * 5 // 12),
        not_by=source_id,
        since=at - TOGETHER,
        limit=_CANDIDATES,
    )
    topics = {match.topic_id for match in matches}
    for article in _same(mine, candidates, at):
        if article.story_id in but_not:
            continue
        told = {match.topic_id for match in await work.stories.topics(article.story_id)}
        if not topics or not told or topics & told:
            return article.story_id
    return None


async def told_by_whole_text(work: UnitOfWork, article: Article, matches: Iterable[Match], *, now: datetime) -> StoryId:
    """The story that tells the article now that its page completed it: another, merged with its own, or its own still.

    Looked for are only stories that tell what it alone tells so far, and not for long: what people parted since, stays
    apart.
    """
    story = await work.stories.find(article.story_id)
    if story is None or len(story.told) > 1 or now - article.first_seen_at > _UNTOUCHED:
        return article.story_id
    other = await story_told_elsewhere(work, article.source_id, article.draft, matches, now=article.first_seen_at)
    if other is None:
        return article.story_id
    kept, gone = sorted((story.id, other))
    await work.stories.merge(kept, gone)
    return kept


def _same(mine: Gist, candidates: Iterable[Article], at: datetime) -> list[Article]:
    """Those that tell of the same event, copies of the text first."""
    found = []
    for article in candidates:
        their_time = min(article.draft.published_at or article.first_seen_at, article.first_seen_at)
        kind = sameness(mine, gist(article.draft))
        if kind is not Sameness.NOTHING and abs(their_time - at) <= TOGETHER:
            found.append((kind is Sameness.EVENT, article))
    return [article for _, article in sorted(found, key=lambda one: one[0])]
