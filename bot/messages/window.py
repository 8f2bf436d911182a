"""How many calls the other side may have counted lately, although nobody here sees when they arrive."""

import math
from bisect import bisect_right, insort
from dataclasses import dataclass

_REMEMBERED_S = 300.0
_BELIEVED_AFTER_S = 5.0
_BELIEVED_FROM = 100
_MAY_BE_SHORTER_S = 0.005
"""By so much the way may become shorter all of a sudden."""
_DOUBT = 3.0
"""Of how many times the mean excess over the shortest, by the root of their number, the true shortest may lie below it:
the least of n sums of two even spreads lies about 1.3 times that above their least, seldom 3 times.
"""
_ARRIVED_AFTER_S = 5.0
"""Unanswered for so long, a call is taken for one that arrived and hangs there: a few of these must not hold up all."""
_LOOK_AGAIN_S = 0.02


class Window:
    """At most ``most`` calls in any ``seconds``, as they are counted when they arrive.

    A call arrives at a time between its departure and its answer. So it counts from its departure until ``seconds``
    after its answer: then no window can hold more, whatever the ways there and back took. From that end the shortest
    way there and back is taken off again: by the half of it that is the way back the call arrived before its answer,
    and by the half that is the way there the next one arrives after its departure. How long the halves are is
    nobody's to know, nor needed.

    Times are seconds of one monotonic clock that the caller reads.
    """

    __slots__ = ("_count_until", "_under_way", "_ways", "most", "seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._under_way: list[float] = []
        self._count_until: list[float] = []
        self._ways = _Ways()

    def begin(self, *, now: float) -> None:
        """A call leaves, now or in a moment."""
        self._under_way.append(now)

    def begin_anew(self, began: float, *, now: float) -> None:
        """The call that was to leave at ``began`` was held up on our side and leaves now."""
        self._forget(began)
        self.begin(now=now)

    def end(self, began: float, *, now: float, is_answered: bool) -> None:
        """A call that left at ``began`` is over. Unless ``is_answered``, its way may have ended anywhere."""
        self._forget(began)
        sure = 0.0
        if is_answered:
            self._ways.note(now - began, now)
            sure = self._ways.least
        insort(self._count_until, now + self.seconds - sure)

    def wait(self, *, now: float, most: int | None = None, ahead: int = 0) -> float:
        """The seconds until one more may leave, after ``ahead`` others, where ``most`` (or less) may count by then.

        Exact where enough of those that count were answered; else a time at which to look again.
        """
        most = self.most if most is None else most
        self._move_on(now)
        rounds, ahead = divmod(ahead, most)
        too_many = len(self._under_way) + len(self._count_until) + ahead - most
        if too_many < 0:
            return rounds * self.seconds
        if too_many < len(self._count_until):
            return rounds * self.seconds + self._count_until[too_many] - now
        return rounds * self.seconds + max(self.seconds - self._ways.least, _LOOK_AGAIN_S)

    def is_idle(self, *, now: float) -> bool:
        """Whether nothing counts any more."""
        self._move_on(now)
        return not self._under_way and not self._count_until

    def _forget(self, began: float) -> None:
        """Nothing, where the call was taken for one that hangs there."""
        if before := bisect_right(self._under_way, began):
            del self._under_way[before - 1]

    def _move_on(self, now: float) -> None:
        hanging = bisect_right(self._under_way, now - _ARRIVED_AFTER_S)
        for began in self._under_way[:hanging]:
            insort(self._count_until, began + _ARRIVED_AFTER_S + self.seconds)
        del self._under_way[:hanging]
        del self._count_until[: bisect_right(self._count_until, now)]


class _Ways:
    """How long calls took there and back in the last five minutes in which there were any, and in no more than ten."""

    __slots__ = ("_before", "_began", "_now", "_since", "least")

    def __init__(self) -> None:
        self._began: float | None = None
        self._since = 0.0
        self._before = _Seen()
        self._now = _Seen()
        self.least = 0.0
        """Shorter than that no call is: the shortest that was seen, less what so few may not have shown yet.

        0.0 until there were a hundred and more than one moment's, which may all have been held up together.
        """

    def note(self, took: float, now: float) -> None:
        if self._began is None:
            self._began = self._since = now
        if now - self._since >= _REMEMBERED_S:
            self._since, self._before, self._now = now, self._now, _Seen()
        self._now.note(took)
        if now - self._began >= _BELIEVED_AFTER_S:
            self.least = self._least()

    def _least(self) -> float:
        if (count := self._before.count + self._now.count) < _BELIEVED_FROM:
            return 0.0
        shortest = min(self._before.shortest, self._now.shortest)
        mean = (self._before.total + self._now.total) / count
        return max(0.0, shortest - (mean - shortest) * _DOUBT / math.sqrt(count) - _MAY_BE_SHORTER_S)


@dataclass(slots=True)
class _Seen:
    count: int = 0
    total: float = 0.0
    shortest: float = math.inf

    def note(self, took: float) -> None:
        self.count += 1
        self.total += took
        self.shortest = min(self.shortest, took)
