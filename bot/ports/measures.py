"""What is measured as the bot works; what is counted of it is each measurer's own affair."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A delivery was tried: what came of it, how long that took, and at the first try how long it had waited."""

    platform: str
    kind: str
    outcome: str
    took_s: float
    waited_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Somebody was answered: a command, a press, a submission or a suggestion."""

    platform: str
    request: str
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """A feed was read: changed, unchanged, or the kind of what went wrong."""

    result: str
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The topics of one article were found."""

    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowedDown:
    """A platform told us that we ask too often."""

    platform: str


Measured = Sending | Answering | FeedReading | Matching | SlowedDown


class Measure(Protocol):
    """Takes what was measured; costs microseconds and never raises."""

    def __call__(self, measured: Measured) -> None: ...


def unmeasured(measured: Measured) -> None:
    """A measure that nobody takes."""
