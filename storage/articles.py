"""Texts that sources published, in the tables ``articles`` and ``article_keys``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import Article, ArticleId, Draft, NewArticle, StoryId
from bot.domain.source import SourceId
from storage import dialects, search
from storage.tables import article_keys, articles, stories

_c = articles.c
_MOST_KEYS = 1000
"""How many keys are asked for at once; both databases take at most some ten thousand values in a statement."""


class DatabaseArticles:
    """Keeps the time that a story is sorted by as its first article has it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, keys: Iterable[str]) -> Mapping[str, Article]:
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Article] = {}
        for start in range(0, len(wanted), _MOST_KEYS):
            statement = (
                select(article_keys.c.key, articles)
                .join_from(article_keys, articles, _c.id == article_keys.c.article_id)
                .where(article_keys.c.key.in_(wanted[start : start + _MOST_KEYS]))
            )
            found.update({row.key: to_article(row) for row in await self._connection.execute(statement)})
        return found

    async def add(self, article: NewArticle) -> ArticleId:
        draft, seen = article.draft, article.first_seen_at
        statement = insert(articles).values(
            story_id=article.story_id, source_id=article.source_id, first_seen_at=seen, **_told(draft)
        )
        added = ArticleId((await self._connection.execute(statement.returning(_c.id))).scalar_one())
        await self._connection.execute(
            update(stories)
            .where(stories.c.id == article.story_id, stories.c.at.is_(None))
            .values(at=min(draft.published_at or seen, seen))
        )
        await self._recognise(added, article.keys)
        await search.make_findable(self._connection, added, draft)
        return added

    async def correct(self, article_id: ArticleId, draft: Draft, *, keys: Iterable[str], now: datetime) -> None:
        statement = update(articles).where(_c.id == article_id).values(changed_at=now, **_told(draft))
        row = (await self._connection.execute(statement.returning(_c.story_id, _c.first_seen_at))).one()
        first = select(func.min(_c.id)).where(_c.story_id == row.story_id).scalar_subquery()
        await self._connection.execute(
            update(stories)
            .where(stories.c.id == row.story_id, first == article_id)
            .values(at=min(draft.published_at or row.first_seen_at, row.first_seen_at))
        )
        await self._recognise(article_id, keys)
        await search.make_findable(self._connection, article_id, draft)

    async def _recognise(self, article_id: ArticleId, keys: Iterable[str]) -> None:
        """A key that belongs to an article already stays with it."""
        rows = [{"key": key, "article_id": article_id} for key in keys]
        if rows:
            statement = dialects.insert(self._connection, article_keys).on_conflict_do_nothing()
            await self._connection.execute(statement, rows)


def to_article(row: Row[*tuple[Any, ...]]) -> Article:
    """The article that a row of all the table's columns is."""
    return Article(
        id=ArticleId(row.id),
        source_id=SourceId(row.source_id),
        story_id=StoryId(row.story_id),
        draft=Draft(
            title=row.title,
            paragraphs=row.paragraphs,
            teaser=row.teaser,
            guid=row.guid,
            link=row.link,
            author=row.author,
            image=row.image,
            published_at=row.published_at,
            is_complete=row.is_complete,
            has_own_title=row.has_own_title,
        ),
        first_seen_at=row.first_seen_at,
        changed_at=row.changed_at,
    )


def _told(draft: Draft) -> Mapping[str, Any]:
    return {
        "title": draft.title,
        "paragraphs": draft.paragraphs,
        "teaser": draft.teaser,
        "guid": draft.guid,
        "link": draft.link,
        "author": draft.author,
        "image": draft.image,
        "published_at": draft.published_at,
        "is_complete": draft.is_complete,
        "has_own_title": draft.has_own_title,
    }
