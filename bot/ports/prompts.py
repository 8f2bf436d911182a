"""Questions that wait for a reply, so that half-written answers survive a restart."""

from typing import Protocol


class Prompts(Protocol):
    """Which message asked what."""

    async def keep(self, key: str, token: str) -> None:
        """``key`` names the asking message; ``token`` is the form's action as a button would carry it."""
        ...

    async def find(self, key: str) -> str | None:
        """The token kept under that key, None when that message asked nothing."""
        ...
