"""Who looks at a chat learns here that something in it changed."""

import asyncio
from dataclasses import dataclass

from adapters.sandbox.contract import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What changed since a number: ``everything`` when the number is from before this start of the sandbox."""

    now: int
    chats: tuple[tuple[str, str], ...]
    everything: bool

    def as_json(self) -> dict[str, object]:
        chats = [{"platform": platform, "chat": chat} for platform, chat in self.chats]
        return {"now": self.now, "everything": self.everything, "chats": chats}


class Changes:
    """Implements ``Pulse``: numbers every beat and wakes those who wait.

    The first number is taken from the clock, so a number from before a restart is always smaller than any of today.
    """

    def __init__(self, clock: Clock) -> None:
        self._start = self._now = int(clock() * 1000)
        self._last: dict[tuple[str, str], int] = {}
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    @property
    def now(self) -> int:
        """The number of the latest beat."""
        return self._now

    def beat(self, platform: str, chat: str) -> None:
        """Something in the chat changed for at least one person."""
        key = (platform, chat)
        self._last.pop(key, None)  # so that the latest beats stand at the end
        self._now += 1
        self._last[key] = self._now
        self._wake()

    def stir(self) -> None:
        """Something outside the chats changed: a bot came or went, a fault was ordered."""
        self._now += 1
        self._wake()

    def since(self, number: int) -> News:
        """What changed after that number, oldest first."""
        everything = number < self._start or number > self._now
        return News(now=self._now, chats=tuple(_after(self._last, 0 if everything else number)), everything=everything)

    async def wait(self, number: int, seconds: float) -> News:
        """What changed after that number; waits up to ``seconds`` for a first change."""
        if number == self._now and seconds > 0 and not self._closed:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=seconds)
            finally:
                self._waiting.discard(waiter)
        return self.since(number)

    def close(self) -> None:
        """Nobody waits any longer."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


def _after(last: dict[tuple[str, str], int], number: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key in reversed(last):
        if last[key] <= number:
            break
        found.append(key)
    return found[::-1]
