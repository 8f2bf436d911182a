"""Finding what shares telling words.

Of each word only the newest articles that have it are looked at: that bounds the work whatever the word, and lets the
rare words count, since one that many have tells next to nothing.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import bindparam, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.empty_words import EMPTY_WORDS
from bot.domain.findable import indexed_words
from bot.domain.sameness import Likeness
from bot.domain.source import SourceId
from bot.domain.story import Headline, Story
from storage import dialects
from storage.column_types import Moment, Number
from storage.tables import articles, stories

_MOST_WORDS = 12

_NEWEST = 100
"""Articles with a word that are looked at."""

_CLOSEST = 50
_FEWEST_RELATED = 2
_SHORTEST = 4
"""Letters of a word that makes stories related; most shorter ones are grammar."""

# Of SQLite one statement asks for all words of a document: words go in and the numbers of articles come out as JSON.
# PostgreSQL is asked for some at a time, each a value of its own: knowing the word, its planner walks back through
# the newest articles for a common one and takes the index for a rare one; not knowing it, it walks through all of them.
_HAVING_ON_SQLITE = text(f"""
    SELECT asked.value AS word, (
        SELECT json_group_array(rowid) FROM (
            SELECT rowid FROM article_index WHERE article_index MATCH asked.value ORDER BY rowid DESC LIMIT {_NEWEST}
        )
    ) AS holders
    FROM json_each(:words) AS asked
""")  # noqa: S608  # the number is ours
_ONE_HAVING = f"""
    ARRAY(
        SELECT article_id FROM article_words WHERE words @@ CAST(:word_{{}} AS tsquery)
        ORDER BY article_id DESC LIMIT {_NEWEST}
    )
"""  # noqa: S608  # the number is ours
_HAVING_ON_POSTGRESQL = text(f"SELECT {','.join(map(_ONE_HAVING.format, range(_MOST_WORDS)))}")
_NO_WORD = "~"
"""Stands where there are fewer words: it is in no text, since texts are cut into letters and digits."""

_teller = articles.alias("teller")
_OF_OTHERS = (
    select(articles.c.id, stories.c.at)
    .join_from(articles, stories, stories.c.id == articles.c.story_id)
    .where(
        articles.c.id.in_(bindparam("articles", expanding=True)),
        stories.c.at >= bindparam("since", type_=Moment),
        ~exists().where(
            _teller.c.story_id == articles.c.story_id, _teller.c.source_id == bindparam("the_source", type_=Number)
        ),
    )
)
_TITLES = select(articles.c.id, articles.c.story_id, articles.c.title).where(
    articles.c.id.in_(bindparam("articles", expanding=True))
)


async def like_these(
    connection: AsyncConnection, wanted: Sequence[Likeness], *, not_by: SourceId, limit: int
) -> list[list[int]]:
    """The ids of the articles that ``StoryStore.like_these`` speaks of."""
    asked = [indexed_words(" ".join(one.words))[:_MOST_WORDS] for one in wanted]
    having = await _having(connection, list(set(chain.from_iterable(asked))))
    close = [_closest(words, having, at_least=one.at_least) for words, one in zip(asked, wanted, strict=True)]
    told_at = await _of_others(connection, close, not_by=not_by, since=min((one.since for one in wanted), default=None))
    return [
        [number for number in numbers if number in told_at and told_at[number] >= one.since][:limit]
        for numbers, one in zip(close, wanted, strict=True)
    ]


async def related(connection: AsyncConnection, story: Story, *, limit: int) -> list[Headline]:
    """See ``StoryStore.related``."""
    telling = [word for word in indexed_words(story.title) if len(word) >= _SHORTEST and word not in EMPTY_WORDS]
    having = await _having(connection, telling[:_MOST_WORDS])
    close = _closest(telling[:_MOST_WORDS], having, at_least=_FEWEST_RELATED)
    if not close:
        return []
    rows = {row.id: row for row in await connection.execute(_TITLES, {"articles": close})}
    found: dict[StoryId, Headline] = {}
    for row in (rows[number] for number in close):  # several articles may tell one story
        if row.story_id != story.id:
            found.setdefault(StoryId(row.story_id), Headline(id=StoryId(row.story_id), title=row.title))
    return list(found.values())[:limit]


async def _having(connection: AsyncConnection, words: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """The newest articles that have the word, for each of the words; these are of letters and digits alone."""
    if not words:
        return {}
    if not dialects.is_postgresql(connection):
        asked = json.dumps([f'"{word}"' for word in words])
        rows = await connection.execute(_HAVING_ON_SQLITE, {"words": asked})
        return {row.word.strip('"'): json.loads(row.holders) for row in rows}
    found: dict[str, Sequence[int]] = {}
    for start in range(0, len(words), _MOST_WORDS):
        some = words[start : start + _MOST_WORDS]
        padded = [*some, *[_NO_WORD] * _MOST_WORDS][:_MOST_WORDS]
        values = {f"word_{place}": f"'{word}'" for place, word in enumerate(padded)}
        found.update(zip(some, (await connection.execute(_HAVING_ON_POSTGRESQL, values)).one(), strict=False))
    return found


def _closest(words: Iterable[str], having: Mapping[str, Sequence[int]], *, at_least: int) -> list[int]:
    """The articles that have enough of the words: those with most first, then the newest."""
    shared = Counter(chain.from_iterable(having.get(word, ()) for word in words))
    close = [(count, number) for number, count in shared.items() if count >= at_least]
    return [number for _, number in sorted(close, reverse=True)[:_CLOSEST]]


async def _of_others(
    connection: AsyncConnection, close: Iterable[Sequence[int]], *, not_by: SourceId, since: datetime | None
) -> Mapping[int, datetime]:
    """Those of the articles whose stories began since then and are not told by the source, with when they began."""
    numbers = sorted(set(chain.from_iterable(close)))
    if not numbers:
        return {}
    values = {"articles": numbers, "the_source": not_by, "since": since}
    return {row.id: row.at for row in await connection.execute(_OF_OTHERS, values) if row.at is not None}
