"""An inbox in memory."""

import asyncio
from collections.abc import Sequence

from typing_extensions import override

from bot.ports.inbox import Letter


class FakeInbox:
    """Implements ``Inbox``. It outlives the platform that uses it, as the table does."""

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._done: set[str] = set()

    async def accept(self, platform: str, letters: Sequence[Letter]) -> list[Letter]:
        fresh = [letter for letter in letters if letter.id not in self._letters]
        self._letters.update({letter.id: letter for letter in fresh})
        return fresh

    async def done(self, platform: str, ids: Sequence[str]) -> None:
        self._done.update(ids)

    async def pending(self, platform: str) -> list[Letter]:
        return [letter for id_, letter in self._letters.items() if id_ not in self._done]

    @property
    def accepted(self) -> list[str]:
        """The numbers of all letters, in the order in which they came."""
        return list(self._letters)


class FullInbox(FakeInbox):
    """Keeps nothing as long as it is full, and says so at once, or once the ``gate`` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.is_full = True
        self.gate = asyncio.Event()
        self.gate.set()

    @override
    async def accept(self, platform: str, letters: Sequence[Letter]) -> list[Letter]:
        await self.gate.wait()
        if self.is_full:
            raise OSError("disk full")
        return await super().accept(platform, letters)
