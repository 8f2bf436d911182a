"""Where we post, and what is followed there."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.article import StoryId
from bot.domain.channel import Channel, ChannelId, ChannelRef, Loss, NewChannel, Prefers
from bot.domain.subscription import Subscription, SubscriptionId, Target
from bot.domain.topic import TopicId


class ChannelStore(Protocol):
    """Places we post to."""

    async def meet(self, channel: NewChannel, *, now: datetime) -> Channel:
        """The stored channel for that place, made if there is none; a new title is taken over."""
        ...

    async def find(self, ref: ChannelRef) -> Channel | None: ...
    async def showing(self, story_id: StoryId, *, platform: str, limit: int) -> list[ChannelRef]:
        """Places that several people read and where the story's card stands, those that got it last first."""
        ...

    async def named(self, name: str) -> list[Channel]:
        """Those of that number or that title, by number."""
        ...

    async def latest(self, *, limit: int) -> list[Channel]:
        """Those met last, newest first."""
        ...

    async def numbered(self, channel_id: ChannelId) -> Channel | None: ...
    async def around(self, ref: ChannelRef) -> list[Channel]:
        """The channel of that place, and those of its threads where a place is named; by id."""
        ...

    async def paused(self, platform: str) -> list[Channel]:
        """Those of the platform in which nothing is posted now, by id."""
        ...

    async def pause(self, refs: Sequence[ChannelRef], *, reason: str, loss: Loss, now: datetime) -> list[ChannelId]:
        """Let nothing out in these places and, where a place is named, in its threads, until they are resumed. Which
        ones were open until now. What is in flight goes on.
        """
        ...

    async def resume(self, channel_id: ChannelId, *, now: datetime, most: int | None = None) -> bool:
        """Let posts out again if the channel was paused; whether it was.

        Where more than ``most`` headlines have gathered, these stay held until ``catch_up`` or ``leave_out``, and
        only what is new goes out; None lets all out.
        """
        ...

    async def prefer(self, channel_id: ChannelId, prefers: Prefers) -> None:
        """What the channel wants of posts of unknown outcome, from the next claim on."""
        ...

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        """The place has another id now: channel, receipts and all that refers to it follow."""
        ...


class SubscriptionStore(Protocol):
    """Who wants to be told what."""

    async def add(self, channel_id: ChannelId, target: Target, *, now: datetime) -> tuple[Subscription, bool]:
        """The subscription and whether it is new; asking twice changes nothing."""
        ...

    async def remove(self, channel_id: ChannelId, subscription_id: SubscriptionId) -> Subscription | None:
        """Take it away if it is this channel's; what was taken away."""
        ...

    async def of(self, channel_id: ChannelId) -> list[Subscription]:
        """Oldest first."""
        ...

    async def own_words(self, *, after: SubscriptionId, limit: int) -> list[tuple[SubscriptionId, TopicId]]:
        """Subscriptions to readers' own words that were made after that one, oldest first; 0 is before all.

        Whoever asks after the last one that was told misses none.
        """
        ...

    async def followed(self, topic_ids: Iterable[TopicId]) -> set[TopicId]:
        """Those of the topics that somebody is subscribed to."""
        ...
