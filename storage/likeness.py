"""Finding what shares telling words, the rarer the word the more it counts.

Of each word only the newest articles that have it are looked at: that bounds the work whatever the word, and a word
that so many have tells next to nothing anyway.
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
from storage import dialects
from storage.column_types import Moment, Number
from storage.search import index, indexed_words
from storage.tables import article_words, articles, stories

_MOST_WORDS = 16
_NO_WORD = "~"
"""Stands where there are fewer words: it is in no text, since texts are cut into letters and digits."""

_NEWEST = 100
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


async def related(connection: AsyncConnection, story_id: StoryId, title: str, *, limit: int) -> list[StoryId]:
    """The ids of the stories that ``StoryStore.related`` speaks of."""
    is_postgresql = dialects.is_postgresql(connection)
    telling = [word for word in indexed_words(title) if len(word) >= _SHORTEST and word not in EMPTY_WORDS]
    values = {**_asked(telling, is_postgresql=is_postgresql), "the_story": story_id, "at_most": limit}
    found = await connection.execute(_related(is_postgresql=is_postgresql), values)
    return [StoryId(number) for number in found.scalars()]


def _asked(words: Sequence[str], *, is_postgresql: bool) -> dict[str, Any]:
    quote = "'" if is_postgresql else '"'
    padded = [*words, *[_NO_WORD] * _MOST_WORDS][:_MOST_WORDS]
    return {f"word_{place}": f"{quote}{word}{quote}" for place, word in enumerate(padded)}


# A statement of sixteen searches takes longer to be put together than to be answered, so each is made once.


@cache
def _like_this(*, is_postgresql: bool) -> Select[int]:
    hits, shared = _shared(is_postgresql=is_postgresql)
    knows_the_source = exists().where(
        _teller.c.story_id == articles.c.story_id, _teller.c.source_id == bindparam("the_source", type_=Number)
    )
    return (
        select(articles.c.id)
        .join_from(hits, articles, articles.c.id == hits.c.article_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.at >= bindparam("the_moment", type_=Moment), ~knows_the_source)
        .group_by(articles.c.id)
        .having(func.count() >= bindparam("at_least", type_=Number))
        .order_by(shared.desc(), articles.c.id.desc())
        .limit(bindparam("at_most", type_=Number))
    )


@cache
def _related(*, is_postgresql: bool) -> Select[int]:
    hits, shared = _shared(is_postgresql=is_postgresql)
    return (
        select(articles.c.story_id)
        .join_from(hits, articles, articles.c.id == hits.c.article_id)
        .where(articles.c.story_id != bindparam("the_story", type_=Number))
        .group_by(articles.c.story_id)
        .having(func.count(hits.c.word.distinct()) >= _FEWEST_RELATED)
        .order_by(shared.desc(), articles.c.story_id.desc())
        .limit(bindparam("at_most", type_=Number))
    )


def _shared(*, is_postgresql: bool) -> tuple[Subquery, ColumnElement[float]]:
    """Which article has which word, and the sum of how rare these are."""
    found = union_all(
        *(
            _having(place, bindparam(f"word_{place}", type_=Text), is_postgresql=is_postgresql)
            for place in range(_MOST_WORDS)
        )
    ).subquery("found")
    among = func.count().over(partition_by=found.c.word)
    hits = select(found.c.word, found.c.article_id, (literal(1.0) / among).label("weight")).subquery("hits")
    return hits, func.sum(hits.c.weight)


def _having(place: int, word: BindParameter[str], *, is_postgresql: bool) -> Select[int, int]:
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
    some = newest.limit(_NEWEST).subquery()
    return select(literal(place, Number).label("word"), some.c.article_id)
