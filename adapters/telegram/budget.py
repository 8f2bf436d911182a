"""When we may speak to a chat, so that Telegram never has to refuse us."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from adapters.telegram.limits import (
    OVERALL,
    OVERALL_DEBT,
    PRIVATE,
    SHARED_BREAKING_IN_WINDOW,
    SHARED_EDITS_IN_WINDOW,
    SHARED_IN_WINDOW,
    SHARED_POSTS_IN_WINDOW,
    WINDOW_S,
)
from bot.domain.delivery import RateLimit, Waited
from bot.messages.pacing import Pacer, Rate
from bot.messages.window import Window
from bot.ports.clock import Clock
from bot.services.turns import Turns

_KEPT_CHATS = 20_000
_SHORTEST_NAP_S = 0.001
"""Less may be lost in floating point, and nothing would move."""


class Purpose(IntEnum):
    """What a call is for; the number is how many calls a shared chat's last minute may hold before it has to wait."""

    POST = SHARED_POSTS_IN_WINDOW
    BREAKING = SHARED_BREAKING_IN_WINDOW
    EDIT = SHARED_EDITS_IN_WINDOW
    ANSWER = SHARED_IN_WINDOW


_FIRST = (Purpose.ANSWER, Purpose.BREAKING)


class Budget:
    """All calls together and private chats by token buckets, groups and channels by a window of one minute.

    A bucket that held a minute's calls would let nearly twice as many pass within its first minute; the window lets
    exactly that many pass, at once if need be.
    """

    def __init__(self, clock: Clock, *, overall: Rate = OVERALL, is_kept: bool = True) -> None:
        self._clock = clock
        self._is_kept = is_kept
        self._pacer = Pacer(overall if is_kept else None, debt=OVERALL_DEBT)
        self._turns = Turns("Telegram", clock)
        self._shared: dict[int, Window] = {}

    def take(self, chat: int, purpose: Purpose = Purpose.POST) -> float:
        """0.0 and one call is spent, or the seconds to wait and nothing is. Groups and channels have negative ids.

        What is spent is to be called at once, ``under_way``.
        """
        now = self._clock.monotonic()
        window = self._window(chat, now)
        wait = 0.0 if window is None else window.wait(now=now, most=purpose)
        wait = wait or self._pacer.take(str(chat), self._private(chat), now=now, goes_first=purpose in _FIRST)
        if wait:
            return max(wait, _SHORTEST_NAP_S)
        if window is not None:
            window.begin(now=now)
        return 0.0

    @contextmanager
    def under_way(self, chat: int) -> Iterator[None]:
        """Around the call that was spent: it counts from its departure until some time after its answer."""
        began, is_answered = self._clock.monotonic(), False
        try:
            yield
            is_answered = True
        finally:
            now = self._clock.monotonic()
            self._pacer.end(began, now=now, is_answered=is_answered)
            if (window := self._shared.get(chat)) is not None:
                window.end(began, now=now, is_answered=False)

    def wait(self, chat: int, purpose: Purpose, *, ahead: int) -> float:
        """The seconds until ``take`` would spend a call after ``ahead`` others to the same chat; nothing is spent."""
        now = self._clock.monotonic()
        window = self._window(chat, now)
        full = 0.0 if window is None else window.wait(now=now, most=purpose, ahead=ahead)
        goes_first = purpose in _FIRST
        return max(full, self._pacer.wait(str(chat), self._private(chat), now=now, goes_first=goes_first, ahead=ahead))

    async def turn(self, chat: int, purpose: Purpose = Purpose.POST) -> Waited | None:
        """See Turns.take."""
        return await self._turns.take(
            lambda: self.take(chat, purpose),
            lambda: self._held_by(chat, purpose),
            goes_first=purpose in _FIRST,
        )

    def close(self, chat: int, wait_s: float) -> None:
        """Telegram said: nothing to this chat for so many seconds."""
        self._pacer.close(str(chat), until=self._clock.monotonic() + wait_s)

    def _held_by(self, chat: int, purpose: Purpose) -> RateLimit:
        """Which limit it was that ``take`` just said to wait for."""
        now = self._clock.monotonic()
        window = self._window(chat, now)
        if window is not None and window.wait(now=now, most=purpose) > 0:
            return RateLimit.CHANNEL
        return self._pacer.held_by(str(chat), self._private(chat), now=now)

    def _private(self, chat: int) -> Rate | None:
        return PRIVATE if self._is_kept and chat > 0 else None

    def _window(self, chat: int, now: float) -> Window | None:
        if not self._is_kept or chat > 0:
            return None
        window = self._shared.get(chat)
        if window is None:
            if len(self._shared) >= _KEPT_CHATS:
                self._shared = {id_: kept for id_, kept in self._shared.items() if not kept.is_idle(now=now)}
            window = self._shared[chat] = Window(SHARED_IN_WINDOW, WINDOW_S)
        return window
