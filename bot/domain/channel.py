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


class Loss(StrEnum):
    """Why a channel takes nothing from us: what a person has to do about it differs."""

    BLOCKED = "blocked"
    SHUT_OUT = "shut out"
    NO_RIGHTS = "no rights"
    CLOSED = "closed"
    GONE = "gone"


class Prefers(StrEnum):
    """What a channel would rather have of a post that may or may not have arrived: twice, or perhaps not at all."""

    NO_LOSS = "no-loss"
    NO_DUPLICATE = "no-duplicate"


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
    """A stored place.

    ``paused_because`` is what the platform said when nothing could be posted any more, ``paused_as`` what kind of loss
    that is, ``paused_at`` when; all None while posts go out. Its subscriptions are kept.
    """

    id: ChannelId
    added_at: datetime
    paused_because: str | None = None
    paused_as: Loss | None = None
    paused_at: datetime | None = None
    prefers: Prefers = Prefers.NO_LOSS
