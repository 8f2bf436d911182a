"""What the moderators of a channel are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.channel import ChannelId
from bot.domain.source import SourceId

NoticeId = NewType("NoticeId", int)


class NoticeKind(StrEnum):
    """What has happened."""

    SOURCE_FAILS = "source fails"
    SOURCE_IS_BACK = "source is back"
    SOURCE_MOVED = "source moved"
    CHANNEL_PAUSED = "channel paused"
    CHANNEL_GOES_ON = "channel goes on"
    CHANNEL_IS_BACK = "channel is back"
    POSTS_PARKED = "posts parked"
    POSTS_RESTORED = "posts restored"
    POST_REFUSED = "post refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A word about a channel or a source, exactly one of the two.

    ``key`` names the cause: about one cause there is one notice, ever. ``about`` is what it is about in a few words,
    ``reason`` why it happened, without secrets.
    """

    kind: NoticeKind
    key: str
    about: str
    reason: str = ""
    channel_id: ChannelId | None = None
    source_id: SourceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(NewNotice):
    """A stored notice; ``at`` is when it happened."""

    id: NoticeId
    at: datetime
