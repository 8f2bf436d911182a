"""How fast we may speak: token buckets for a platform and for each place in it.

Pure: times are seconds of one monotonic clock that the caller reads.
"""

from dataclasses import dataclass

from bot.domain.delivery import RateLimit
from bot.messages.window import Window

_WOKEN_LATE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``burst`` messages at once, refilled at ``per_s`` a second.

    ``in_a_second``: the most that the platform may count in any second, however much was saved up; None where burst and
    refill say it. Who takes part in that tells when each call is over (``Pacer.end``).
    """

    per_s: float
    burst: float
    in_a_second: int | None = None


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Pacer:
    """Keeps one bucket for everything and one for each place.

    Asking never sleeps and never sends: it answers how long to wait. What ``goes_first`` may put a
    bucket into debt, which what goes later pays back, and where it has to wait for the platform's second the next room
    in that is left free for it. Being woken late costs nothing as long as the burst lasts.
    """

    _KEPT_PLACES = 20_000

    def __init__(self, overall: Rate | None, *, debt: float = 10.0) -> None:
        self._overall = overall
        self._debt = debt
        self._all = _Bucket(overall.burst, 0.0) if overall else None
        self._window = Window(overall.in_a_second, 1.0) if overall and overall.in_a_second else None
        self._left_free_until = 0.0
        self._places: dict[str, _Bucket] = {}
        self._closed_until: dict[str, float] = {}

    def take(self, place: str, rate: Rate | None, *, now: float, goes_first: bool = False) -> float:
        """0.0 and one token is spent, or the seconds to wait and nothing is spent."""
        wait = self.wait(place, rate, now=now, goes_first=goes_first)
        if goes_first:
            self._left_free_until = now + self._full(now, goes_first=True) + _WOKEN_LATE_S if wait else 0.0
        if not wait:
            for bucket, _ in self._buckets(place, rate, now):
                bucket.tokens -= 1
            if self._window:
                self._window.begin(now=now)
        return wait

    def begin_anew(self, began: float, *, now: float) -> None:
        """See ``Window.begin_anew``."""
        if self._window:
            self._window.begin_anew(began, now=now)

    def end(self, began: float, *, now: float, is_answered: bool) -> None:
        """The call that ``take`` spent a token for left at ``began`` and is over; see ``Window.end``."""
        if self._window:
            self._window.end(began, now=now, is_answered=is_answered)

    def wait(self, place: str, rate: Rate | None, *, now: float, goes_first: bool = False, ahead: int = 0) -> float:
        """The seconds until ``take`` would spend a token after ``ahead`` others in the same place; nothing is spent."""
        closed = self._closed_until_for(place) - now
        if closed > 0:
            return closed
        needed = 1.0 + ahead - (self._debt if goes_first else 0.0)
        buckets = self._buckets(place, rate, now)
        missing = (self._missing(bucket, of, now, needed) for bucket, of in buckets)
        return max(self._full(now, ahead, goes_first=goes_first), *missing, 0.0)

    def held_by(self, place: str, rate: Rate | None, *, now: float) -> RateLimit:
        """Which limit it was that ``take`` just said to wait for."""
        if self._closed_until_for(place) > now:
            return RateLimit.ASKED
        of_all = self._missing(self._all, self._overall, now, 1.0) if self._all and self._overall else 0.0
        of_all = max(of_all, self._full(now))
        of_place = self._missing(self._bucket(place, rate, now), rate, now, 1.0) if rate else 0.0
        return RateLimit.CHANNEL if of_place > of_all else RateLimit.OVERALL

    def close(self, place: str, *, until: float) -> None:
        """The platform said: nothing to this place before ``until``; an empty place means everything."""
        self._closed_until[place] = max(until, self._closed_until.get(place, 0.0))

    def _buckets(self, place: str, rate: Rate | None, now: float) -> list[tuple[_Bucket, Rate]]:
        buckets = [(self._all, self._overall)] if self._all and self._overall else []
        if rate:
            buckets.append((self._bucket(place, rate, now), rate))
        return buckets

    def _full(self, now: float, ahead: int = 0, *, goes_first: bool = False) -> float:
        """The seconds until the platform's second has room for one more, after ``ahead`` others."""
        if not self._window:
            return 0.0
        is_left_free = not goes_first and now < self._left_free_until
        return self._window.wait(now=now, most=max(1, self._window.most - is_left_free), ahead=ahead)

    def _closed_until_for(self, place: str) -> float:
        return max(self._closed_until.get(place, 0.0), self._closed_until.get("", 0.0))

    def _bucket(self, place: str, rate: Rate, now: float) -> _Bucket:
        bucket = self._places.get(place)
        if bucket is None:
            if len(self._places) >= self._KEPT_PLACES:
                self._forget(now)
            bucket = self._places[place] = _Bucket(rate.burst, now)
        return bucket

    def _forget(self, now: float) -> None:
        old = sorted(self._places, key=lambda place: self._places[place].at)[: self._KEPT_PLACES // 2]
        for place in old:
            del self._places[place]
        self._closed_until = {place: until for place, until in self._closed_until.items() if until > now}

    @staticmethod
    def _missing(bucket: _Bucket, rate: Rate, now: float, needed: float) -> float:
        bucket.tokens = min(rate.burst, bucket.tokens + max(0.0, now - bucket.at) * rate.per_s)
        bucket.at = now
        return max(0.0, (needed - bucket.tokens) / rate.per_s)
