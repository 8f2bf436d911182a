"""Leave a platform alone that answers nothing, and look now and then whether it does again."""

from bot.ports.clock import Clock
from bot.ports.platform import SendError, TryLaterError, UncertainError

_MOST_UNANSWERED = 10
_FEW_UNANSWERED, _LONG_UNANSWERED_S = 3, 5.0
"""Whoever has one channel to send to may take long to make ten tries."""
_PROBE_EVERY_S = 30.0


class Breaker:
    """Counts what stayed without an answer of the platform. Where its outage makes outcomes uncertain, each send that
    is not begun is one that no person has to decide about.

    It opens after ten in a row, or after three where five seconds bring no answer, and closes with the first answer, be
    it a refusal.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._unanswered = 0
        self._silent_since = 0.0
        self._probe_at = 0.0
        self.is_open = False

    def answered(self) -> None:
        """The platform did what it was asked."""
        self._unanswered = 0
        self.is_open = False

    def failed(self, error: SendError) -> bool:
        """Note what came instead; whether that opened it."""
        if not isinstance(error, UncertainError) and not _is_silence(error):
            self.answered()
            return False
        now = self._clock.monotonic()
        if not self._unanswered:
            self._silent_since = now
        self._unanswered += 1
        is_long = self._unanswered >= _FEW_UNANSWERED and now - self._silent_since >= _LONG_UNANSWERED_S
        was_open, self.is_open = self.is_open, is_long or self._unanswered >= _MOST_UNANSWERED
        if self.is_open:
            self._probe_at = now + _PROBE_EVERY_S
        return self.is_open and not was_open

    def lets_through(self, wanted: int) -> int:
        """How many of so many sends may begin now: all, none, or the one that tries whether there is an answer."""
        if not self.is_open:
            return wanted
        return min(wanted, 1) if self._clock.monotonic() >= self._probe_at else 0

    def began(self, count: int) -> None:
        """So many begin: while it is open, the next one does so half a minute later at the earliest."""
        if self.is_open and count:
            self._probe_at = self._clock.monotonic() + _PROBE_EVERY_S


def _is_silence(error: SendError) -> bool:
    """Whether nothing was heard: a limit of the platform's is an answer."""
    return isinstance(error, TryLaterError) and error.limit is None
