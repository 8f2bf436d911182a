"""Finding stories by words, with the same words on both databases.

Texts are cut and folded by the domain's own rules before they are stored, and so is what a person types: only letters
and digits ever reach a database's query language. A telling of a story is found by all the words in it together.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, column, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import ArticleId, Draft, StoryId
from bot.domain.findable import findable, indexed_words
from storage import dialects
from storage.tables import article_words, articles, stories

_NEWEST = 1000
"""How many of the newest hits are ranked; ranking every hit of a common word takes half a second in a million texts."""

index = table("article_index", column("rowid"), column("article_index"))
"""SQLite's full-text index over ``article_words`` (sqlite.org/fts5.html#external_content_tables)."""


def _instead(insert: dialects.Insert) -> dialects.Insert:
    words = {"title": insert.excluded.title, "words": insert.excluded.words}
    return insert.on_conflict_do_update(index_elements=[article_words.c.article_id], set_=words)


_MAKE_FINDABLE = dialects.MadeOnce(article_words, _instead)


async def make_findable(connection: AsyncConnection, told: Sequence[tuple[ArticleId, Draft]]) -> None:
    """Let the articles be found by the words they have now and by no others."""
    is_quick = all(draft.wording for _, draft in told)
    rows = _rows(told) if is_quick else await asyncio.to_thread(_rows, told)
    await connection.execute(_MAKE_FINDABLE.on(connection), rows)


async def find(connection: AsyncConnection, typed: str, *, limit: int, offset: int) -> list[StoryId]:
    """The stories that hold all the words typed, the last one perhaps a beginning: most of them in the title first,
    then the newest.
    """
    terms = indexed_words(typed)
    if not terms:
        return []
    hits = [(row.story_id, row.title) for row in await connection.execute(_newest(connection, terms))]
    ranked = sorted(hits, key=lambda hit: -_in_title(hit[1], terms))  # stable: among equals the newest stays first
    found = list(dict.fromkeys(StoryId(story_id) for story_id, _ in ranked))
    return found[offset : offset + limit]


def _newest(connection: AsyncConnection, terms: Sequence[str]) -> Select[tuple[int, str]]:
    hits = select(article_words.c.article_id, article_words.c.title)
    if dialects.is_postgresql(connection):
        hits = hits.where(_holds_all(terms)).order_by(article_words.c.article_id.desc())
    else:
        wanted = " ".join(f'"{term}"' for term in terms) + "*"
        hits = (
            hits.join_from(index, article_words, article_words.c.article_id == index.c.rowid)
            .where(index.c.article_index.op("MATCH")(wanted))
            .order_by(index.c.rowid.desc())
        )
    newest = hits.limit(_NEWEST).subquery("newest")
    return (
        select(articles.c.story_id, newest.c.title)
        .join_from(newest, articles, articles.c.id == newest.c.article_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .order_by(stories.c.at.desc(), articles.c.id.desc())
    )


def _holds_all(terms: Sequence[str]) -> ColumnElement[bool]:
    wanted = " & ".join(f"'{term}'" for term in terms) + ":*"
    return article_words.c.words.op("@@", is_comparison=True)(cast(literal(wanted, Text), TSQUERY))


def _in_title(title: str, terms: Sequence[str]) -> int:
    """How many of the terms stand in the title."""
    words = title.split()
    whole = len(set(terms[:-1]).intersection(words))
    return whole + any(word.startswith(terms[-1]) for word in words)


def _rows(told: Iterable[tuple[ArticleId, Draft]]) -> list[dict[str, Any]]:
    return [{"article_id": article_id, **findable(draft)._asdict()} for article_id, draft in told]
