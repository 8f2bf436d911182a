"""The machine's own time."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the clock port with the machine's clocks and the event loop."""

    def now(self) -> datetime:
        """The wall clock, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place that asks the machine

    def monotonic(self) -> float:
        """Seconds that never jump back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        await asyncio.sleep(seconds)
