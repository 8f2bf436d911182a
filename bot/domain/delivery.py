"""Our promises to show one thing in one channel, and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef

DeliveryId = NewType("DeliveryId", int)


class DeliveryKind(StrEnum):
    """What is to be shown: a story's card for the first time, or the card brought up to date."""

    HEADLINE = "headline"
    REFRESH = "refresh"


class DeliveryState(StrEnum):
    """Where a promise stands.

    pending → sending → sent; aside: parked (nobody knows whether it arrived, a person decides), paused (the channel
    takes nothing now), buried (refused, the reason is kept).
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    PAUSED = "paused"
    BURIED = "buried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform gave back: the messages we can edit or withdraw later. ``note`` is the adapter's own."""

    channel: ChannelRef
    message_ids: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery that one sender holds until ``leased_until``.

    ``once`` is random, 22 characters, stored with the row and the same on every attempt; ``attempt`` counts from 1;
    ``uncertain`` counts attempts whose outcome nobody knows; ``revision`` tells whether the wish changed meanwhile;
    ``receipt`` is where the story's card stands (for a refresh).
    """

    id: DeliveryId
    kind: DeliveryKind
    channel_id: ChannelId
    channel: ChannelRef
    story_id: StoryId
    once: str
    attempt: int
    uncertain: int
    revision: int
    first_attempt_at: datetime
    leased_until: datetime
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It stands in the channel."""

    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """It goes back and is due at ``not_before``. ``was_uncertain``: this attempt may have arrived."""

    not_before: datetime
    reason: str
    was_uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """It may have arrived; only a person may send it again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPaused:
    """The channel takes nothing: this row and all others of the channel wait until it is let in again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buried:
    """Refused for good."""

    reason: str


Outcome = Sent | Waiting | Parked | ChannelPaused | Buried


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A claim and what became of it."""

    claim: Claim
    outcome: Outcome


REPEAT_AFTER = timedelta(seconds=1)
"""How long a send of unknown outcome waits before it is looked into or repeated."""

_LONGEST_REPEAT_AFTER = timedelta(minutes=1)
_MOST_DOUBLINGS = 6

MAX_UNCERTAIN = 1
"""How often a send of unknown outcome is repeated where the platform cannot recognise a repeat."""


def after_uncertain(claim: Claim, *, now: datetime, repeat_safe: timedelta, reason: str) -> Outcome:
    """What to do when nobody knows whether the attempt arrived.

    Within ``repeat_safe`` of the first attempt the platform recognises the repeat by ``once``: again, freely, though
    counted, since the repeat may be late. Later, or where it cannot, once more at most; then a person decides.
    """
    if now - claim.first_attempt_at < repeat_safe or claim.uncertain < MAX_UNCERTAIN:
        return Waiting(not_before=now + REPEAT_AFTER, reason=reason, was_uncertain=True)
    return Parked(reason=reason)


def after_nothing_found(claim: Claim, *, now: datetime, reason: str) -> Waiting:
    """The attempt did not arrive, as the channel's history shows: again, after a pause that doubles with each attempt.

    At most a minute, since such a send fails without doing harm, and what failed may be a platform in distress.
    """
    pause = min(REPEAT_AFTER * 2 ** min(claim.attempt - 1, _MOST_DOUBLINGS), _LONGEST_REPEAT_AFTER)
    return Waiting(not_before=now + pause, reason=reason)
