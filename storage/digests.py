"""Stories that are told together, in the tables ``digests`` and ``digest_stories``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, insert, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId
from bot.domain.delivery import DeliveryKind
from bot.domain.digest import Digest, DigestId
from bot.domain.source import SourceId
from bot.domain.story import Headline, Story
from storage import dialects, readership
from storage.column_types import Moment, Number
from storage.promises import insert_new, new_row
from storage.stories import DatabaseStories
from storage.tables import channels, digest_stories, digests, sources, stories

_c = digests.c
_ALWAYS: ColumnElement[bool] = literal_column("1 = 1")
"""What an INSERT … SELECT is asked with, or SQLite takes its ON CONFLICT for a join's ON."""


class DatabaseDigests:
    """Each channel has a digest of its own, with what it follows."""

    def __init__(self, connection: AsyncConnection, told: DatabaseStories) -> None:
        self._connection = connection
        self._told = told

    async def promise(
        self, source_id: SourceId, story_ids: Sequence[StoryId], *, now: datetime, due: datetime | None = None
    ) -> int:
        for place, story_id in enumerate(story_ids):
            # Asked once here and not of every follower.
            is_told = (await self._connection.execute(readership.is_told(story_id))).scalar_one()
            readers = _unaware(story_id) if is_told else readership.followers(story_id)
            await self._open_where_missing(source_id, readers, now=now)
            await self._add(source_id, story_id, place, readers, now=now)
        row = new_row(DeliveryKind.DIGEST, digest_id=_c.id, due=max(now, due or now))
        opened = select(*row.values()).join_from(digests, channels, channels.c.id == _c.channel_id)
        return await insert_new(self._connection, row, opened.where(_c.source_id == source_id, _c.opened_at == now))

    async def gather(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> DigestId:
        opened = insert(digests).values(channel_id=channel_id, source_id=None, opened_at=now).returning(_c.id)
        digest_id = (await self._connection.execute(opened)).scalar_one()
        told = [
            {"digest_id": digest_id, "story_id": story_id, "place": place} for place, story_id in enumerate(story_ids)
        ]
        await self._connection.execute(insert(digest_stories), told)
        row = new_row(DeliveryKind.DIGEST, digest_id=literal(digest_id, Number), due=now)
        await insert_new(self._connection, row, select(*row.values()).where(channels.c.id == channel_id))
        return DigestId(digest_id)

    async def find(self, digest_id: DigestId, *, headlines: int) -> Digest | None:
        told = await self._numbers(digest_id)
        newest = await self._stories(told[:headlines])
        if not newest:
            return None
        its_source = select(sources.c.title).join(digests, _c.source_id == sources.c.id).where(_c.id == digest_id)
        return Digest(
            id=digest_id,
            source=(await self._connection.execute(its_source)).scalar_one_or_none(),
            count=len(told),
            headlines=tuple(Headline(id=story.id, title=story.title) for story in newest),
        )

    async def stories(self, digest_id: DigestId, *, limit: int, offset: int = 0) -> list[Story]:
        told = await self._numbers(digest_id)
        return await self._stories(told[offset : offset + limit])

    async def _stories(self, numbers: Sequence[StoryId]) -> list[Story]:
        found = await self._told.find_all(numbers)
        return [found[number] for number in numbers if number in found]

    async def _numbers(self, digest_id: DigestId) -> list[StoryId]:
        """The stories in it, each once under the number that it has now, newest first."""
        tells_it = func.coalesce(stories.c.merged_into, stories.c.id)
        told = (
            select(tells_it)
            .join_from(digest_stories, stories, stories.c.id == digest_stories.c.story_id)
            .where(digest_stories.c.digest_id == digest_id)
            .order_by(digest_stories.c.place)
        )
        numbers = (await self._connection.execute(told)).scalars()
        return [StoryId(number) for number in dict.fromkeys(numbers) if number is not None]

    async def _open_where_missing(self, source_id: SourceId, readers: Subquery, *, now: datetime) -> None:
        """A digest for every channel that is to be told of the story."""
        rows = select(readers.c.channel_id, literal(source_id, Number), literal(now, Moment)).where(_ALWAYS)
        columns = ("channel_id", "source_id", "opened_at")
        statement = dialects.insert(self._connection, digests).from_select(columns, rows)
        await self._connection.execute(statement.on_conflict_do_nothing())

    async def _add(
        self, source_id: SourceId, story_id: StoryId, place: int, readers: Subquery, *, now: datetime
    ) -> None:
        """Write the story into those digests."""
        rows = (
            select(_c.id, literal(story_id, Number), literal(place, Number))
            .join_from(readers, digests, _c.channel_id == readers.c.channel_id)
            .where(_c.source_id == source_id, _c.opened_at == now)
        )
        columns = ("digest_id", "story_id", "place")
        statement = dialects.insert(self._connection, digest_stories).from_select(columns, rows)
        await self._connection.execute(statement.on_conflict_do_nothing())


def _unaware(story_id: StoryId) -> Subquery:
    """Those followers that were not told of the story in any way."""
    follower = readership.followers(story_id)
    unaware = select(follower.c.channel_id).where(~readership.knows(story_id, follower.c.channel_id))
    return unaware.subquery("unaware")
