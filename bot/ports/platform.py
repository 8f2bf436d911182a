"""What the core needs of a chat platform, and what a platform needs of the core."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.channel import ChannelRef, Loss
from bot.domain.delivery import RateLimit, Receipt
from bot.domain.person import PersonRef
from bot.messages.action import Action
from bot.messages.exchange import Answer, Request
from bot.messages.form import Form
from bot.messages.limits import Limits
from bot.messages.menu import CommandSpec
from bot.messages.post import Post
from bot.ports.progress import Beat, unheard


class SendError(Exception):
    """A post could not be shown. ``str(error)`` is the platform's reason, in words for readers and without secrets."""


class TryLaterError(SendError):
    """Not now: nothing was sent; again after ``wait_s`` seconds, where ``limit`` is set for a limit of the platform."""

    def __init__(self, reason: str, *, wait_s: float, limit: RateLimit | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.limit = limit


class ChannelLostError(SendError):
    """The channel takes nothing from us: gone, closed, or we were shown the door. Nothing was sent.

    ``loss`` is what has to change before it takes posts again. ``moved_to`` is set when the platform says where the
    channel lives now.
    """

    def __init__(self, reason: str, *, loss: Loss = Loss.SHUT_OUT, moved_to: ChannelRef | None = None) -> None:
        super().__init__(reason)
        self.loss = loss
        self.moved_to = moved_to


class PostRefusedError(SendError):
    """The platform refuses this very post, now and later. On an edit: the message is gone.

    ``by_rules``: because of rules of the channel's own, which its moderators can change.
    """

    def __init__(self, reason: str, *, by_rules: bool = False) -> None:
        super().__init__(reason)
        self.by_rules = by_rules


class UncertainError(SendError):
    """It may have been sent; nobody knows."""


class PlatformStartError(Exception):
    """A platform cannot be used at all: ``str(error)`` names it, says why and what to do (a wrong token for one)."""


class Doors(Protocol):
    """Who hears of channels that open, close and move."""

    async def opened(self, channel: ChannelRef) -> None:
        """We may post there (again), in all its threads too."""
        ...

    async def closed(self, channels: Sequence[ChannelRef], *, reason: str, loss: Loss) -> None:
        """Nothing can be posted there any more, nor in their threads."""
        ...

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        """The place has another id now."""
        ...

    async def paused(self, platform: str) -> list[ChannelRef]:
        """Where nothing is posted now: whoever hears that rights changed asks which of these are open again."""
        ...


class Desk(Protocol):
    """The one object adapters ask."""

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        """Every command, in menu order."""
        ...

    def form_for(self, action: Action) -> Form | None:
        """The form that this action opens, known at once and without waiting; None: ``answer`` it."""
        ...

    async def answer(self, request: Request) -> Answer:
        """Every request has an answer; errors are answers too. Never raises but for cancellation."""
        ...


class ChatPlatform(Protocol):
    """One chat platform. All methods may be called at the same time; ``send`` keeps no order between calls."""

    @property
    def name(self) -> str: ...

    @property
    def limits(self) -> Limits: ...

    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        """Log in, publish the menus and answer people until cancelled; reconnects by itself.

        ``beat`` is told whenever the platform answers, every other minute at least. May be called again once it was
        cancelled. Raises PlatformStartError when trying again is of no use.
        """
        ...

    async def ready(self) -> None:
        """Return once ``listen`` is connected for the first time."""
        ...

    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        """Show the post in the channel.

        ``once`` (≤ 25 characters) is the same when the same send is repeated; within ``limits.repeat_safe_s`` a repeat
        shows nothing new and returns the first receipt, which also tells how long this one waited for its turn. Raises
        the four kinds of SendError and no other.
        """
        ...

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Make the sent message say this. An edit that changes nothing is a success. Raises SendError kinds."""
        ...

    async def withdraw(self, receipt: Receipt) -> None:
        """Take the messages away; one that is gone already is a success. Raises SendError kinds."""
        ...

    async def find(self, to: ChannelRef, post: Post, *, since: datetime) -> Receipt | None:
        """Our own message with the same first button as ``post``, sent after ``since``; None when there is none.

        Only where ``limits.can_find``; elsewhere always None. Raises SendError kinds, UncertainError only where we may
        not look at all.
        """
        ...

    def leave_alone(self, channel: ChannelRef, for_s: float) -> None:
        """Say nothing there for so many seconds, as the platform asked of whoever sent before us."""
        ...

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        """Whether the person may manage the channel, as the platform says now (at most 60 s old)."""
        ...

    def private_chat(self, person: PersonRef) -> ChannelRef | None:
        """Where the person can be told something alone; None for whoever is no person, such as a channel that speaks.

        Known at once and without asking; it is opened by the first send, which may be refused.
        """
        ...
