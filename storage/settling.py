"""Writing down what became of claims, many in one go.

A claim is still its holder's while the row is being sent with the same ``once`` and the same attempt: ``once`` is made
anew for each new wish and the attempt grows with each claim, so no later claim of the row has both.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Delete,
    Insert,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import (
    Buried,
    ChannelPaused,
    DeliveryKind,
    DeliveryState,
    Parked,
    Sent,
    Settled,
    Waiting,
)
from storage import dialects
from storage.column_types import Moment, Plain
from storage.dialects import RandomOnce
from storage.outbox import Delivery, is_card_of, is_in, is_of, turned
from storage.places import receipt_columns
from storage.tables import attempts, channels, deliveries

_c = deliveries.c
_held = deliveries.alias("held")
_card = deliveries.alias("card")
_CLAIM: Final = ("the_id", "the_once", "the_attempt")
_RECEIPT: Final = ("receipt_place", "receipt_thread", "receipt_messages", "receipt_note")


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A statement that is executed once for each claim, with these of the claim's and outcome's values."""

    statement: Insert | Update | Delete
    names: tuple[str, ...]


async def settle(connection: AsyncConnection, settled: Sequence[Settled], *, now: datetime) -> None:
    """See ``DeliveryStore.settle``."""
    if len(settled) > 1 and dialects.is_postgresql(connection):
        await connection.execute(_IN_ORDER, {"ids": [one.claim.id for one in settled]})
    rows: defaultdict[tuple[_Step, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for one in settled:
        steps, values = _steps(one)
        rows[steps].append(values | {"the_moment": now})
    for steps, settling in rows.items():
        for step in steps:
            parameters = [{name: row[name] for name in step.names} for row in settling]
            await connection.execute(step.statement, parameters)


_IN_ORDER = (
    select(_c.id)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_c.story_id, _c.channel_id)
    .with_for_update()
)
"""Holds the rows in the order in which refreshes take them too, or each would wait for what the other holds."""


def _steps(one: Settled) -> tuple[tuple[_Step, ...], dict[str, Any]]:
    """What is to be executed, and the values for it."""
    claim, outcome = one.claim, one.outcome
    values: dict[str, Any] = {
        "the_due": None,
        "the_limit": None,
        "was_uncertain": isinstance(outcome, Parked),
        "the_id": claim.id,
        "the_once": claim.once,
        "the_attempt": claim.attempt,
        "the_revision": claim.revision,
        "the_channel": claim.channel_id,
    }
    match outcome:
        case Sent(receipt=receipt):
            values |= {f"the_{name}": value for name, value in receipt_columns(receipt).items()}
            waited = receipt.waited if receipt else None
            values |= {"the_waited_s": waited and waited.seconds, "the_waited_limit": waited and waited.limit}
            if receipt is None:
                return _SHOWN_NOWHERE, values
            return (_EDITED if claim.kind is DeliveryKind.REFRESH else _SHOWN), values
        case Waiting():
            values |= {"the_due": outcome.not_before, "the_limit": outcome.limit}
            values |= {"was_uncertain": outcome.was_uncertain, "more": int(outcome.was_uncertain)}
            return _WAITING, values | {"the_reason": outcome.reason}
        case Parked(reason=reason):
            return _PARKED, values | {"the_reason": reason}
        case ChannelPaused(reason=reason, loss=loss):
            return _PAUSED, values | {"the_reason": reason, "the_loss": loss}
        case Buried(reason=reason):
            return _BURIED, values | {"the_reason": reason}


def _is_held(row: Delivery) -> ColumnElement[bool]:
    return and_(
        row.c.id == bindparam("the_id"),
        row.c.once == bindparam("the_once"),
        row.c.attempt == bindparam("the_attempt"),
        is_in(row, DeliveryState.SENDING),
    )


def _remembered(became: DeliveryState) -> _Step:
    """What was tried and did not arrive, while the row is still held."""
    told = (
        bindparam("the_moment", type_=Moment),
        turned(became, DeliveryState.SENDING),
        bindparam("the_reason", type_=Plain),
        bindparam("was_uncertain", type_=Boolean),
        bindparam("the_limit", type_=Plain),
        bindparam("the_due", type_=Moment),
    )
    rows = select(_held.c.channel_id, _held.c.id, _held.c.attempt, _held.c.tried_at, *told).where(_is_held(_held))
    into = [column.name for column in attempts.c if column.name != "id"]
    return _Step(
        insert(attempts).from_select(into, rows),
        (*_CLAIM, "the_moment", "the_reason", "was_uncertain", "the_limit", "the_due"),
    )


def _let_go(state: DeliveryState, *names: str, **values: Any) -> _Step:
    """The row stands in that state and is nobody's."""
    statement = (
        update(deliveries)
        .where(_is_held(deliveries))
        .values(
            {
                "state": turned(state, DeliveryState.SENDING),
                "holder": None,
                "leased_until": None,
                "settled_at": bindparam("the_moment"),
                "reason": bindparam("the_reason"),
            }
            | values
        )
    )
    return _Step(statement, (*_CLAIM, "the_moment", "the_reason", *names))


def _done(*more: str) -> _Step:
    """Done, unless it was wished for again in the meantime: then the row waits anew, when that wish is due.

    ``more`` columns are written with it.
    """
    was_wished_again = _c.revision != bindparam("the_revision")
    statement = (
        update(deliveries)
        .where(_is_held(deliveries))
        .values(
            state=case(
                (was_wished_again, turned(DeliveryState.PENDING, DeliveryState.SENDING)),
                else_=turned(DeliveryState.SENT, DeliveryState.SENDING),
            ),
            once=case((was_wished_again, RandomOnce()), else_=_c.once),
            attempt=case((was_wished_again, 0), else_=_c.attempt),
            uncertain=case((was_wished_again, 0), else_=_c.uncertain),
            first_attempt_at=case((was_wished_again, null()), else_=_c.first_attempt_at),
            holder=None,
            leased_until=None,
            settled_at=bindparam("the_moment"),
            reason=None,
            waited_s=bindparam("the_waited_s"),
            waited_limit=bindparam("the_waited_limit"),
            **{name: bindparam(f"the_{name}") for name in more},
        )
    )
    names = ("the_revision", "the_moment", "the_waited_s", "the_waited_limit", *(f"the_{name}" for name in more))
    return _Step(statement, (*_CLAIM, *names))


def _card_stands() -> _Step:
    """Where the card stands now: an edit may have given another receipt."""
    its_card = select(_card.c.id).join_from(_held, _card, is_card_of(_card, _held)).where(_is_held(_held))
    receipt: dict[str, Any] = {name: bindparam(f"the_{name}") for name in _RECEIPT}
    statement = update(deliveries).where(_c.id == its_card.scalar_subquery()).values(receipt)
    return _Step(statement, (*_CLAIM, *(f"the_{name}" for name in _RECEIPT)))


def _no_refresh() -> _Step:
    """There is no card to be brought up to date."""
    refresh = deliveries.alias("refresh")
    is_out_of_reach = or_(
        is_in(_card, DeliveryState.PARKED, DeliveryState.BURIED),
        and_(is_in(_card, DeliveryState.SENT), _card.c.receipt_messages.is_(None)),
    )
    needless = (
        select(refresh.c.id)
        .join_from(_card, refresh, is_card_of(_card, refresh))
        .where(
            _card.c.id == bindparam("the_id"),
            is_out_of_reach,
            is_of(refresh, DeliveryKind.REFRESH),
            is_in(refresh, DeliveryState.PENDING, DeliveryState.PAUSED),
        )
    )
    return _Step(delete(deliveries).where(_c.id.in_(needless)), ("the_id",))


def _channel_paused() -> _Step:
    statement = (
        update(channels)
        .where(channels.c.id == bindparam("the_channel"), exists().where(_is_held(_held)))
        .values(
            paused_because=bindparam("the_reason"), paused_as=bindparam("the_loss"), paused_at=bindparam("the_moment")
        )
    )
    return _Step(statement, (*_CLAIM, "the_channel", "the_reason", "the_loss", "the_moment"))


def _others_paused() -> _Step:
    is_paused = exists().where(channels.c.id == _c.channel_id, channels.c.paused_because.is_not(None))
    statement = (
        update(deliveries)
        .where(_c.channel_id == bindparam("the_channel"), is_in(deliveries, DeliveryState.PENDING), is_paused)
        .values(state=turned(DeliveryState.PAUSED, DeliveryState.PENDING))
    )
    return _Step(statement, ("the_channel",))


_EDITED: Final = (_card_stands(), _done())
_SHOWN: Final = (_done(*_RECEIPT),)
_SHOWN_NOWHERE: Final = (_done(), _no_refresh())
_WAITING: Final = (
    _remembered(DeliveryState.PENDING),
    _let_go(
        DeliveryState.PENDING,
        "the_due",
        "more",
        due_at=bindparam("the_due"),
        uncertain=_c.uncertain + bindparam("more"),
    ),
)
_PARKED: Final = (_remembered(DeliveryState.PARKED), _let_go(DeliveryState.PARKED), _no_refresh())
_BURIED: Final = (_remembered(DeliveryState.BURIED), _let_go(DeliveryState.BURIED), _no_refresh())
_PAUSED: Final = (
    _remembered(DeliveryState.PAUSED),
    _channel_paused(),
    _let_go(DeliveryState.PAUSED),
    _others_paused(),
)
