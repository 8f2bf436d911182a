"""Texts that sources published, in the tables ``articles`` and ``article_keys``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import Article, ArticleId, Draft, Filed, NewArticle, StoryId, titles_before
from bot.domain.full_text import PageText, completed
from bot.domain.language import language_of
from bot.domain.recognition import came_out
from bot.domain.source import SourceId
from storage import attic, dialects, search
from storage.tables import article_keys, articles, sources, stories

_c = articles.c
_Asked = TypeVar("_Asked", str, int)
_MOST_ASKED = 1000
"""How many keys or articles are asked for at once; both databases take some ten thousand values in a statement."""

_KEYS_EACH = 40
"""Some publishers make up ids and links at each fetch; the rows for them must not grow for ever."""

_OWNERS = select(article_keys.c.key, article_keys.c.article_id).where(
    article_keys.c.key.in_(bindparam("keys", expanding=True))
)
_NUMBERED = select(articles).where(_c.id.in_(bindparam("numbers", expanding=True)))
_ADD = insert(articles)
_OPEN = insert(stories)
_KNOW_BY = dialects.MadeOnce(article_keys, lambda insert: insert.on_conflict_do_nothing())
_DATE_STORY = (
    update(stories)
    .where(stories.c.id == bindparam("the_story"), stories.c.at.is_(None))
    .values(at=bindparam("the_moment"))
)


class DatabaseArticles:
    """Keeps the time that a story is sorted by as its first article has it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, keys: Iterable[str]) -> Mapping[str, Article]:
        owners: dict[str, int] = {}
        for batch in _batches(list(dict.fromkeys(keys))):
            owners.update((row.key, row.article_id) for row in await self._connection.execute(_OWNERS, {"keys": batch}))
        found: dict[int, Article] = {}
        for numbers in _batches(sorted(set(owners.values()))):
            rows = await self._connection.execute(_NUMBERED, {"numbers": numbers})
            found.update({row.id: to_article(row) for row in rows})
            if gone := [number for number in numbers if number not in found]:
                found.update(await attic.numbered(self._connection, gone))
        return {key: found[number] for key, number in owners.items() if number in found}

    async def find(self, article_id: ArticleId) -> Article | None:
        row = (await self._connection.execute(select(articles).where(_c.id == article_id))).one_or_none()
        return to_article(row) if row else None

    async def latest(self, *, source_id: SourceId | None = None, limit: int, offset: int = 0) -> list[Article]:
        statement = select(articles).order_by(_c.id.desc()).limit(limit).offset(offset)
        if source_id is not None:
            statement = statement.where(_c.source_id == source_id)
        return [to_article(row) for row in await self._connection.execute(statement)]

    async def add(self, article: NewArticle) -> ArticleId:
        [filed] = await self.add_all([article])
        return filed.article_id

    async def add_all(self, new: Sequence[NewArticle]) -> list[Filed]:
        if not new:
            return []
        own = sum(article.story_id is None for article in new)
        # SQLite would be visited for each row, were it asked for the numbers that it gives.
        numbers, opened = await dialects.take_numbers(self._connection, {articles: len(new), stories: own})
        story_ids, article_ids = map(StoryId, opened), map(ArticleId, numbers)
        added = [(Filed(next(article_ids), one.story_id or next(story_ids)), one) for one in new]
        if own:
            await self._connection.execute(_OPEN, [_story(*one) for one in added if one[1].story_id is None])
        await self._connection.execute(_ADD, [_row(*one) for one in added])
        if own < len(new):
            dated = [_story_date(*one) for one in added if one[1].story_id is not None]
            await self._connection.execute(_DATE_STORY, dated)
        await self._know_by((filed.article_id, article.keys) for filed, article in added)
        await search.make_findable(self._connection, [(filed.article_id, article.draft) for filed, article in added])
        return [filed for filed, _ in added]

    async def correct(
        self,
        article_id: ArticleId,
        draft: Draft,
        *,
        keys: Iterable[str],
        now: datetime,
        page_due_at: datetime | None = None,
    ) -> Article:
        again = {"page_due_at": page_due_at, "page_tries": 0, "former_titles": await self._titles(article_id, draft)}
        statement = update(articles).where(_c.id == article_id).values(changed_at=now, **again, **_told(draft))
        row = (await self._connection.execute(statement.returning(*_c))).one()
        first = select(func.min(_c.id)).where(_c.story_id == row.story_id).scalar_subquery()
        await self._connection.execute(
            update(stories)
            .where(stories.c.id == row.story_id, first == article_id)
            .values(at=came_out(draft, row.first_seen_at))
        )
        await self.recognise(article_id, keys)
        article = to_article(row)
        await search.make_findable(self._connection, [(article_id, article.draft)])
        return article

    async def pages_due(self, now: datetime, *, limit: int) -> list[Article]:
        statement = (
            select(articles)
            .join(sources, sources.c.id == _c.source_id)
            .where(_c.page_due_at.is_not(None), _c.page_due_at <= now, sources.c.fetches_full_text)
            .order_by(_c.is_announced.desc(), _c.page_due_at, _c.id)
            .limit(limit)
        )
        return [to_article(row) for row in await self._connection.execute(statement)]

    async def set_right(self, *, now: datetime) -> int:
        is_astray = (_c.page_due_at > now, or_(_c.first_seen_at > now, _c.changed_at > now))
        return (await self._connection.execute(update(articles).where(*is_astray).values(page_due_at=now))).rowcount

    async def complete(self, article_id: ArticleId, page: PageText) -> Article:
        said = {
            "page_paragraphs": page.paragraphs,
            "page_shapes": page.shapes,
            "page_image": page.image,
            "page_caption": page.caption,
            "page_problem": page.problem,
        }
        tried = {"page_tries": _c.page_tries + 1, "page_due_at": None}
        statement = update(articles).where(_c.id == article_id).values(**said, **tried).returning(*_c)
        article = to_article((await self._connection.execute(statement)).one())
        await search.make_findable(self._connection, [(article_id, article.draft)])
        return await self._with_language(article)

    async def _with_language(self, article: Article) -> Article:
        """As its whole text has it, where that says more than what the feed gave."""
        language = language_of(article.draft)
        if language in {None, article.language}:
            return article
        await self._connection.execute(update(articles).where(_c.id == article.id).values(language=language))
        return replace(article, language=language)

    async def page_failed(self, article_id: ArticleId, problem: str, *, again_at: datetime | None) -> None:
        has_text = _c.page_paragraphs.is_not(None)
        tried = {
            "page_problem": case((has_text, _c.page_problem), else_=problem),
            "page_tries": _c.page_tries + 1,
            "page_due_at": again_at,
        }
        await self._connection.execute(update(articles).where(_c.id == article_id).values(tried))

    async def recognise(self, article_id: ArticleId, keys: Iterable[str]) -> None:
        count = select(func.count()).select_from(article_keys).where(article_keys.c.article_id == article_id)
        room = _KEYS_EACH - (await self._connection.execute(count)).scalar_one()
        await self._know_by([(article_id, tuple(keys)[: max(room, 0)])])

    async def release(self, keys: Iterable[str]) -> None:
        if released := tuple(keys):
            await self._connection.execute(delete(article_keys).where(article_keys.c.key.in_(released)))

    async def _know_by(self, known: Iterable[tuple[ArticleId, Iterable[str]]]) -> None:
        """A key that belongs to an article already stays with it."""
        rows = [{"key": key, "article_id": article_id} for article_id, keys in known for key in keys]
        if rows:
            await self._connection.execute(_KNOW_BY.on(self._connection), rows)

    async def _titles(self, article_id: ArticleId, draft: Draft) -> tuple[str, ...]:
        """What the article was called before it is called as the draft is, as far as its source called it so."""
        statement = select(_c.title, _c.has_own_title, _c.former_titles).where(_c.id == article_id)
        row = (await self._connection.execute(statement)).one()
        return titles_before(row.former_titles, row.title if row.has_own_title else draft.title, draft.title)


