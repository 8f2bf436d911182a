"""What the outbox remembers of a delivery, for whoever asks why."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.article import StoryId
from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState, RateLimit, Receipt, Waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try that did not end in the channel.

    ``became`` is where it left the delivery: pending (again at ``again_at``; ``limit`` says which limit of the platform
    that is for), parked, paused or buried. ``was_uncertain``: it may have arrived all the same.
    """

    delivery_id: DeliveryId
    number: int
    started_at: datetime
    ended_at: datetime
    became: DeliveryState
    reason: str
    was_uncertain: bool = False
    limit: RateLimit | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A story that was not shown and will not be, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One delivery as it stands.

    ``wanted_at`` is when it was to leave at first and ``due_at`` when it is to leave now. ``tried_at`` is when the last
    attempt began, ``attempt`` its number (0: nobody tried), ``settled_at`` when it was known what came of it.
    ``waited`` is what the attempt that arrived spent waiting for its turn.
    """

    id: DeliveryId
    kind: DeliveryKind
    story_id: StoryId
    state: DeliveryState
    attempt: int
    uncertain: int
    wanted_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None = None
    tried_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    waited: Waited | None = None
    receipt: Receipt | None = None
