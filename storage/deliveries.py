"""The outbox, in the table ``deliveries``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef
from bot.domain.delivery import Claim, DeliveryId, DeliveryKind, DeliveryState, ParkedPost, Queue, Settled
from bot.domain.history import Attempt, GivenUp, Trace
from storage import attempts, changes, claims, dialects, holding, queues, settling
from storage.column_types import Moment, Number
from storage.dialects import MadeOnce, RandomOnce
from storage.outbox import is_in, is_of
from storage.promises import WHOLE, ZERO, insert_new, inserted, new_row, run_new
from storage.readership import followers, is_told_otherwise, knows_otherwise, merged_into
from storage.tables import channels, deliveries

_c = deliveries.c
_LONGEST_PATIENCE = timedelta(minutes=10)
"""Longer than anything waits of which we alone decide when it leaves."""
_KEY = (_c.story_id, _c.channel_id, _c.kind, _c.part)

_THE_STORY = bindparam("the_story", type_=Number)
_IS_TOLD_OTHERWISE = is_told_otherwise(_THE_STORY)
_HEADLINE = {
    **new_row(DeliveryKind.HEADLINE, story_id=_THE_STORY, part=WHOLE, due=bindparam("due", type_=Moment)),
    "is_breaking": bindparam("is_breaking", type_=Boolean),
}
_follower = followers(_THE_STORY)
_ITS_HEADLINES = select(*_HEADLINE.values()).join_from(_follower, channels, channels.c.id == _follower.c.channel_id)
_OF_THE_UNAWARE = _ITS_HEADLINES.where(~knows_otherwise(_THE_STORY, channels.c.id))
_PROMISE = MadeOnce(deliveries, lambda insert: inserted(insert, _HEADLINE, _ITS_HEADLINES))
_PROMISE_TO_THE_UNAWARE = MadeOnce(deliveries, lambda insert: inserted(insert, _HEADLINE, _OF_THE_UNAWARE))


class DatabaseDeliveries:
    """Promises are made here; see ``claims`` and ``settling`` for what becomes of them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def promise(
        self,
        story_id: StoryId,
        *,
        now: datetime,
        due: datetime | None = None,
        is_breaking: bool = False,
        is_new: bool = False,
    ) -> int:
        is_told = not is_new and await self._is_told_otherwise(story_id)
        statement = (_PROMISE_TO_THE_UNAWARE if is_told else _PROMISE).on(self._connection)
        values = {"the_story": story_id, "due": max(now, due or now), "is_breaking": is_breaking}
        return await run_new(self._connection, statement, values)

    async def _is_told_otherwise(self, story_id: StoryId) -> bool:
        """Asked once, and not of every follower."""
        return (await self._connection.execute(_IS_TOLD_OTHERWISE, {"the_story": story_id})).scalar_one()

    async def hasten(self, story_id: StoryId, *, now: datetime) -> int:
        statement = (
            update(deliveries)
            .where(
                _c.story_id == story_id,
                is_of(deliveries, DeliveryKind.HEADLINE),
                is_in(deliveries, DeliveryState.PENDING, DeliveryState.PAUSED),
                _c.attempt == ZERO,
                _c.due_at > now,
            )
            .values(due_at=now)
        )
        hastened = (await self._connection.execute(statement)).rowcount
        if hastened:
            await dialects.wake_senders(self._connection)
        return hastened

    async def promise_to(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> int:
        made = 0
        for story_id in story_ids:  # few, and their numbers must grow in this order
            row = new_row(DeliveryKind.HEADLINE, story_id=literal(story_id, Number), part=WHOLE, due=now)
            rows = select(*row.values()).where(channels.c.id == channel_id, ~knows_otherwise(story_id, channels.c.id))
            made += await insert_new(self._connection, row, rows)
        return made

    async def refresh(self, story_id: StoryId, *, due: datetime) -> int:
        await changes.begin(self._connection, story_id)
        card = deliveries.alias("card")
        is_its_card = and_(
            or_(card.c.story_id == story_id, card.c.story_id.in_(merged_into(story_id))),
            is_of(card, DeliveryKind.HEADLINE),
        )
        is_under_way = or_(
            is_in(card, DeliveryState.SENDING),
            # What was tried may stand there, with the words of that time.
            and_(is_in(card, DeliveryState.PENDING, DeliveryState.PAUSED), card.c.attempt > 0),
        )
        await changes.hold(self._connection, card, and_(is_its_card, is_under_way))
        row = new_row(DeliveryKind.REFRESH, story_id=card.c.story_id, part=card.c.part, due=due)
        rows = (
            select(*row.values())
            .join_from(card, channels, channels.c.id == card.c.channel_id)
            .where(
                is_its_card,
                or_(and_(is_in(card, DeliveryState.SENT), card.c.receipt_messages.is_not(None)), is_under_way),
            )
            .order_by(card.c.story_id, card.c.channel_id)
        )
        statement = dialects.insert(self._connection, deliveries).from_select(list(row), rows)
        joined = statement.on_conflict_do_update(
            index_elements=_KEY,
            set_=_wished_again(statement.excluded.state, statement.excluded.due_at),
            where=~is_in(deliveries, DeliveryState.BURIED),  # the card is gone from the channel for good
        )
        return (await self._connection.execute(joined)).rowcount

    async def claim(
        self, platforms: Sequence[str], *, holder: str, limit: int, now: datetime, lease: timedelta
    ) -> list[Claim]:
        return await claims.claim(self._connection, platforms, holder=holder, limit=limit, now=now, lease=lease)

    async def settle(self, settled: Sequence[Settled], *, now: datetime) -> None:
        await settling.settle(self._connection, settled, now=now)

    async def abandoned(self, *, now: datetime, holder: str | None = None) -> list[Claim]:
        return await claims.abandoned(self._connection, now=now, holder=holder)

    async def claimed_in(self, turn: str) -> list[Claim]:
        return await claims.claimed_in(self._connection, turn)

    async def next_due(self, platforms: Sequence[str]) -> datetime | None:
        return await claims.next_due(self._connection, platforms)

    async def set_right(self, *, now: datetime) -> int:
        was_put_back_later = and_(_c.settled_at > now, _c.due_at > now)
        was_never_tried = and_(_c.attempt == ZERO, _c.due_at > now + _LONGEST_PATIENCE)
        is_astray = and_(is_in(deliveries, DeliveryState.PENDING), or_(was_put_back_later, was_never_tried))
        return (await self._connection.execute(update(deliveries).where(is_astray).values(due_at=now))).rowcount

    async def held(self, channel_id: ChannelId) -> int:
        return await holding.held(self._connection, channel_id)

    async def catch_up(self, channel_id: ChannelId, *, most: int, now: datetime) -> list[StoryId]:
        return await holding.catch_up(self._connection, channel_id, most=most, now=now)

    async def leave_out(self, channel_id: ChannelId, *, now: datetime, reason: str) -> int:
        return await holding.leave_out(self._connection, channel_id, now=now, reason=reason)

    async def parked(
        self, channel_id: ChannelId, *, up_to: DeliveryId | None = None, limit: int = 100
    ) -> list[ParkedPost]:
        return await holding.parked(self._connection, channel_id, up_to=up_to, limit=limit)

    async def parked_at(self, at: datetime) -> list[ChannelId]:
        return await holding.parked_at(self._connection, at)

    async def resend(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        return await holding.resend(self._connection, channel_id, up_to=up_to, now=now)

    async def leave(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        return await holding.leave(self._connection, channel_id, up_to=up_to, now=now)

    async def channel_of(self, delivery_id: DeliveryId) -> ChannelId | None:
        channel_id = (await self._connection.execute(select(_c.channel_id).where(_c.id == delivery_id))).scalar()
        return None if channel_id is None else ChannelId(channel_id)

    async def counts(self) -> Mapping[DeliveryState, int]:
        rows = await self._connection.execute(select(_c.state, func.count().label("rows")).group_by(_c.state))
        return dict.fromkeys(DeliveryState, 0) | {DeliveryState(row.state): row.rows for row in rows}

    async def traces(self, channel_id: ChannelId, story_id: StoryId) -> list[Trace]:
        return await attempts.traces(self._connection, channel_id, story_id)

    async def asked_to_wait(self, platform: str, *, now: datetime) -> Mapping[ChannelRef, datetime]:
        return await attempts.asked_to_wait(self._connection, platform, now=now)

    async def attempts(self, channel_id: ChannelId, *, since: datetime, until: datetime) -> list[Attempt]:
        return await attempts.in_channel(self._connection, channel_id, since=since, until=until)

    async def given_up(self, channel_id: ChannelId, *, since: datetime, limit: int) -> list[GivenUp]:
        return await attempts.given_up(self._connection, channel_id, since=since, limit=limit)

    async def forget_attempts(self, *, before: datetime, limit: int) -> int:
        return await attempts.forget(self._connection, before=before, limit=limit)

    async def queues(self, *, now: datetime) -> list[Queue]:
        return await queues.queues(self._connection, now=now)


def _wished_again(state: ColumnElement[str], due: ColumnElement[datetime]) -> dict[str, ColumnElement[Any]]:
    """What a refresh that is there already becomes.

    One that waits keeps its time, above all when the platform asked it to wait; one that is being sent is followed by
    another, which its settling starts; one that was done starts anew.
    """
    is_under_way = is_in(deliveries, DeliveryState.SENDING)
    waits = is_in(deliveries, DeliveryState.PENDING, DeliveryState.PAUSED)
    goes_on = or_(is_under_way, waits)
    keeps_its_time = and_(waits, or_(_c.attempt > 0, _c.due_at < due))
    return {
        "revision": _c.revision + 1,
        "state": case((is_under_way, _c.state), else_=state),
        "due_at": case((keeps_its_time, _c.due_at), else_=due),
        "once": case((goes_on, _c.once), else_=RandomOnce()),
        "attempt": case((goes_on, _c.attempt), else_=0),
        "uncertain": case((goes_on, _c.uncertain), else_=0),
        "first_attempt_at": case((goes_on, _c.first_attempt_at), else_=null()),
        "reason": case((goes_on, _c.reason), else_=null()),
    }
