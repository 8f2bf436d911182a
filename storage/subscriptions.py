"""Who wants to be told what, in the table ``subscriptions``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channel import ChannelId
from bot.domain.source import SourceId
from bot.domain.subscription import Everything, FromSource, FromTopic, Subscription, SubscriptionId, Target
from bot.domain.topic import TopicId, is_own_words
from storage import dialects
from storage.tables import IS_OWN_WORDS, subscriptions

_c = subscriptions.c
EVERYTHING, TOPIC, SOURCE = "everything", "topic", "source"
_ASKED_AT_ONCE = 1_000
_FOLLOWING = int.from_bytes(b"follow")
_OWN_WORDS = (
    select(_c.id, _c.subject)
    .where(_c.id > bindparam("after"), IS_OWN_WORDS)
    .order_by(_c.id)
    .limit(bindparam("most", type_=Integer))
)
"""The number of PostgreSQL's advisory lock for those who follow words of their own: "follow" in ASCII."""


class DatabaseSubscriptions:
    """One row for each channel and target."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, channel_id: ChannelId, target: Target, *, now: datetime) -> tuple[Subscription, bool]:
        kind, subject, label = _columns(target)
        if isinstance(target, FromTopic) and is_own_words(target.topic_id):
            await self._take_turns()
        statement = (
            dialects.insert(self._connection, subscriptions)
            .values(channel_id=channel_id, kind=kind, subject=subject, label=label, added_at=now)
            .on_conflict_do_nothing()
            .returning(*_c)
        )
        added = (await self._connection.execute(statement)).one_or_none()
        if added:
            return _to_subscription(added), True
        known = select(subscriptions).where(_c.channel_id == channel_id, _c.kind == kind, _c.subject == subject)
        return _to_subscription((await self._connection.execute(known)).one()), False

    async def remove(self, channel_id: ChannelId, subscription_id: SubscriptionId) -> Subscription | None:
        statement = delete(subscriptions).where(_c.id == subscription_id, _c.channel_id == channel_id).returning(*_c)
        row = (await self._connection.execute(statement)).one_or_none()
        return _to_subscription(row) if row else None

    async def of(self, channel_id: ChannelId) -> list[Subscription]:
        statement = select(subscriptions).where(_c.channel_id == channel_id).order_by(_c.id)
        return [_to_subscription(row) for row in await self._connection.execute(statement)]

    async def own_words(self, *, after: SubscriptionId, limit: int) -> list[tuple[SubscriptionId, TopicId]]:
        rows = await self._connection.execute(_OWN_WORDS, {"after": after, "most": limit})
        return [(SubscriptionId(row.id), TopicId(row.subject)) for row in rows]

    async def followed(self, topic_ids: Iterable[TopicId]) -> set[TopicId]:
        asked = list(topic_ids)
        found: set[TopicId] = set()
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            some = asked[start : start + _ASKED_AT_ONCE]
            statement = select(_c.subject).where(_c.kind == TOPIC, _c.subject.in_(some)).distinct()
            found.update(map(TopicId, await self._connection.scalars(statement)))
        return found

    async def _take_turns(self) -> None:
        """Let own words get their numbers in the order in which they appear to others: ``own_words`` counts on it.

        Of two that are added at a time the later number may otherwise be seen first. SQLite has one writer anyway.
        """
        if dialects.is_postgresql(self._connection):
            await self._connection.execute(select(func.pg_advisory_xact_lock(_FOLLOWING)))


def _columns(target: Target) -> tuple[str, str, str]:
    match target:
        case Everything():
            return EVERYTHING, "", ""
        case FromTopic(topic_id=topic_id, label=label):
            return TOPIC, topic_id, label
        case FromSource(source_id=source_id, label=label):
            return SOURCE, str(source_id), label


def _to_target(row: Row[*tuple[Any, ...]]) -> Target:
    if row.kind == TOPIC:
        return FromTopic(topic_id=TopicId(row.subject), label=row.label)
    if row.kind == SOURCE:
        return FromSource(source_id=SourceId(int(row.subject)), label=row.label)
    return Everything()


def _to_subscription(row: Row[*tuple[Any, ...]]) -> Subscription:
    return Subscription(
        id=SubscriptionId(row.id),
        channel_id=ChannelId(row.channel_id),
        target=_to_target(row),
        added_at=row.added_at,
    )
