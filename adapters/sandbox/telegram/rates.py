"""How often the bot may speak: overall, in one private chat, in one group or channel."""

import math
from collections import deque
from typing import Protocol

from adapters.sandbox.contract import Clock
from adapters.sandbox.telegram.errors import TooManyRequestsError
from adapters.sandbox.telegram.room import Room

OVERALL_PER_S = 30
PAID_PER_S = 1_000
PRIVATE_BURST = 5
GROUP_PER_MINUTE = 20


class _Meter(Protocol):
    def wait(self, now: float) -> float:
        """Seconds until one more is allowed, 0 if it is now."""
        ...

    def spend(self, now: float) -> None: ...


class _Window:
    """At most ``limit`` in any stretch of ``seconds``."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._seconds = seconds
        self._spent: deque[float] = deque(maxlen=limit)

    def wait(self, now: float) -> float:
        if len(self._spent) < (self._spent.maxlen or 0):
            return 0.0
        return max(0.0, self._spent[0] + self._seconds - now)

    def spend(self, now: float) -> None:
        self._spent.append(now)


class _Bucket:
    """One a second, with ``burst`` at once after a rest."""

    def __init__(self, burst: int) -> None:
        self._burst = float(burst)
        self._left = float(burst)
        self._at = 0.0

    def wait(self, now: float) -> float:
        left = min(self._burst, self._left + (now - self._at))
        # The millionth forgives what floating point takes away.
        return max(0.0, 1.0 - left - 1e-6)

    def spend(self, now: float) -> None:
        self._left = min(self._burst, self._left + (now - self._at)) - 1
        self._at = now


class Rates:
    """The limits of the Bots FAQ: 30 a second overall, 1 a second in a private chat, 20 a minute in a group.

    Edits, deletions, chat actions and reactions count in groups and channels as messages do; in private chats only
    messages count. A refused call counts nowhere.
    """

    def __init__(self, clock: Clock, *, are_on: bool) -> None:
        self._clock = clock
        self._are_on = are_on
        self._overall = _Window(OVERALL_PER_S, 1.0)
        self._paid = _Window(PAID_PER_S, 1.0)
        self._chats: dict[int, _Meter] = {}

    def spend(self, room: Room, *, message: bool = True, is_paid: bool = False) -> None:
        """Count one call; ``is_paid`` as ``allow_paid_broadcast`` says: a thousand a second, for Stars.

        Raises TooManyRequestsError with the seconds to wait, rounded up.
        """
        if not self._are_on:
            return
        now = self._clock()
        meters: list[_Meter] = [self._paid if is_paid else self._overall]
        if message or not room.is_private:
            meters.append(self._of(room))
        wait = max(meter.wait(now) for meter in meters)
        if wait > 0:
            raise TooManyRequestsError(math.ceil(wait))
        for meter in meters:
            meter.spend(now)

    def _of(self, room: Room) -> _Meter:
        meter = self._chats.get(room.id)
        if meter is None:
            meter = _Bucket(PRIVATE_BURST) if room.is_private else _Window(GROUP_PER_MINUTE, 60.0)
            self._chats[room.id] = meter
        return meter
