"""Making one story of two and two of one, in all tables that speak of stories.

A story that was merged keeps its row and its deliveries: its cards stand in channels, and their buttons carry its
number. ``merged_into`` says who answers for it.
"""

from datetime import datetime

from sqlalchemy import and_, case, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import ArticleId, StoryId
from bot.domain.delivery import DeliveryKind, DeliveryState
from storage.outbox import is_in, is_of
from storage.tables import articles, deliveries, digest_stories, digests, opinions, stories, story_topics


async def merge(connection: AsyncConnection, kept: StoryId, gone: StoryId) -> None:
    """See ``StoryStore.merge``."""
    moved = {"story_id": kept, "merged_from": gone}
    await connection.execute(update(articles).where(articles.c.story_id == gone).values(moved))
    belongs = or_(stories.c.id == gone, stories.c.merged_into == gone)
    await connection.execute(update(stories).where(belongs).values(merged_into=kept, at=None))
    await connection.execute(delete(story_topics).where(story_topics.c.story_id == gone))
    await _opinions_follow(connection, kept, gone)
    await _forget_promises(connection, kept, gone)
    await _set_time(connection, kept)


async def part(connection: AsyncConnection, kept: StoryId, gone: StoryId) -> bool:
    """See ``StoryStore.part``."""
    came_from_it = and_(articles.c.story_id == kept, articles.c.merged_from == gone)
    is_merged = exists().where(stories.c.id == gone, stories.c.merged_into == kept)
    back = {"story_id": gone, "merged_from": None}
    moved = await connection.execute(update(articles).where(came_from_it, is_merged).values(back))
    if not moved.rowcount:
        return False
    await _revived(connection, gone, kept)
    await _set_time(connection, kept)
    await _set_time(connection, gone)
    return True


async def split(connection: AsyncConnection, article_id: ArticleId, *, now: datetime) -> StoryId:
    """See ``StoryStore.split``."""
    its = select(articles.c.story_id, articles.c.merged_from).where(articles.c.id == article_id)
    row = (await connection.execute(its)).one()
    own = await _revived(connection, row.merged_from, row.story_id) or await _opened(connection, now)
    alone = {"story_id": own, "merged_from": None}
    await connection.execute(update(articles).where(articles.c.id == article_id).values(alone))
    await _set_time(connection, StoryId(row.story_id))
    await _set_time(connection, own)
    return own


async def _revived(connection: AsyncConnection, story_id: int | None, merged_into: int) -> StoryId | None:
    """The story that the article was told in, if it was merged into this one: its cards show it again."""
    freed = (
        update(stories)
        .where(stories.c.id == story_id, stories.c.merged_into == merged_into)
        .values(merged_into=None)
        .returning(stories.c.id)
    )
    found = (await connection.execute(freed)).scalar_one_or_none()
    return None if found is None else StoryId(found)


async def _opened(connection: AsyncConnection, now: datetime) -> StoryId:
    return StoryId(
        (await connection.execute(insert(stories).values(opened_at=now).returning(stories.c.id))).scalar_one()
    )


async def _opinions_follow(connection: AsyncConnection, kept: StoryId, gone: StoryId) -> None:
    """Of a person's two the later one stays; the other would be one voice counted twice."""
    mine, other = opinions.c, opinions.alias("other")
    same_person = and_(other.c.platform == mine.platform, other.c.person_id == mine.person_id)
    for loser, winner, is_later in ((kept, gone, other.c.at > mine.at), (gone, kept, other.c.at >= mine.at)):
        beaten = exists().where(same_person, other.c.story_id == winner, is_later)
        await connection.execute(delete(opinions).where(mine.story_id == loser, beaten))
    await connection.execute(update(opinions).where(mine.story_id == gone).values(story_id=kept))


async def _forget_promises(connection: AsyncConnection, kept: StoryId, gone: StoryId) -> None:
    """A channel that has one of the two is not sent the other; what nobody has tried to send is nowhere yet."""
    mine, other = deliveries.c, deliveries.alias("other")
    has_not_begun = and_(is_in(deliveries, DeliveryState.PENDING, DeliveryState.PAUSED), mine.attempt == 0)
    for later, sooner in ((gone, kept), (kept, gone)):
        has_it = or_(
            exists().where(
                other.c.channel_id == mine.channel_id, other.c.story_id == sooner, is_of(other, DeliveryKind.HEADLINE)
            ),
            exists().where(
                digests.c.channel_id == mine.channel_id,
                digests.c.id == digest_stories.c.digest_id,
                digest_stories.c.story_id == sooner,
            ),
        )
        await connection.execute(
            delete(deliveries).where(
                mine.story_id == later, is_of(deliveries, DeliveryKind.HEADLINE), has_not_begun, has_it
            )
        )


async def _set_time(connection: AsyncConnection, story_id: StoryId) -> None:
    """A story is sorted by the time of its first article, and by none while it has no article."""
    seen, said = articles.c.first_seen_at, articles.c.published_at
    first = (
        select(case((said < seen, said), else_=seen))
        .where(articles.c.story_id == story_id)
        .order_by(articles.c.id)
        .limit(1)
        .scalar_subquery()
    )
    await connection.execute(update(stories).where(stories.c.id == story_id).values(at=first))
