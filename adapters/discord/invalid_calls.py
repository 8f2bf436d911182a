"""Discord bars the address that makes 10,000 invalid calls in ten minutes ("Rate Limits", "Invalid Request Limit")."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

_log = logging.getLogger(__name__)

_WINDOW_S: Final = 600.0
_MANY: Final = 300
"""From so many on we are careful. What is under way by then may all be refused as well."""

_PROBE_EVERY_S: Final = 20.0
_SOON_S: Final = 2.0
_INVALID: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


class InvalidCalls:
    """Counts the calls of the last ten minutes that Discord refused, and says what to risk when they are many: one call
    each third of a minute, and twice as many as went well since the last that did not.

    ``now`` tells seconds of a monotonic clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._refused: deque[float] = deque()
        self._went_well = 0
        self._risked = 0
        self._probe_at = 0.0
        self._is_careful = False

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Discord answered so. A 429 whose limit others have used up as well is not held against us."""
        if status not in _INVALID or headers.get("X-RateLimit-Scope") == "shared":
            return
        self._refused.append(self._now())
        self._went_well = self._risked = 0
        self._probe_at = self._now() + _PROBE_EVERY_S

    def went_well(self) -> None:
        """One of those that were risked did."""
        self._went_well += 1

    def wait_s(self) -> float:
        """0.0 where a call may be risked, which is taken for made; else the seconds after which to ask again."""
        now = self._now()
        while self._refused and self._refused[0] <= now - _WINDOW_S:
            self._refused.popleft()
        was_careful, self._is_careful = self._is_careful, len(self._refused) >= _MANY
        if not self._is_careful:
            return 0.0
        if not was_careful:
            _log.warning("discord refuses too much, asked less often")
        if self._risked < 2 * self._went_well:
            self._risked += 1
            return 0.0
        if now >= self._probe_at:
            self._probe_at = now + _PROBE_EVERY_S
            return 0.0
        return _SOON_S if self._went_well else self._probe_at - now
