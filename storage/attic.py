"""What is old enough to go, and what articles that went are still known by (table ``former_articles``)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import Article, ArticleId, Draft, StoryId
from bot.domain.delivery import DeliveryState
from bot.domain.keeping import Leftover
from bot.domain.source import SourceId
from storage import dialects
from storage.outbox import is_in
from storage.tables import (
    article_keys,
    articles,
    deliveries,
    digests,
    former_articles,
    letters,
    notices,
    phrases,
    requests,
    sources,
    stories,
)

_f = former_articles.c
_NO_STORY = StoryId(0)

_SIGNS = ("id", "source_id", "title", "guid", "link", "published_at", "first_seen_at")
"""Columns of an article that outlive its text."""

_AGES: Mapping[Leftover, tuple[Table[Any], ColumnElement[Any]]] = {
    Leftover.REQUEST: (requests, requests.c.at),
    Leftover.PHRASE: (phrases, phrases.c.used_at),
    Leftover.LETTER: (letters, letters.c.done_at),
}


class DatabaseAttic:
    """Each method takes so little at once that those who write meanwhile hardly wait."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def old_stories(self, before: datetime, *, limit: int) -> list[StoryId]:
        is_young = exists().where(articles.c.story_id == stories.c.id, articles.c.first_seen_at >= before)
        is_on_its_way = exists().where(deliveries.c.story_id == stories.c.id, is_in(deliveries, DeliveryState.SENDING))
        statement = (
            select(stories.c.id)
            .where(stories.c.opened_at < before, stories.c.merged_into.is_(None), ~is_young, ~is_on_its_way)
            .order_by(stories.c.id)
            .limit(limit)
        )
        return [StoryId(row.id) for row in await self._connection.execute(statement)]

    async def drop_deliveries(self, story_ids: Sequence[StoryId], *, limit: int) -> int:
        gone = await self._with_merged(story_ids)
        some = (
            select(deliveries.c.id)
            .where(deliveries.c.story_id.in_(gone), ~is_in(deliveries, DeliveryState.SENDING))
            .limit(limit)
        )
        return (await self._connection.execute(delete(deliveries).where(deliveries.c.id.in_(some)))).rowcount

    async def clear(self, story_ids: Sequence[StoryId]) -> None:
        gone = await self._with_merged(story_ids)
        signs = select(*(articles.c[name] for name in _SIGNS)).where(articles.c.story_id.in_(gone))
        kept = dialects.insert(self._connection, former_articles).from_select(_SIGNS, signs)
        await self._connection.execute(kept.on_conflict_do_nothing())
        await self._connection.execute(delete(articles).where(articles.c.story_id.in_(gone)))
        await self._connection.execute(delete(deliveries).where(deliveries.c.story_id.in_(gone)))
        await self._connection.execute(delete(stories).where(stories.c.id.in_(gone)))

    async def drop_notices(self, before: datetime, *, limit: int) -> int:
        is_on_its_way = exists().where(deliveries.c.notice_id == notices.c.id, is_in(deliveries, DeliveryState.SENDING))
        old = select(notices.c.id).where(notices.c.at < before, ~is_on_its_way).order_by(notices.c.id).limit(limit)
        ids = (await self._connection.execute(old)).scalars().all()
        await self._connection.execute(delete(deliveries).where(deliveries.c.notice_id.in_(ids)))
        await self._connection.execute(delete(notices).where(notices.c.id.in_(ids)))
        return len(ids)

    async def drop_digests(self, before: datetime, *, limit: int) -> int:
        is_on_its_way = exists().where(deliveries.c.digest_id == digests.c.id, is_in(deliveries, DeliveryState.SENDING))
        old = (
            select(digests.c.id).where(digests.c.opened_at < before, ~is_on_its_way).order_by(digests.c.id).limit(limit)
        )
        ids = (await self._connection.execute(old)).scalars().all()
        await self._connection.execute(delete(deliveries).where(deliveries.c.digest_id.in_(ids)))
        await self._connection.execute(delete(digests).where(digests.c.id.in_(ids)))
        return len(ids)

    async def _with_merged(self, story_ids: Sequence[StoryId]) -> list[int]:
        merged = select(stories.c.id).where(stories.c.merged_into.in_(story_ids))
        return [*story_ids, *(await self._connection.execute(merged)).scalars()]

    async def old_signs(self, before: datetime, *, windows: int, limit: int) -> list[ArticleId]:
        crowded = (
            select(_f.source_id, sources.c.entries)
            .join(sources, sources.c.id == _f.source_id)
            .group_by(_f.source_id, sources.c.entries)
            .having(func.count() > windows * sources.c.entries, func.min(_f.first_seen_at) < before)
        )
        old: list[ArticleId] = []
        for row in (await self._connection.execute(crowded)).all():
            beyond = (
                select(_f.id, _f.first_seen_at)
                .where(_f.source_id == row.source_id)
                .order_by(_f.first_seen_at.desc(), _f.id.desc())
                .offset(windows * row.entries)
                .subquery()
            )
            found = select(beyond.c.id).where(beyond.c.first_seen_at < before).limit(limit - len(old))
            old += (ArticleId(number) for number in (await self._connection.execute(found)).scalars())
            if len(old) >= limit:
                break
        return old

    async def forget(self, article_ids: Sequence[ArticleId]) -> None:
        await self._connection.execute(delete(article_keys).where(article_keys.c.article_id.in_(article_ids)))
        await self._connection.execute(delete(former_articles).where(_f.id.in_(article_ids)))

    async def drop(self, leftover: Leftover, before: datetime, *, limit: int) -> int:
        table, at = _AGES[leftover]
        keys = tuple(table.primary_key.columns)
        rows = await self._connection.execute(select(*keys).where(at < before).order_by(at).limit(limit))
        old = [tuple(row) for row in rows]
        if old:
            await self._connection.execute(delete(table).where(tuple_(*keys).in_(old)))
        return len(old)


async def numbered(connection: AsyncConnection, numbers: Sequence[int]) -> Mapping[int, Article]:
    """Those of the articles that are gone and still known, by number."""
    statement = select(former_articles).where(_f.id.in_(numbers))
    return {row.id: _to_article(row) for row in await connection.execute(statement)}


def _to_article(row: Row[*tuple[Any, ...]]) -> Article:
    return Article(
        id=ArticleId(row.id),
        source_id=SourceId(row.source_id),
        story_id=_NO_STORY,
        draft=Draft(title=row.title, guid=row.guid, link=row.link, published_at=row.published_at),
        first_seen_at=row.first_seen_at,
        is_gone=True,
    )
