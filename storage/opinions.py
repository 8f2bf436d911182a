"""What people think, in the table ``opinions``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.opinion import Opinion, Stance, Tally
from bot.domain.person import Person, PersonRef
from storage import dialects
from storage.tables import opinions

_c = opinions.c
_LATEST = 3
"""How many opinions with words a story shows."""

# Every press of a button reads these; made once, they cost half of what they cost made each time.
_OF_THESE_STORIES = _c.story_id.in_(bindparam("stories", expanding=True))
_NEWEST_FIRST = (_c.at.desc(), _c.id.desc())
_TALLIES = (
    select(
        _c.story_id,
        func.count().filter(_c.stance == Stance.FOR).label("in_favour"),
        func.count().filter(_c.stance == Stance.AGAINST).label("against"),
        func.count().filter(_c.stance == Stance.MIXED).label("mixed"),
        func.count().label("voices"),
        func.count(_c.words).label("words"),
    )
    .where(_OF_THESE_STORIES)
    .group_by(_c.story_id)
)
_RANKED = (
    select(_c.id, func.row_number().over(partition_by=_c.story_id, order_by=_NEWEST_FIRST).label("rank"))
    .where(_OF_THESE_STORIES, _c.words.is_not(None))
    .subquery()
)
_NEWEST_WITH_WORDS = (
    select(opinions).where(_c.id.in_(select(_RANKED.c.id).where(_RANKED.c.rank <= _LATEST))).order_by(*_NEWEST_FIRST)
)


class DatabaseOpinions:
    """One row for each person and story."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, opinion: Opinion) -> None:
        if opinion.stance is None and not opinion.words:
            await self._connection.execute(delete(opinions).where(*_by(opinion.story_id, opinion.person.ref)))
            return
        said = {
            "name": opinion.person.name,
            "stance": opinion.stance,
            "words": opinion.words or None,
            "at": opinion.at,
        }
        statement = dialects.insert(self._connection, opinions).values(
            story_id=opinion.story_id, platform=opinion.person.ref.platform, person_id=opinion.person.ref.id, **said
        )
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[_c.story_id, _c.platform, _c.person_id], set_=said)
        )

    async def of_person(self, story_id: StoryId, person: PersonRef) -> Opinion | None:
        row = (await self._connection.execute(select(opinions).where(*_by(story_id, person)))).one_or_none()
        return _to_opinion(row) if row else None

    async def tally(self, story_id: StoryId) -> Tally:
        return (await tallies(self._connection, [story_id])).get(story_id, Tally())

    async def with_words(self, story_id: StoryId, *, limit: int, offset: int = 0) -> list[Opinion]:
        statement = (
            select(opinions)
            .where(_c.story_id == story_id, _c.words.is_not(None))
            .order_by(_c.at.desc(), _c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_to_opinion(row) for row in await self._connection.execute(statement)]


async def tallies(connection: AsyncConnection, story_ids: Sequence[StoryId]) -> Mapping[StoryId, Tally]:
    """How opinions stand on each of these stories that has any."""
    return {
        StoryId(row.story_id): Tally(
            in_favour=row.in_favour, against=row.against, mixed=row.mixed, voices=row.voices, words=row.words
        )
        for row in await connection.execute(_TALLIES, {"stories": story_ids})
    }


async def newest_with_words(
    connection: AsyncConnection, story_ids: Sequence[StoryId]
) -> Mapping[StoryId, list[Opinion]]:
    """The three newest opinions that have words on each of these stories that has any, newest first."""
    by_story: defaultdict[StoryId, list[Opinion]] = defaultdict(list)
    for row in await connection.execute(_NEWEST_WITH_WORDS, {"stories": story_ids}):
        opinion = _to_opinion(row)
        by_story[opinion.story_id].append(opinion)
    return by_story


def _by(story_id: StoryId, person: PersonRef) -> tuple[Any, ...]:
    return _c.story_id == story_id, _c.platform == person.platform, _c.person_id == person.id


def _to_opinion(row: Row[*tuple[Any, ...]]) -> Opinion:
    return Opinion(
        story_id=StoryId(row.story_id),
        person=Person(ref=PersonRef(platform=row.platform, id=row.person_id), name=row.name),
        stance=Stance(row.stance) if row.stance else None,
        words=row.words,
        at=row.at,
    )