def _batches(asked: Sequence[_Asked]) -> Iterator[Sequence[_Asked]]:
    return (asked[start : start + _MOST_ASKED] for start in range(0, len(asked), _MOST_ASKED))


def _row(filed: Filed, article: NewArticle) -> Mapping[str, Any]:
    return {
        "id": filed.article_id,
        "story_id": filed.story_id,
        "source_id": article.source_id,
        "first_seen_at": article.first_seen_at,
        "is_announced": article.is_announced,
        "page_tries": 0,
        "former_titles": (),
        "page_due_at": article.page_due_at,
        **_told(article.draft),
    }


def _story(filed: Filed, article: NewArticle) -> Mapping[str, Any]:
    return {"id": filed.story_id, "opened_at": article.first_seen_at, "at": _came_out(article)}


def _story_date(filed: Filed, article: NewArticle) -> Mapping[str, Any]:
    return {"the_story": filed.story_id, "the_moment": _came_out(article)}


def _came_out(article: NewArticle) -> datetime:
    return came_out(article.draft, article.first_seen_at)


def to_article(row: Row[*tuple[Any, ...]]) -> Article:
    """The article that a row of all the table's columns is."""
    fed = Draft(
        title=row.title,
        paragraphs=row.paragraphs,
        shapes=row.shapes,
        teaser=row.teaser,
        guid=row.guid,
        link=row.link,
        author=row.author,
        image=row.image,
        caption=row.caption,
        published_at=row.published_at,
        is_complete=row.is_complete,
        has_own_title=row.has_own_title,
    )
    draft = completed(fed, _page(row))
    return Article(
        id=ArticleId(row.id),
        source_id=SourceId(row.source_id),
        story_id=StoryId(row.story_id),
        draft=draft,
        first_seen_at=row.first_seen_at,
        changed_at=row.changed_at,
        as_fed=None if draft is fed else fed,
        caption=row.caption or row.page_caption,
        is_announced=row.is_announced,
        page_problem=row.page_problem,
        page_tries=row.page_tries,
        former_titles=row.former_titles,
        language=row.language,
    )


def _page(row: Row[*tuple[Any, ...]]) -> PageText | None:
    if row.page_paragraphs is None:
        return None
    return PageText(
        paragraphs=row.page_paragraphs,
        shapes=row.page_shapes or (),
        image=row.page_image,
        problem=row.page_problem,
    )


def _told(draft: Draft) -> Mapping[str, Any]:
    return {
        "title": draft.title,
        "paragraphs": draft.paragraphs,
        "shapes": draft.shapes,
        "teaser": draft.teaser,
        "guid": draft.guid,
        "link": draft.link,
        "author": draft.author,
        "image": draft.image,
        "caption": draft.caption,
        "published_at": draft.published_at,
        "is_complete": draft.is_complete,
        "has_own_title": draft.has_own_title,
        "language": language_of(draft),
    }
