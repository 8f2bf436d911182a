"""Events as readers see them, in the tables ``stories`` and ``story_topics``."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import Article, ArticleId, StoryId
from bot.domain.matching import Match
from bot.domain.opinion import Tally
from bot.domain.sameness import Likeness
from bot.domain.source import SourceId
from bot.domain.story import Headline, Story, Told
from bot.domain.topic import TopicId
from storage import dialects, likeness, merging, opinions, search
from storage.articles import to_article
from storage.sources import to_source
from storage.tables import articles, sources, stories, story_topics

_c = stories.c

_TELLING = 0x74656C6C
"""The number of PostgreSQL's advisory lock for those who tell stories: "tell" in ASCII."""

# Every press of a button reads these; made once, they cost half of what they cost made each time.
_ARTICLES = (
    select(articles).where(articles.c.story_id.in_(bindparam("stories", expanding=True))).order_by(articles.c.id)
)
_THESE_ARTICLES = select(articles).where(articles.c.id.in_(bindparam("articles", expanding=True)))
_FORGET_TOPICS = delete(story_topics).where(story_topics.c.story_id.in_(bindparam("stories", expanding=True)))
_TELLERS = select(sources).where(sources.c.id.in_(bindparam("sources", expanding=True)))


class DatabaseStories:
    """A story without articles is in no list: there is nothing to show yet."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def in_turn(self) -> None:
        if dialects.is_postgresql(self._connection):
            await self._connection.execute(select(func.pg_advisory_xact_lock(_TELLING)))

    async def open(self, *, now: datetime) -> StoryId:
        statement = insert(stories).values(opened_at=now).returning(_c.id)
        return StoryId((await self._connection.execute(statement)).scalar_one())

    async def set_topics(self, story_id: StoryId, matches: Iterable[Match]) -> None:
        await self.set_all_topics({story_id: matches})

    async def set_all_topics(self, matches: Mapping[StoryId, Iterable[Match]]) -> None:
        if matches:
            await self._connection.execute(_FORGET_TOPICS, {"stories": list(matches)})
        if rows := [row for story_id, about in matches.items() for row in _topic_rows(story_id, about)]:
            await self._connection.execute(insert(story_topics), rows)

    async def topics(self, story_id: StoryId) -> list[Match]:
        statement = select(story_topics).where(story_topics.c.story_id == story_id).order_by(story_topics.c.place)
        return [
            Match(topic_id=TopicId(row.topic_id), word=row.word, paragraph=row.paragraph)
            for row in await self._connection.execute(statement)
        ]

    async def find(self, story_id: StoryId) -> Story | None:
        return (await self.find_all([story_id])).get(story_id)

    async def find_all(self, story_ids: Collection[StoryId]) -> Mapping[StoryId, Story]:
        found = {story.id: story for story in await self._load(list(story_ids))}
        missing = [story_id for story_id in story_ids if story_id not in found]
        if missing and (tellers := await self._tellers(missing)):
            told = await self.find_all(set(tellers.values()))
            found |= {gone: told[teller] for gone, teller in tellers.items() if teller in told}
        return found

    async def latest(
        self, *, topic_id: TopicId | None = None, source_id: SourceId | None = None, limit: int, offset: int = 0
    ) -> list[Story]:
        statement = select(_c.id).where(_c.at.is_not(None))
        if topic_id is not None:
            statement = statement.where(
                exists().where(story_topics.c.story_id == _c.id, story_topics.c.topic_id == topic_id)
            )
        if source_id is not None:
            statement = statement.where(exists().where(articles.c.story_id == _c.id, articles.c.source_id == source_id))
        newest = statement.order_by(_c.at.desc(), _c.id.desc()).limit(limit).offset(offset)
        return await self._load([StoryId(row.id) for row in await self._connection.execute(newest)])

    async def search(self, words: str, *, limit: int, offset: int = 0) -> list[Story]:
        return await self._load(await search.find(self._connection, words, limit=limit, offset=offset))

    async def like_these(self, wanted: Sequence[Likeness], *, not_by: SourceId, limit: int) -> list[list[Article]]:
        found = await likeness.like_these(self._connection, wanted, not_by=not_by, limit=limit)
        numbers = {number for numbers in found for number in numbers}
        if not numbers:
            return [[] for _ in found]
        rows = await self._connection.execute(_THESE_ARTICLES, {"articles": sorted(numbers)})
        by_id = {row.id: to_article(row) for row in rows}
        return [[by_id[number] for number in numbers] for numbers in found]

    async def related(self, story: Story, *, limit: int) -> list[Headline]:
        return await likeness.related(self._connection, story, limit=limit)

    async def merge(self, kept: StoryId, gone: StoryId) -> None:
        await merging.merge(self._connection, kept, gone)

    async def split(self, article_id: ArticleId, *, now: datetime) -> StoryId:
        return await merging.split(self._connection, article_id, now=now)

    async def was_told(self, story_id: StoryId) -> bool:
        if story_id < 1:
            return False
        statement = select(_c.id).where(_c.id >= story_id).limit(1)
        return (await self._connection.execute(statement)).first() is not None

    async def part(self, kept: StoryId, gone: StoryId) -> bool:
        return await merging.part(self._connection, kept, gone)

    async def count(self) -> int:
        statement = select(func.count()).select_from(stories).where(_c.at.is_not(None))
        return (await self._connection.execute(statement)).scalar_one()

    async def busiest_topics(self, *, since: datetime) -> Mapping[TopicId, int]:
        number = func.count()
        statement = (
            select(story_topics.c.topic_id, number)
            .join(stories, _c.id == story_topics.c.story_id)
            .where(_c.opened_at >= since, _c.at.is_not(None))
            .group_by(story_topics.c.topic_id)
            .order_by(number.desc(), story_topics.c.topic_id)
        )
        return {TopicId(topic): count for topic, count in await self._connection.execute(statement)}

    async def recent_with_topic(self, topic_id: TopicId, *, since: datetime) -> int:
        statement = (
            select(func.count())
            .select_from(story_topics)
            .join(stories, _c.id == story_topics.c.story_id)
            .where(story_topics.c.topic_id == topic_id, _c.opened_at >= since, _c.at.is_not(None))
        )
        return (await self._connection.execute(statement)).scalar_one()

    async def _tellers(self, story_ids: Sequence[StoryId]) -> Mapping[StoryId, StoryId]:
        """The stories that tell these, which were merged into them."""
        merged = select(_c.id, _c.merged_into).where(_c.id.in_(story_ids), _c.merged_into.is_not(None))
        rows = await self._connection.execute(merged)
        return {StoryId(gone): StoryId(teller) for gone, teller in rows if teller is not None}

    async def _load(self, story_ids: Sequence[StoryId]) -> list[Story]:
        """These stories in this order, without those that have no article; four statements however many."""
        if not story_ids:
            return []
        told = await self._told(story_ids)
        tallies = await opinions.tallies(self._connection, story_ids)
        latest = await opinions.newest_with_words(self._connection, story_ids)
        return [
            Story(
                id=story_id,
                told=tuple(told[story_id]),
                tally=tallies.get(story_id, Tally()),
                latest=tuple(latest.get(story_id, ())),
            )
            for story_id in story_ids
            if story_id in told
        ]

    async def _told(self, story_ids: Sequence[StoryId]) -> Mapping[StoryId, list[Told]]:
        told = [to_article(row) for row in await self._connection.execute(_ARTICLES, {"stories": story_ids})]
        tellers = {"sources": sorted({article.source_id for article in told})}
        by_id = {row.id: to_source(row) for row in await self._connection.execute(_TELLERS, tellers)}
        by_story: defaultdict[StoryId, list[Told]] = defaultdict(list)
        for article in told:
            by_story[article.story_id].append(Told(article=article, source=by_id[article.source_id]))
        return by_story


def _topic_rows(story_id: StoryId, matches: Iterable[Match]) -> Iterator[dict[str, Any]]:
    """Each topic once, with what said so first."""
    first: dict[TopicId, Match] = {}
    for match in matches:
        first.setdefault(match.topic_id, match)
    for place, (topic_id, match) in enumerate(first.items()):
        yield {
            "story_id": story_id,
            "topic_id": topic_id,
            "place": place,
            "word": match.word,
            "paragraph": match.paragraph,
        }
