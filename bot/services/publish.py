"""Turn what a source gave into stories and promises to deliver them, in one transaction."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.article import Article, Draft, NewArticle, StoryId, is_correction
from bot.domain.full_text import HEADLINE_PATIENCE, wants_page
from bot.domain.matching import Match
from bot.domain.recognition import Document, Entry, came_out
from bot.domain.source import Identity, Source
from bot.domain.urgency import is_breaking
from bot.ports.storage import UnitOfWork
from bot.services.join_stories import stories_told_elsewhere
from bot.services.story_topics import set_story_topics
from bot.services.topics import Topics

_AT_ONCE = 50
"""Entries of a document between which others get their turns; most have no more."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """A new entry with the story that it is told in, a new one or one of others, and all that story's topics."""

    entry: Entry
    story_id: StoryId
    matches: Sequence[Match]
    is_new: bool
    is_announced: bool


async def publish(
    work: UnitOfWork,
    topics: Topics,
    source: Source,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    announce: int,
    refresh_delay: timedelta,
    rest_since: datetime | None = None,
) -> Published:
    """Store new drafts, correct changed ones, promise deliveries; all of it or, without the caller's commit, nothing.

    ``drafts`` stand as in their document, newest first where they have no date. Of the new ones the ``announce`` newest
    are promised to channels one by one, of the older ones together in a digest those that came out after
    ``rest_since``; what is left, an archive say, is only stored. The same drafts again change nothing.
    """
    await work.stories.in_turn()
    await topics.refresh(work)
    document = await _recognised(work, source, drafts, now=now)
    entries = document.entries()
    corrected = [
        entry.before.story_id
        for entry in entries
        if entry.before and await _correct(work, topics, source, entry.before, entry, now=now, delay=refresh_delay)
    ]
    fresh = [entry for entry in entries if entry.before is None]
    await work.articles.release(key for entry in fresh for key in entry.released)
    told: list[_Telling] = []
    for some, announced in _some_at_a_time(fresh[::-1], announce):
        told += await _tell(work, topics, source, some, now=now, announce=announced)
    for telling in told:
        if not telling.is_new:
            await work.deliveries.refresh(telling.story_id, due=now + refresh_delay)
    promised = await _promise(work, source, told, now=now, rest_since=rest_since)
    return Published(
        new=tuple(telling.story_id for telling in told if telling.is_new),
        joined=tuple(telling.story_id for telling in told if not telling.is_new),
        corrected=tuple(corrected),
        known=len(entries) - len(fresh) + document.repeats,
        promised=promised,
        came_out=tuple(came_out(entry.draft, now) for entry in fresh),
        identity=document.identity,
    )


async def _promise(
    work: UnitOfWork, source: Source, told: Iterable[_Telling], *, now: datetime, rest_since: datetime | None
) -> int:
    """Promise what is announced, oldest first, after it together what else is news; how many deliveries were made."""
    promised = 0
    latest_due = now
    rest: list[StoryId] = []
    for telling in told:
        if telling.is_announced:
            draft = telling.entry.draft
            cannot_wait = is_breaking(draft.title)
            due = now + HEADLINE_PATIENCE if wants_page(source, draft) and not cannot_wait else now
            promised += await work.deliveries.promise(
                telling.story_id, now=now, due=due, is_breaking=cannot_wait, is_new=telling.is_new
            )
            latest_due = max(latest_due, due)
        elif rest_since and came_out(telling.entry.draft, now) > rest_since:
            rest.append(telling.story_id)
    if rest:
        promised += await work.digests.promise(source.id, rest[::-1], now=now, due=latest_due)
    return promised


async def _recognised(work: UnitOfWork, source: Source, drafts: Sequence[Draft], *, now: datetime) -> Document:
    """The document with all that the database knows of it."""
    if len(drafts) <= _AT_ONCE:
        document = Document(source, drafts, now=now)
        document.recognise(await work.articles.known(document.keys))
    else:
        document = await asyncio.to_thread(Document, source, drafts, now=now)
        known = await work.articles.known(document.keys)
        await asyncio.to_thread(document.recognise, known)
    return document


def _some_at_a_time(fresh: Sequence[Entry], announce: int) -> Iterator[tuple[Sequence[Entry], int]]:
    """New entries, oldest first, so few together that nobody waits for them, and how many of them are announced."""
    for start in range(0, len(fresh), _AT_ONCE):
        some = fresh[start : start + _AT_ONCE]
        newer = len(fresh) - start - len(some)
        yield some, max(announce - newer, 0)


async def _tell(
    work: UnitOfWork, topics: Topics, source: Source, fresh: Sequence[Entry], *, now: datetime, announce: int
) -> list[_Telling]:
    """Store new entries, oldest first, each in the story that others tell of it already or in one of its own."""
    about = [await topics.touched_by(work, entry.draft) for entry in fresh]
    tellings = [(entry.draft, matches) for entry, matches in zip(fresh, about, strict=True)]
    elsewhere = await stories_told_elsewhere(work, source.id, tellings, now=now)
    oldest = len(fresh) - announce
    new = [
        _article(source, entry, story_id, now=now, is_announced=place >= oldest)
        for place, (entry, story_id) in enumerate(zip(fresh, elsewhere, strict=True))
    ]
    filed = [one.story_id for one in await work.articles.add_all(new)]
    told = [
        _Telling(
            entry=entry,
            story_id=filed_in,
            matches=matches if story_id is None else (*await work.stories.topics(story_id), *matches),
            is_new=story_id is None,
            is_announced=article.is_announced,
        )
        for entry, story_id, filed_in, matches, article in zip(fresh, elsewhere, filed, about, new, strict=True)
    ]
    touched = {telling.story_id: telling.matches for telling in told if telling.matches or not telling.is_new}
    await work.stories.set_all_topics(touched)
    return told


def _article(
    source: Source, entry: Entry, story_id: StoryId | None, *, now: datetime, is_announced: bool
) -> NewArticle:
    return NewArticle(
        source_id=source.id,
        story_id=story_id,
        draft=entry.draft,
        keys=entry.keys,
        first_seen_at=now,
        is_announced=is_announced,
        page_due_at=now if wants_page(source, entry.draft) else None,
    )


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
    if before.is_gone or not is_correction(before.fed, draft):
        if entry.unknown:
            await work.articles.recognise(before.id, entry.unknown)
        return False
    page_due_at = now if wants_page(source, draft) else None
    await work.articles.correct(before.id, draft, keys=entry.keys, now=now, page_due_at=page_due_at)
    await set_story_topics(work, topics, before.story_id)
    await work.deliveries.refresh(before.story_id, due=now + delay)
    return True
