"""Time, so that tests can hold it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """The wall clock, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        ...
