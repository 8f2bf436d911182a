"""Discord's rate limits: fifty calls a second in all, a bucket per route and channel, and the ban for invalid calls."""

import zlib
from dataclasses import dataclass

from adapters.sandbox.contract import Clock, Strictness
from adapters.sandbox.discord.refusals import RefusedError, rate_limited

_GLOBAL_PER_SECOND = 50
_MOST_INVALID, _INVALID_WINDOW_S = 10_000, 600
_INVALID = {401, 403, 429}
_FORGET_ABOVE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """So many calls in so many seconds, counted from the first one."""

    name: str
    calls: int
    period_s: float


# The numbers of sends and crossposts are what others measured; Discord publishes none and asks to read the headers.
SENDS = Rule(name="sends", calls=5, period_s=5)
EDITS = Rule(name="edits", calls=5, period_s=5)
CROSSPOSTS = Rule(name="crossposts", calls=10, period_s=3600)
OTHERS = Rule(name="others", calls=50, period_s=1)
_GENEROUS = Rule(name="open", calls=1000, period_s=1)


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class RateBook:
    """Counts the calls of one bot. Times are the clock's seconds."""

    def __init__(self, clock: Clock, strictness: Strictness) -> None:
        self._clock = clock
        self._strictness = strictness
        self._all = _Window(ends=0)
        self._invalid = _Window(ends=0)
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, rule: Rule, major: str) -> dict[str, str]:
        """Count one call of the bucket and return its headers; raises the 429 when the bucket or the second is full."""
        if not self._strictness.rates:
            return _headers(_GENEROUS, 1, self._clock() + 1, 1)
        now = self._clock()
        window = self._window(rule, major, now)
        left = window.ends - now
        if window.used >= rule.calls:
            raise rate_limited(left, scope="user", headers=_headers(rule, rule.calls, window.ends, left))
        if now >= self._all.ends:
            self._all = _Window(ends=now + 1)
        if self._all.used >= _GLOBAL_PER_SECOND:
            raise rate_limited(self._all.ends - now, scope="global", headers={})
        self._all.used += 1
        window.used += 1
        return _headers(rule, window.used, window.ends, left)

    def free(self) -> dict[str, str]:
        """Headers for calls outside the bot's limits: answers to interactions."""
        return _headers(_GENEROUS, 1, self._clock() + 1, 1)

    def refuse_if_banned(self) -> None:
        """429 without ``Via`` after too many invalid calls, as Cloudflare answers in Discord's place."""
        if self._strictness.rates and self._invalid.used >= _MOST_INVALID and self._clock() < self._invalid.ends:
            error = RefusedError(429, 0, "You are being blocked from accessing our API temporarily.")
            error.headers = {"Retry-After": str(int(self._invalid.ends - self._clock()) + 1)}
            raise error

    def note(self, status: int, *, shared: bool = False) -> None:
        """Count an invalid call: 401, 403, and 429 unless its scope is shared."""
        if status not in _INVALID or shared:
            return
        now = self._clock()
        if now >= self._invalid.ends:
            self._invalid = _Window(ends=now + _INVALID_WINDOW_S)
        self._invalid.used += 1

    def _window(self, rule: Rule, major: str, now: float) -> _Window:
        if len(self._windows) > _FORGET_ABOVE:
            self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
        window = self._windows.get((rule.name, major))
        if window is None or now >= window.ends:
            window = self._windows[rule.name, major] = _Window(ends=now + rule.period_s)
        return window


def _headers(rule: Rule, used: int, ends: float, left: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(rule.calls),
        "X-RateLimit-Remaining": str(max(0, rule.calls - used)),
        "X-RateLimit-Reset": f"{ends:.3f}",
        "X-RateLimit-Reset-After": f"{max(left, 0.001):.3f}",
        "X-RateLimit-Bucket": f"{zlib.crc32(rule.name.encode()):08x}",
    }
