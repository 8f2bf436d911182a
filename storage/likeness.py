"""Finding what shares telling words.

Of each word only the newest articles that have it are looked at: that bounds the work whatever the word, and lets the
rare words count, since one that many have tells next to nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.empty_words import EMPTY_WORDS
from bot.domain.source import SourceId
from bot.domain.story import Headline, Story
from storage import dialects
from storage.column_types import Moment, Number
from storage.search import index, indexed_words
from storage.tables import article_words, articles, stories

_MOST_WORDS = 12
_NO_WORD = "~"
"""Stands where there are fewer words: it is in no text, since texts are cut into letters and digits."""

_NEWEST = 100
"""Articles with a word that are looked at."""

_CLOSEST = 50
_FEWEST_RELATED = 2
_SHORTEST = 4
"""Letters of a word that makes stories related; most shorter ones are grammar."""

_teller = articles.alias("teller")


async def like_this(
    connection: AsyncConnection, words: Sequence[str], *, at_least: int, not_by: SourceId, since: datetime, limit: int
) -> list[int]:
    """The ids of the articles that ``StoryStore.like_this`` speaks of."""
    is_postgresql = dialects.is_postgresql(connection)
    asked = _asked(indexed_words(" ".join(words)), is_postgresql=is_postgresql)
    values = {**asked, "at_least": at_least, "the_source": not_by, "the_moment": since, "at_most": limit}
    return list((await connection.execute(_like_this(is_postgresql=is_postgresql), values)).scalars())


async def related(connection: AsyncConnection, story: Story, *, limit: int) -> list[Headline]:
    """See ``StoryStore.related``."""
    is_postgresql = dialects.is_postgresql(connection)
    telling = [word for word in indexed_words(story.title) if len(word) >= _SHORTEST and word not in EMPTY_WORDS]
    values = {**_asked(telling, is_postgresql=is_postgresql), "the_story": story.id}
    found: dict[StoryId, Headline] = {}
    for row in await connection.execute(_related(is_postgresql=is_postgresql), values):
        found.setdefault(StoryId(row.story_id), Headline(id=StoryId(row.story_id), title=row.title))
    return list(found.values())[:limit]


def _asked(words: Sequence[str], *, is_postgresql: bool) -> dict[str, Any]:
    quote = "'" if is_postgresql else '"'
    padded = [*words, *[_NO_WORD] * _MOST_WORDS][:_MOST_WORDS]
    return {f"word_{place}": f"{quote}{word}{quote}" for place, word in enumerate(padded)}


# A statement of twelve searches takes longer to be put together than to be answered, so each is made once.


@cache
def _like_this(*, is_postgresql: bool) -> Select[int]:
    close = _sharing(bindparam("at_least", type_=Number), is_postgresql=is_postgresql)
    knows_the_source = exists().where(
        _teller.c.story_id == articles.c.story_id, _teller.c.source_id == bindparam("the_source", type_=Number)
    )
    return (
        select(articles.c.id)
        .join_from(close, articles, articles.c.id == close.c.article_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.at >= bindparam("the_moment", type_=Moment), ~knows_the_source)
        .order_by(close.c.shared.desc(), articles.c.id.desc())
        .limit(bindparam("at_most", type_=Number))
    )


@cache
def _related(*, is_postgresql: bool) -> Select[int, str]:
    """Articles; several may tell one story."""
    close = _sharing(literal(_FEWEST_RELATED, Number), is_postgresql=is_postgresql)
    return (
        select(articles.c.story_id, articles.c.title)
        .join_from(close, articles, articles.c.id == close.c.article_id)
        .where(articles.c.story_id != bindparam("the_story", type_=Number))
        .order_by(close.c.shared.desc(), articles.c.id.desc())
    )


def _sharing(at_least: ColumnElement[int], *, is_postgresql: bool) -> Subquery:
    """How many of the words an article has that has enough of them; the newest of those with most."""
    words = [bindparam(f"word_{place}", type_=Text) for place in range(_MOST_WORDS)]
    hits = union_all(*(_having(word, is_postgresql=is_postgresql) for word in words)).subquery("hits")
    shared = func.count().label("shared")
    return (
        select(hits.c.article_id, shared)
        .group_by(hits.c.article_id)
        .having(func.count() >= at_least)
        .order_by(shared.desc(), hits.c.article_id.desc())
        .limit(_CLOSEST)
        .subquery("close")
    )


def _having(word: BindParameter[str], *, is_postgresql: bool) -> Select[int]:
    """The newest articles that have the word."""
    if is_postgresql:
        newest = (
            select(article_words.c.article_id)
            .where(article_words.c.words.op("@@", is_comparison=True)(cast(word, TSQUERY)))
            .order_by(article_words.c.article_id.desc())
        )
    else:
        newest = (
            select(index.c.rowid.label("article_id"))
            .where(index.c.article_index.op("MATCH")(word))
            .order_by(index.c.rowid.desc())
        )
    return select(newest.limit(_NEWEST).subquery().c.article_id)
