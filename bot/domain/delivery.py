"""Our promises to show one thing in one channel, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef, Loss, Prefers
from bot.domain.digest import DigestId
from bot.domain.notice import NoticeId
from bot.domain.schedule import is_recent

DeliveryId = NewType("DeliveryId", int)


class DeliveryKind(StrEnum):
    """What is to be shown: a story's card for the first time, several stories at once, a card brought up to date, or a
    word to moderators.
    """

    HEADLINE = "headline"
    DIGEST = "digest"
    REFRESH = "refresh"
    NOTICE = "notice"


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


class IllegalChangeError(Exception):
    """A delivery would go where no delivery may go from there: an error of ours."""


_NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.SENDING, DeliveryState.PAUSED, DeliveryState.PARKED}),
    DeliveryState.SENDING: frozenset(DeliveryState) - {DeliveryState.SENDING},
    DeliveryState.SENT: frozenset(),
    DeliveryState.PARKED: frozenset({DeliveryState.PENDING, DeliveryState.PAUSED, DeliveryState.BURIED}),
    DeliveryState.PAUSED: frozenset({DeliveryState.PENDING, DeliveryState.PARKED, DeliveryState.BURIED}),
    DeliveryState.BURIED: frozenset(),
}
"""Only what is being sent can be sent, refused or unknown. A waiting row is parked when a backup is restored, since it
may have been sent after it; a parked or paused one goes on, or is given up, as a person decides.
"""
_WISHED_AGAIN = frozenset({DeliveryState.PENDING, DeliveryState.PAUSED})


def may_become(kind: DeliveryKind, before: DeliveryState, after: DeliveryState) -> bool:
    """Whether a delivery may go from one state to the other; staying is none of these changes.

    What was shown once is never shown again, while a card may be brought up to date as often as one likes.
    """
    wished_again = kind is DeliveryKind.REFRESH and before is DeliveryState.SENT
    return after in (_WISHED_AGAIN if wished_again else _NEXT[before])


def check_change(kind: DeliveryKind, before: DeliveryState, after: DeliveryState) -> None:
    """Raises IllegalChangeError where a delivery may not go from one state to the other."""
    if not may_become(kind, before, after):
        raise IllegalChangeError(f"a {kind} that is {before} cannot become {after}")


class RateLimit(StrEnum):
    """Which of its limits a platform holds a send up by: what one channel takes, what it takes of us in all, or what it
    asked for in so many words.
    """

    CHANNEL = "channel"
    OVERALL = "overall"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long a send had to wait for its turn before it left, and for which limit."""

    limit: RateLimit
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform gave back: the messages we can edit or withdraw later. ``note`` is the adapter's own.

    ``waited`` is told once, by the send itself.
    """

    channel: ChannelRef
    message_ids: tuple[str, ...]
    note: str = ""
    waited: Waited | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery that one sender holds until ``leased_until``.

    ``once`` is random, 22 characters, stored with the row and the same on every attempt; ``attempt`` counts from 1;
    ``uncertain`` counts attempts whose outcome nobody knows; ``revision`` tells whether the wish changed meanwhile;
    ``wanted_at`` is when it was to be shown at first;
    ``story_id`` is whose card it is, ``digest_id`` what is told at once, ``notice_id`` what moderators are told: one of
    the three. ``receipt`` is where the story's card stands (for a refresh).
    """

    id: DeliveryId
    kind: DeliveryKind
    channel_id: ChannelId
    channel: ChannelRef
    once: str
    attempt: int
    uncertain: int
    revision: int
    wanted_at: datetime
    first_attempt_at: datetime
    leased_until: datetime
    story_id: StoryId | None = None
    digest_id: DigestId | None = None
    notice_id: NoticeId | None = None
    receipt: Receipt | None = None
    prefers: Prefers = Prefers.NO_LOSS


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedPost:
    """A post of which nobody knows whether it arrived: a story's card, or without a story several in one."""

    id: DeliveryId
    story_id: StoryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It stands in the channel."""

    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """It goes back and is due at ``not_before``. ``was_uncertain``: this attempt may have arrived.

    ``limit`` is what it waits for, where that is a limit of the platform.
    """

    not_before: datetime
    reason: str
    was_uncertain: bool = False
    limit: RateLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """It may have arrived; only a person may send it again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPaused:
    """The channel takes nothing: this row and all others of the channel wait until it is let in again."""

    reason: str
    loss: Loss = Loss.SHUT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Buried:
    """Refused for good. ``by_rules``: by rules of the channel's own, which its moderators can change."""

    reason: str
    by_rules: bool = False


Outcome = Sent | Waiting | Parked | ChannelPaused | Buried


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many deliveries of one platform stand in one state, and since when the oldest of them is wanted."""

    platform: str
    state: DeliveryState
    count: int
    oldest: datetime


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


def is_repeat_safe(claim: Claim, *, now: datetime, repeat_safe: timedelta) -> bool:
    """Whether the platform still recognises a repeat by ``once``. Where the first attempt seems to lie ahead, the clock
    was set back since, and nobody knows how long ago it was.
    """
    return is_recent(claim.first_attempt_at, now, within=repeat_safe)


def after_uncertain(claim: Claim, *, now: datetime, repeat_safe: timedelta, reason: str) -> Outcome:
    """What to do when nobody knows whether the attempt arrived.

    Within ``repeat_safe`` of the first attempt the platform recognises the repeat by ``once``: again, freely, though
    counted, since the repeat may be late. Later, or where it cannot, once more at most, and not even once in a channel
    that wants nothing twice; then a person decides.
    """
    allowed = MAX_UNCERTAIN if claim.prefers is Prefers.NO_LOSS else 0
    if is_repeat_safe(claim, now=now, repeat_safe=repeat_safe) or claim.uncertain < allowed:
        return Waiting(not_before=now + REPEAT_AFTER, reason=reason, was_uncertain=True)
    return Parked(reason=reason)


def after_nothing_found(claim: Claim, *, now: datetime, reason: str) -> Waiting:
    """The attempt did not arrive, as the channel's history shows: again, after a pause that doubles with each attempt.

    At most a minute, since such a send fails without doing harm, and what failed may be a platform in distress.
    """
    pause = min(REPEAT_AFTER * 2 ** min(claim.attempt - 1, _MOST_DOUBLINGS), _LONGEST_REPEAT_AFTER)
    return Waiting(not_before=now + pause, reason=reason)
