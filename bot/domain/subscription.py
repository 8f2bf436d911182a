"""What a channel wants to be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.domain.channel import ChannelId
from bot.domain.source import SourceId
from bot.domain.topic import TopicId

SubscriptionId = NewType("SubscriptionId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Every story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTopic:
    """Stories that touch a topic; ``label`` is the name the person used, to show it back."""

    topic_id: TopicId
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSource:
    """Stories of one source."""

    source_id: SourceId
    label: str


Target = Everything | FromTopic | FromSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A stored wish of a channel."""

    id: SubscriptionId
    channel_id: ChannelId
    target: Target
    added_at: datetime
