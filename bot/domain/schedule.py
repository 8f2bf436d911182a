"""When a source is read next."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

LATELY = 10
"""How many articles tell a source's pace."""

_READINGS_PER_ARTICLE = 6
_STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720)
)
"""Few lengths, so that an interval stays the same for a while and with it a source's place among the others."""

_RELAXED = 4.0
BACK_OFF_CEILING = timedelta(hours=12)
"""How seldom a source that fails is asked at last."""

_FIRST_RETRY_CEILING = timedelta(hours=1)
_MOST_DOUBLINGS = 10


def is_recent(at: datetime, now: datetime, *, within: timedelta) -> bool:
    """Whether that was less than so long ago. What seems to lie ahead was noted before the clock was set back, and
    nobody knows how long ago that was: not recent.
    """
    return timedelta(0) <= now - at < within


def paced_interval(lately: Sequence[datetime], now: datetime, *, before_s: float, has_gap: bool = False) -> float:
    """The seconds between two readings of a source whose newest articles came out ``lately``, newest first.

    About six readings an article, between five minutes and twelve hours; silence counts like an article that is still
    to come, so a source that falls asleep is asked less and less. With ``has_gap`` articles may have passed unseen
    between the last two readings: the interval is at most half of what it was. Without any article it stays as it is.
    """
    wished = timedelta(seconds=before_s)
    if lately:
        wished = (now - lately[-1]) / len(lately) / _READINGS_PER_ARTICLE
    if has_gap:
        wished = min(wished, timedelta(seconds=before_s / 2))
    return max((step for step in _STEPS if step <= wished), default=_STEPS[0]).total_seconds()


def after_reading(now: datetime, *, interval_s: float, address: str, at_least: timedelta = timedelta(0)) -> datetime:
    """The next time after a reading that went well: half an interval away at least, and then where its turn is.

    Each address has a place of its own in the interval, so sources that were added or overdue together do not come due
    together again; one that is read on time is read every ``interval_s``. ``at_least`` is what the server asked for.
    """
    earliest = now + max(timedelta(seconds=interval_s / 2), at_least)
    turn = _place(address) * interval_s
    return earliest + timedelta(seconds=(turn - earliest.timestamp()) % interval_s)


def relaxed(interval_s: float) -> float:
    """The seconds between two readings of a source whose news comes by itself: rarer, and never given up."""
    return min(_RELAXED * interval_s, max(interval_s, _STEPS[-1].total_seconds()))


def after_failure(
    now: datetime, *, interval_s: float, failures: int, address: str, at_least: timedelta | None = None
) -> datetime:
    """The next time after ``failures`` (≥ 1) failed readings in a row: doubling, at most twelve hours apart.

    The first retry does not wait for a slow source's interval; addresses are spread over a fifth of the wait.
    """
    base = min(timedelta(seconds=interval_s), _FIRST_RETRY_CEILING)
    doubled = min(base * 2.0 ** min(failures, _MOST_DOUBLINGS), BACK_OFF_CEILING)
    return now + max(doubled * (0.8 + 0.2 * _place(address)), at_least or timedelta(0))


def _place(address: str) -> float:
    """Where the address stands between 0 and 1, the same in every process."""
    digest = hashlib.blake2b(address.encode(errors="replace"), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
