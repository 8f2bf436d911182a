"""Turn what a source gave into stories and promises to deliver them, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.article import Article, Draft, NewArticle, StoryId, is_correction
from bot.domain.full_text import HEADLINE_PATIENCE, wants_page
from bot.domain.recognition import Document, Entry, came_out
from bot.domain.source import Identity, Source
from bot.ports.storage import UnitOfWork
from bot.services.join_stories import story_told_elsewhere
from bot.services.story_topics import set_story_topics
from bot.services.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of it. ``promised`` counts deliveries; stories are oldest first.

    ``joined`` are stories that other sources told already and that this one tells too now.

    ``known`` counts drafts that were no news, repeats within the document included. ``came_out`` is when the new ones
    did, newest first; ``identity`` is what tells the source's articles apart from now on.
    """

    new: tuple[StoryId, ...] = ()
    joined: tuple[StoryId, ...] = ()
    corrected: tuple[StoryId, ...] = ()
    known: int = 0
    promised: int = 0
    came_out: tuple[datetime, ...] = ()
    identity: Identity = Identity.GUID


async def publish(
    work: UnitOfWork,
    topics: Topics,
    source: Source,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    announce: int,
    refresh_delay: timedelta,
) -> Published:
    """Store new drafts, correct changed ones, promise deliveries; all of it or, without the caller's commit, nothing.

    ``drafts`` stand as in their document, newest first where they have no date. Of the new ones the ``announce`` newest
    are promised to channels, older ones are only stored. The same drafts again change nothing.
    """
    await topics.refresh(work)
    document = await _recognised(work, source, drafts, now=now)
    entries = document.entries()
    corrected = [
        entry.before.story_id
        for entry in entries
        if entry.before and await _correct(work, topics, source, entry.before, entry, now=now, delay=refresh_delay)
    ]
    fresh = [entry for entry in entries if entry.before is None]
    new: list[StoryId] = []
    joined: list[StoryId] = []
    promised = 0
    for age, entry in reversed(list(enumerate(fresh))):
        story_id, is_new = await _tell(work, topics, source, entry, now=now, is_announced=age < announce)
        (new if is_new else joined).append(story_id)
        if not is_new:
            await work.deliveries.refresh(story_id, due=now + refresh_delay)
        if age < announce:
            due = now + HEADLINE_PATIENCE if wants_page(source, entry.draft) else now
            promised += await work.deliveries.promise(story_id, now=now, due=due)
    return Published(
        new=tuple(new),
        joined=tuple(joined),
        corrected=tuple(corrected),
        known=len(entries) - len(fresh) + document.repeats,
        promised=promised,
        came_out=tuple(came_out(entry.draft, now) for entry in fresh),
        identity=document.identity,
    )


async def _recognised(work: UnitOfWork, source: Source, drafts: Sequence[Draft], *, now: datetime) -> Document:
    """The document with all that the database knows of it."""
    document = Document(source, drafts, now=now)
    document.match_signs(await work.articles.known(document.strong_keys))
    document.match_words(await work.articles.known(document.weak_keys))
    return document


async def _tell(
    work: UnitOfWork,
    topics: Topics,
    source: Source,
    entry: Entry,
    *,
    now: datetime,
    is_announced: bool,
) -> tuple[StoryId, bool]:
    """The story that the entry is told in, and whether it is a new one."""
    draft = entry.draft
    await work.articles.release(entry.released)
    matches = await topics.touched_by(work, draft)
    told_elsewhere = await story_told_elsewhere(work, source.id, draft, matches, now=now)
    story_id = told_elsewhere or await work.stories.open(now=now)
    article = NewArticle(
        source_id=source.id,
        story_id=story_id,
        draft=draft,
        keys=entry.keys,
        first_seen_at=now,
        is_announced=is_announced,
        page_due_at=now if wants_page(source, draft) else None,
    )
    await work.articles.add(article)
    known = await work.stories.topics(story_id) if told_elsewhere else []
    await work.stories.set_topics(story_id, (*known, *matches))
    return story_id, told_elsewhere is None


async def _correct(
    work: UnitOfWork,
    topics: Topics,
    source: Source,
    before: Article,
    entry: Entry,
    *,
    now: datetime,
    delay: timedelta,
) -> bool:
    """Whether the article says something else now; if so posts already sent are promised an edit."""
    draft = entry.draft
    if not is_correction(before.fed, draft):
        if entry.unknown:
            await work.articles.recognise(before.id, entry.unknown)
        return False
    page_due_at = now if wants_page(source, draft) else None
    await work.articles.correct(before.id, draft, keys=entry.keys, now=now, page_due_at=page_due_at)
    await set_story_topics(work, topics, before.story_id)
    await work.deliveries.refresh(before.story_id, due=now + delay)
    return True
