"""What was promised to channels: posts, digests, notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef
from bot.domain.delivery import Claim, DeliveryId, DeliveryState, ParkedPost, Queue, Settled
from bot.domain.digest import Digest, DigestId
from bot.domain.history import Attempt, GivenUp, Trace
from bot.domain.notice import NewNotice, Notice, NoticeId, NoticeKind
from bot.domain.source import SourceId
from bot.domain.story import Story


class DeliveryStore(Protocol):
    """The outbox."""

    async def promise(
        self,
        story_id: StoryId,
        *,
        now: datetime,
        due: datetime | None = None,
        is_breaking: bool = False,
        is_new: bool = False,
    ) -> int:
        """One pending headline for each channel that follows everything, one of the story's topics or one of its
        sources; channels that have the story already, or had, alone or in a digest, get none. One INSERT … SELECT. How
        many were made. They leave at ``due`` if that is later, and others may leave before them; breaking news leaves
        before others. ``is_new``: the story was opened in this unit of work, so that nobody has it.
        """
        ...

    async def hasten(self, story_id: StoryId, *, now: datetime) -> int:
        """Let the story's headlines that nobody has tried to send yet leave now; how many were to leave later."""
        ...

    async def promise_to(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> int:
        """Pending headlines of these stories for one channel, in this order, each at most once ever."""
        ...

    async def refresh(self, story_id: StoryId, *, due: datetime) -> int:
        """The story's cards are to be brought up to date in every channel that shows it.

        While one waits, further wishes join it and keep its earlier due time; one that is just being sent is followed
        by another.
        """
        ...

    async def claim(
        self, platforms: Sequence[str], *, holder: str, limit: int, now: datetime, lease: timedelta
    ) -> list[Claim]:
        """Take due deliveries for sending: breaking news, then notices, other headlines, digests and refreshes, of each
        the oldest first; at most one per channel, none of a channel that has one in flight or is paused. Increases
        ``attempt``.

        But for breaking news, a channel's headlines leave in the order in which they were promised; one that was put
        back holds up those behind it, digests too. A refresh waits until its headline was sent. There may be more than
        was taken.
        """
        ...

    async def settle(self, settled: Sequence[Settled], *, now: datetime) -> None:
        """Write what became of claims. A claim that was settled or taken by another since is left alone; one whose
        lease is merely over is written: what was sent was sent.
        """
        ...

    async def abandoned(self, *, now: datetime, holder: str | None = None) -> list[Claim]:
        """Claims whose lease is over — with ``holder``, also every claim of any other holder (the caller knows that
        those are dead). They stay claimed until settled.
        """
        ...

    async def claimed_in(self, turn: str) -> list[Claim]:
        """What was taken in that turn, by the ``holder`` of the claim, and not settled since; waits for a claim that is
        just being committed.
        """
        ...

    async def set_right(self, *, now: datetime) -> int:
        """Let leave now what waits for a time that only a clock can have named that was ahead then: what was put
        back later than now, and what was never tried and is due in more than ten minutes. How many.
        """
        ...

    async def held(self, channel_id: ChannelId) -> int:
        """How many headlines wait that gathered while the channel was paused."""
        ...

    async def catch_up(self, channel_id: ChannelId, *, most: int, now: datetime) -> list[StoryId]:
        """Let the newest of the held headlines out, in their order, and bury the others; the stories of these, newest
        first.
        """
        ...

    async def leave_out(self, channel_id: ChannelId, *, now: datetime, reason: str) -> int:
        """Bury all held headlines for that reason; how many."""
        ...

    async def parked(
        self, channel_id: ChannelId, *, up_to: DeliveryId | None = None, limit: int = 100
    ) -> list[ParkedPost]:
        """The channel's headlines and digests that may or may not have arrived, newest first, up to that one."""
        ...

    async def parked_at(self, at: datetime) -> list[ChannelId]:
        """The channels with headlines or digests that were parked at that very moment and still are, by id."""
        ...

    async def resend(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        """Let the channel's parked posts up to that one be sent again, now; how many. One whose outcome is unknown
        again is parked again.
        """
        ...

    async def leave(self, channel_id: ChannelId, *, up_to: DeliveryId, now: datetime) -> int:
        """Bury the channel's parked posts up to that one; how many."""
        ...

    async def channel_of(self, delivery_id: DeliveryId) -> ChannelId | None:
        """Where it was to go."""
        ...

    async def next_due(self, platforms: Sequence[str]) -> datetime | None:
        """When the earliest delivery is due that nothing in its channel stands before; None when nothing waits but for
        a settling, a promise or a resumed channel.
        """
        ...

    async def counts(self) -> Mapping[DeliveryState, int]:
        """How many rows stand in each state."""
        ...

    async def traces(self, channel_id: ChannelId, story_id: StoryId) -> list[Trace]:
        """What was promised to the channel about the story, or about one that was merged into it: headlines first,
        then digests that it stands in, the oldest first.
        """
        ...

    async def asked_to_wait(self, platform: str, *, now: datetime) -> Mapping[ChannelRef, datetime]:
        """Until when the platform asked us to leave its channels alone, where it did so in the last day and that moment
        is still to come.
        """
        ...

    async def attempts(self, channel_id: ChannelId, *, since: datetime, until: datetime) -> list[Attempt]:
        """What was tried in the channel without arriving and ended between these times, in that order."""
        ...

    async def given_up(self, channel_id: ChannelId, *, since: datetime, limit: int) -> list[GivenUp]:
        """The stories that were tried in the channel and buried since then, the latest first, so many at most."""
        ...

    async def forget_attempts(self, *, before: datetime, limit: int) -> int:
        """Forget so many attempts at most that ended before then, the oldest first; how many those were."""
        ...

    async def queues(self, *, now: datetime) -> list[Queue]:
        """What is not done yet, by platform and state: pending and wanted by now, sending, paused, parked. Empty ones
        are left out. Costs by what waits, not by all that was ever sent.
        """
        ...


class DigestStore(Protocol):
    """Stories that are told together."""

    async def promise(
        self, source_id: SourceId, story_ids: Sequence[StoryId], *, now: datetime, due: datetime | None = None
    ) -> int:
        """One pending digest for each channel that would get any of these stories of the source, newest first, and in
        it those that this channel follows and has not been told of. It leaves at ``due`` if that is later, after the
        headlines that are due. How many were made; the same stories again make none.
        """
        ...

    async def gather(self, channel_id: ChannelId, story_ids: Sequence[StoryId], *, now: datetime) -> DigestId:
        """One digest of these stories, newest first, for one channel that was closed; it leaves after the headlines."""
        ...

    async def find(self, digest_id: DigestId, *, headlines: int) -> Digest | None:
        """The digest with so many of its headlines; None where there is nothing in it (any more)."""
        ...

    async def stories(self, digest_id: DigestId, *, limit: int, offset: int = 0) -> list[Story]:
        """What is in it, newest first."""
        ...


class NoticeStore(Protocol):
    """What moderators are told."""

    async def keep(self, channel_id: ChannelId, private_id: ChannelId, *, now: datetime) -> None:
        """Whoever can be told something in that private chat looks after the channel: the last three who did."""
        ...

    async def looks_after(self, channel_id: ChannelId, private_id: ChannelId) -> bool:
        """Whether that private chat is one of those."""
        ...

    async def tell(self, notice: NewNotice, *, now: datetime, due: datetime | None = None) -> int:
        """Store the notice and one delivery for each private chat that it is for; how many. They leave at ``due``.

        Of a channel its keepers are told, of a source the keepers of channels that follow it, and of those that show
        everything to others; that a channel is back is asked in the channel itself where people can answer there. A
        known key, and a notice that is for nobody, store nothing.
        """
        ...

    async def source_is_back(self, source_id: SourceId, notice: NewNotice, *, now: datetime) -> int:
        """Tell those who were told that the source fails; who was to be told and was not yet hears of neither."""
        ...

    async def channel_goes_on(self, channel_id: ChannelId, notice: NewNotice, *, now: datetime) -> int:
        """Tell those who were told that the channel is paused; who was to be told and was not yet hears of neither."""
        ...

    async def find(self, notice_id: NoticeId) -> Notice | None: ...
    async def last(self, kind: NoticeKind, channel_id: ChannelId) -> Notice | None:
        """The newest of that kind about the channel."""
        ...

    async def is_waiting(self, notice_id: NoticeId) -> bool:
        """Whether somebody is still to be told for the first time."""
        ...
