"""Two chat platforms in memory that outlive the bot's processes, and fail as the dice say."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.channel import ChannelRef, Loss
from bot.domain.delivery import Receipt
from bot.domain.person import PersonRef
from bot.messages.limits import Limits
from bot.messages.post import Post
from bot.ports.platform import (
    ChannelLostError,
    Desk,
    PostRefusedError,
    TryLaterError,
    UncertainError,
)
from bot.ports.progress import Beat, unheard

NONCES_KEPT_S = 120.0
_LONGEST_ANSWER_S = 20.0
_EPOCH = datetime(2026, 3, 14, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel shows. ``at`` is the platform's own time, in seconds."""

    id: str
    channel: ChannelRef
    title: str
    once: str
    at: float


@dataclass(slots=True, kw_only=True)
class Server:
    """What a platform remembers. ``wrath`` is the share of calls that go wrong."""

    name: str
    dice: random.Random
    knows_repeats: bool
    tell: Callable[[str], None]
    wrath: float = 0.5
    messages: list[Message] = field(default_factory=list)
    closed: set[ChannelRef] = field(default_factory=set)
    doubted: set[tuple[ChannelRef, str]] = field(default_factory=set)
    """Posts of which at some time nobody knew whether they had been shown."""

    def show(self, to: ChannelRef, title: str, once: str) -> Message:
        """The message, the first one where that is known to be the same."""
        now = asyncio.get_running_loop().time()
        for message in self.messages if self.knows_repeats else ():
            if (message.channel, message.once) == (to, once) and now - message.at < NONCES_KEPT_S:
                return message
        message = Message(id=str(len(self.messages)), channel=to, title=title, once=once, at=now)
        self.messages.append(message)
        self.tell(f"{self.name} shows {title} in {to.id}")
        return message


class SimulatedPlatform:
    """Implements ``ChatPlatform`` for one process. Each call takes a while before it is carried out and after."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.name = server.name
        self.limits = Limits(
            measure=len,
            text=2000,
            label=40,
            buttons_in_row=5,
            rows=5,
            repeat_safe_s=60.0 if server.knows_repeats else 0.0,
            can_find=server.knows_repeats,
        )

    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        await asyncio.Event().wait()

    async def ready(self) -> None:
        pass

    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        title, server = _title(post), self._server
        try:
            await self._goes_out(to)
            message = server.show(to, title, once)
            await self._comes_back()
        except (TryLaterError, ChannelLostError, PostRefusedError):
            raise
        except BaseException:
            server.doubted.add((to, title))
            raise
        return Receipt(channel=to, message_ids=(message.id,))

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        await self._goes_out(receipt.channel)
        await self._comes_back()
        return receipt

    async def withdraw(self, receipt: Receipt) -> None:
        pass

    async def find(self, to: ChannelRef, post: Post, *, since: datetime) -> Receipt | None:
        await asyncio.sleep(self._server.dice.random())
        if not self.limits.can_find:
            return None
        for message in self._server.messages:
            is_late = _EPOCH + timedelta(seconds=message.at) > since
            if (message.channel, message.title) == (to, _title(post)) and is_late:
                return Receipt(channel=to, message_ids=(message.id,))
        return None

    def leave_alone(self, channel: ChannelRef, for_s: float) -> None:
        pass

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        return True

    def private_chat(self, person: PersonRef) -> ChannelRef | None:
        return None

    async def _goes_out(self, to: ChannelRef) -> None:
        dice = self._server.dice
        await asyncio.sleep(dice.random())
        if to in self._server.closed:
            raise ChannelLostError("we were shown the door", loss=Loss.SHUT_OUT)
        if dice.random() >= self._server.wrath:
            return
        await self._fail(dice.random())

    async def _fail(self, fate: float) -> None:
        dice = self._server.dice
        if fate < 0.4:
            raise TryLaterError("too much", wait_s=dice.choice((0.5, 5.0, 90.0)))
        if fate < 0.9:
            await asyncio.sleep(dice.random() * _LONGEST_ANSWER_S)
            raise UncertainError("no answer came, and nothing was done")
        if fate < 0.95:
            raise ConnectionError("an error of ours")
        raise PostRefusedError("not this one")

    async def _comes_back(self) -> None:
        dice = self._server.dice
        await asyncio.sleep(dice.random() * (_LONGEST_ANSWER_S if dice.random() < 0.1 else 1.0))
        if dice.random() < self._server.wrath / 2:
            raise UncertainError("it was done, and no answer came")


def _title(post: Post) -> str:
    return post.title or "a word to moderators"
