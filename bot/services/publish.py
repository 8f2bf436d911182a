"""Turn what a source gave into stories and promises to deliver them, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.article import Article, Draft, NewArticle, StoryId, is_correction
from bot.domain.identity import identity_keys
from bot.domain.source import Source, SourceId
from bot.ports.storage import UnitOfWork
from bot.services.topics import Topics

Keys = Callable[[SourceId, Draft], tuple[str, ...]]
"""What recognises a draft again; strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of it. ``promised`` counts deliveries; stories are oldest first."""

    new: tuple[StoryId, ...] = ()
    corrected: tuple[StoryId, ...] = ()
    known: int = 0
    promised: int = 0


async def publish(
    work: UnitOfWork,
    topics: Topics,
    source: Source,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    announce: int,
    refresh_delay: timedelta,
    keys: Keys | None = None,
) -> Published:
    """Store new drafts, correct changed ones, promise deliveries; all of it or, without the caller's commit, nothing.

    ``drafts`` are newest first; of the new ones the ``announce`` newest are promised to channels, older ones are only
    stored. The same drafts again change nothing.
    """
    await topics.refresh(work)
    told = [(draft, (keys or _feed_keys(now))(source.id, draft)) for draft in drafts]
    known = dict(await work.articles.known([key for _, own in told for key in own]))
    fresh: list[tuple[Draft, tuple[str, ...]]] = []
    corrected: list[StoryId] = []
    seen: set[str] = set()
    repeats = 0
    for draft, own in told:
        before = next((known[key] for key in own if key in known), None)
        if before is None and seen.isdisjoint(own):
            fresh.append((draft, own))
        else:
            repeats += 1
            if before is not None and await _correct(work, topics, before, draft, own, now=now, delay=refresh_delay):
                corrected.append(before.story_id)
        seen.update(own)
    new: list[StoryId] = []
    promised = 0
    for age, (draft, own) in reversed(list(enumerate(fresh))):
        story_id = await _open_story(work, topics, source, draft, own, now=now)
        new.append(story_id)
        if age < announce:
            promised += await work.deliveries.promise(story_id, now=now)
    return Published(new=tuple(new), corrected=tuple(corrected), known=repeats, promised=promised)


async def _open_story(
    work: UnitOfWork, topics: Topics, source: Source, draft: Draft, keys: tuple[str, ...], *, now: datetime
) -> StoryId:
    story_id = await work.stories.open(now=now)
    article = NewArticle(source_id=source.id, story_id=story_id, draft=draft, keys=keys, first_seen_at=now)
    await work.articles.add(article)
    await work.stories.set_topics(story_id, topics.touched_by(draft))
    return story_id


async def _correct(
    work: UnitOfWork,
    topics: Topics,
    before: Article,
    draft: Draft,
    keys: tuple[str, ...],
    *,
    now: datetime,
    delay: timedelta,
) -> bool:
    """Whether the article says something else now; if so posts already sent are promised an edit."""
    if not is_correction(before.draft, draft):
        return False
    await work.articles.correct(before.id, draft, keys=keys, now=now)
    await work.stories.set_topics(before.story_id, topics.touched_by(draft))
    await work.deliveries.refresh(before.story_id, due=now + delay)
    return True


def _feed_keys(now: datetime) -> Keys:
    return lambda source_id, draft: identity_keys(source_id, draft, seen_at=now)
