"""When a source is read next."""

from datetime import datetime, timedelta

_BACK_OFF_CEILING = timedelta(hours=12)


def after_reading(now: datetime, *, interval_s: float, at_least: timedelta | None = None, dice: float) -> datetime:
    """The next time after a reading that went well.

    ``dice`` in 0..1 spreads sources over ±10 % of their interval, so that they do not all come due together;
    ``at_least`` is what the server asked for.
    """
    wait = timedelta(seconds=interval_s * (0.9 + 0.2 * dice))
    return now + max(wait, at_least or timedelta(0))


def after_failure(
    now: datetime, *, interval_s: float, failures: int, at_least: timedelta | None = None, dice: float
) -> datetime:
    """The next time after ``failures`` (≥ 1) failed readings in a row: doubling, at most twelve hours apart."""
    doubled = timedelta(seconds=interval_s * 2.0 ** min(failures, 10))
    wait = min(doubled, _BACK_OFF_CEILING) * (0.9 + 0.2 * dice)
    return now + max(wait, at_least or timedelta(0))
