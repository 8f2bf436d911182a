"""What the outbox remembers, in the tables ``deliveries`` and ``attempts``."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef
from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState, RateLimit, Waited
from bot.domain.history import Attempt, GivenUp, Trace
from storage.places import to_receipt, to_ref
from storage.readership import is_or_was
from storage.tables import articles, attempts, channels, deliveries, digest_stories, digests

_c = attempts.c
_d = deliveries.c
_TOLD_FIRST = tuple(DeliveryKind)
_LONG_AGO = timedelta(days=1)


async def traces(connection: AsyncConnection, channel_id: ChannelId, story_id: StoryId) -> list[Trace]:
    """See ``DeliveryStore.traces``."""
    listed = (
        select(digests.c.id)
        .join(digest_stories, digest_stories.c.digest_id == digests.c.id)
        .where(digests.c.channel_id == channel_id, is_or_was(digest_stories.c.story_id, story_id))
    )
    statement = (
        select(deliveries)
        .where(_d.channel_id == channel_id, or_(is_or_was(_d.story_id, story_id), _d.digest_id.in_(listed)))
        .order_by(_d.id)
    )
    traces = [_to_trace(row, story_id) for row in await connection.execute(statement)]
    return sorted(traces, key=lambda trace: _TOLD_FIRST.index(trace.kind))


async def in_channel(
    connection: AsyncConnection, channel_id: ChannelId, *, since: datetime, until: datetime
) -> list[Attempt]:
    """See ``DeliveryStore.attempts``."""
    statement = (
        select(attempts)
        .where(_c.channel_id == channel_id, _c.ended_at >= since, _c.ended_at <= until)
        .order_by(_c.ended_at, _c.id)
    )
    return [_to_attempt(row) for row in await connection.execute(statement)]


async def asked_to_wait(connection: AsyncConnection, platform: str, *, now: datetime) -> dict[ChannelRef, datetime]:
    """See ``DeliveryStore.asked_to_wait``."""
    its = channels.c
    statement = (
        select(its.platform, its.place, its.thread, func.max(_c.again_at).label("until"))
        .join(channels, its.id == _c.channel_id)
        .where(
            _c.ended_at > now - _LONG_AGO,
            _c.ended_at <= now,
            _c.again_at > now,
            _c.rate_limit == RateLimit.ASKED,
            its.platform == platform,
        )
        .group_by(its.platform, its.place, its.thread)
    )
    return {to_ref(row): row.until for row in await connection.execute(statement)}


async def given_up(connection: AsyncConnection, channel_id: ChannelId, *, since: datetime, limit: int) -> list[GivenUp]:
    """See ``DeliveryStore.given_up``. Nothing but the title is read: the rest may be what cannot be."""
    told = articles.alias()
    first = select(func.min(told.c.id)).where(told.c.story_id == _d.story_id).correlate(deliveries).scalar_subquery()
    statement = (
        select(articles.c.title, _c.reason)
        .join(deliveries, and_(_d.id == _c.delivery_id, _d.kind == DeliveryKind.HEADLINE))
        .join(articles, articles.c.id == first)
        .where(_c.channel_id == channel_id, _c.ended_at >= since, _c.became == DeliveryState.BURIED)
        .order_by(_c.ended_at.desc(), _c.id.desc())
        .limit(limit)
    )
    return [GivenUp(title=row.title, reason=row.reason) for row in await connection.execute(statement)]


async def forget(connection: AsyncConnection, *, before: datetime, limit: int) -> int:
    """See ``DeliveryStore.forget_attempts``."""
    oldest = select(_c.id).where(_c.ended_at < before).order_by(_c.ended_at).limit(limit)
    return (await connection.execute(delete(attempts).where(_c.id.in_(oldest)))).rowcount


def _to_trace(row: Row[*tuple[Any, ...]], asked: StoryId) -> Trace:
    return Trace(
        id=DeliveryId(row.id),
        kind=DeliveryKind(row.kind),
        story_id=asked if row.story_id is None else StoryId(row.story_id),
        state=DeliveryState(row.state),
        attempt=row.attempt,
        uncertain=row.uncertain,
        wanted_at=row.wanted_at,
        due_at=row.due_at,
        first_attempt_at=row.first_attempt_at,
        tried_at=row.tried_at,
        settled_at=row.settled_at,
        reason=row.reason,
        waited=Waited(limit=RateLimit(row.waited_limit), seconds=row.waited_s) if row.waited_limit else None,
        receipt=to_receipt(row),
    )


def _to_attempt(row: Row[*tuple[Any, ...]]) -> Attempt:
    return Attempt(
        delivery_id=DeliveryId(row.delivery_id),
        number=row.number,
        started_at=row.started_at,
        ended_at=row.ended_at,
        became=DeliveryState(row.became),
        reason=row.reason,
        was_uncertain=row.was_uncertain,
        limit=RateLimit(row.rate_limit) if row.rate_limit else None,
        again_at=row.again_at,
    )
