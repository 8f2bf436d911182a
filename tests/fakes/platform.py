"""A chat platform in memory that does what it is told to."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.domain.channel import ChannelRef
from bot.domain.delivery import Receipt, Waited
from bot.domain.person import PersonRef
from bot.messages.limits import Limits
from bot.messages.post import Post
from bot.ports.platform import Desk, PlatformStartError, UncertainError
from bot.ports.progress import Beat, unheard


class FakePlatform:
    """Implements ``ChatPlatform``. ``trouble`` is asked before each send or edit and may raise; ``trouble_at`` the same
    for sends to one place. ``waited`` stands in each receipt.

    ``searched`` are the times from which its history was read; ``is_blind``: nobody may read it.
    """

    def __init__(self, name: str = "discord", *, repeat_safe_s: float = 0.0, can_find: bool = False) -> None:
        self.name = name
        self.limits = Limits(
            measure=len,
            text=2000,
            label=40,
            buttons_in_row=5,
            rows=5,
            repeat_safe_s=repeat_safe_s,
            can_find=can_find,
        )
        self.sent: list[tuple[ChannelRef, Post, str]] = []
        self.edited: list[tuple[Receipt, Post]] = []
        self.found: Receipt | None = None
        self.searched: list[datetime] = []
        self.is_blind = False
        self.waited: Waited | None = None
        self.managers: set[PersonRef] = set()
        self.refuses: PlatformStartError | None = None
        self.trouble: Callable[[], None] = lambda: None
        self.trouble_with_history: Callable[[], None] = lambda: None
        self.trouble_at: dict[ChannelRef, Callable[[], None]] = {}
        self.left_alone: dict[ChannelRef, float] = {}
        self.in_flight = 0
        self.most_in_flight = 0
        self._changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()

    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        if self.refuses:
            raise self.refuses
        await asyncio.Event().wait()

    async def ready(self) -> None:
        if self.refuses:
            await asyncio.Event().wait()

    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        async with self._changed:
            self._changed.notify_all()
        try:
            await self.gate.wait()
            self.trouble_at.get(to, self.trouble)()
            self.sent.append((to, post, once))
        finally:
            self.in_flight -= 1
            async with self._changed:
                self._changed.notify_all()
        return Receipt(channel=to, message_ids=(str(len(self.sent)),), waited=self.waited)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        self.trouble()
        self.edited.append((receipt, post))
        return receipt

    async def withdraw(self, receipt: Receipt) -> None:
        self.trouble()

    async def find(self, to: ChannelRef, post: Post, *, since: datetime) -> Receipt | None:
        if self.is_blind:
            raise UncertainError("we may not read this channel's history")
        self.trouble_with_history()
        self.searched.append(since)
        return self.found

    def leave_alone(self, channel: ChannelRef, for_s: float) -> None:
        self.left_alone[channel] = for_s

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        return person in self.managers

    def private_chat(self, person: PersonRef) -> ChannelRef | None:
        return ChannelRef(platform=self.name, id=f"with {person.id}")

    async def flying(self, number: int) -> None:
        """Return as soon as that many sends are under way."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.in_flight >= number)

    async def shown(self, number: int) -> None:
        """Return as soon as that many posts were sent."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= number)

    @property
    def titles(self) -> list[str | None]:
        """Titles in the order in which they were sent."""
        return [post.title for _, post, _ in self.sent]
