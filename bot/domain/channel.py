"""Places we post to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

ChannelId = NewType("ChannelId", int)


class ChannelKind(StrEnum):
    """Who reads along: one person, people who talk, or an audience that only reads."""

    PRIVATE = "private"
    GROUP = "group"
    BROADCAST = "broadcast"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRef:
    """A place as its platform names it. ``thread`` is a topic or thread inside ``id``, None for the place itself."""

    platform: str
    id: str
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """A place we met."""

    ref: ChannelRef
    kind: ChannelKind
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(NewChannel):
    """A stored place. ``paused_because`` says why nothing is posted now; its subscriptions are kept."""

    id: ChannelId
    added_at: datetime
    paused_because: str | None = None
