"""How fast we may speak: token buckets for a platform and for each place in it.

Pure: times are seconds of one monotonic clock that the caller reads.
"""

from dataclasses import dataclass

from bot.domain.delivery import RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``burst`` messages at once, refilled at ``per_s`` a second."""

    per_s: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Pacer:
    """Keeps one bucket for everything and one for each place.

    Asking never sleeps and never sends: it answers how long to wait. What ``goes_first`` may put a
    bucket into debt, which what goes later pays back.
    """

    _KEPT_PLACES = 20_000

    def __init__(self, overall: Rate | None, *, debt: float = 10.0) -> None:
        self._overall = overall
        self._debt = debt
        self._all = _Bucket(overall.burst, 0.0) if overall else None
        self._places: dict[str, _Bucket] = {}
        self._closed_until: dict[str, float] = {}

    def take(self, place: str, rate: Rate | None, *, now: float, goes_first: bool = False) -> float:
        """0.0 and one token is spent, or the seconds to wait and nothing is spent."""
        wait = self.wait(place, rate, now=now, goes_first=goes_first)
        if not wait:
            for bucket, _ in self._buckets(place, rate, now):
                bucket.tokens -= 1
        return wait

    def wait(self, place: str, rate: Rate | None, *, now: float, goes_first: bool = False, ahead: int = 0) -> float:
        """The seconds until ``take`` would spend a token after ``ahead`` others in the same place; nothing is spent."""
        closed = self._closed_until_for(place) - now
        if closed > 0:
            return closed
        needed = 1.0 + ahead - (self._debt if goes_first else 0.0)
        buckets = self._buckets(place, rate, now)
        return max((self._missing(bucket, of, now, needed) for bucket, of in buckets), default=0.0)

    def held_by(self, place: str, rate: Rate | None, *, now: float) -> RateLimit:
        """Which limit it was that ``take`` just said to wait for."""
        if self._closed_until_for(place) > now:
            return RateLimit.ASKED
        of_all = self._missing(self._all, self._overall, now, 1.0) if self._all and self._overall else 0.0
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
