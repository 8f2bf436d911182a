"""Ids as Discord makes them: milliseconds since 2015, then a sequence."""

from datetime import UTC, datetime

from adapters.sandbox.contract import Clock

EPOCH_MS = 1_420_070_400_000
_TIME_SHIFT = 22


class Snowflakes:
    """Hands out ids that only rise, also when the clock stands still or goes back."""

    def __init__(self, clock: Clock, *, last: int = 0) -> None:
        self._clock = clock
        self._last = last

    def next(self) -> str:
        now = (int(self._clock() * 1000) - EPOCH_MS) << _TIME_SHIFT
        self._last = max(now, self._last + 1)
        return str(self._last)


def unix_time(snowflake: str) -> float:
    """The Unix seconds at which the id was made."""
    return ((int(snowflake) >> _TIME_SHIFT) + EPOCH_MS) / 1000


def timestamp(unix: float) -> str:
    """Unix seconds as Discord writes times: ISO 8601 with microseconds and an offset."""
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="microseconds")
