"""What people sent is kept before the platform is told that we have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message from a platform, as it came (JSON), under the platform's own number."""

    id: str
    body: str


class Inbox(Protocol):
    """Durable until done. What was accepted and not done is pending again after a restart."""

    async def accept(self, platform: str, letters: Sequence[Letter]) -> list[Letter]:
        """Keep them in one transaction; those never seen before, in order. Returns after the commit."""
        ...

    async def done(self, platform: str, ids: Sequence[str]) -> None:
        """They need no more handling; their numbers stay known for a week."""
        ...

    async def pending(self, platform: str) -> list[Letter]:
        """Accepted and not done, oldest first."""
        ...
