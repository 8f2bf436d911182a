"""Promise to tell those who look after a channel what happens to it, in the transaction in which it happens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.addresses import without_secrets
from bot.domain.channel import Channel, ChannelId
from bot.domain.delivery import Buried, ChannelPaused, Claim, DeliveryKind, Parked, Settled
from bot.domain.notice import NewNotice, NoticeKind
from bot.domain.schedule import is_recent
from bot.domain.source import Source
from bot.ports.backups import RESTORED_AT
from bot.ports.storage import Storage, UnitOfWork

_GATHERED = timedelta(seconds=5)
"""Posts that are parked close together are told in one message."""

_PAUSE_TOLD_AGAIN = timedelta(hours=1)
_REFUSAL_TOLD_AGAIN = timedelta(days=1)


async def tell_outcomes(work: UnitOfWork, settled: Sequence[Settled], *, now: datetime) -> None:
    """Tell what a person can change. To be called once the outcomes are written: what is not so is not told."""
    for one in settled:
        match one.outcome:
            case ChannelPaused():
                await tell_paused(work, one.claim.channel_id, now=now)
            case Parked() if one.claim.kind is not DeliveryKind.NOTICE:
                await _tell_parked(work, one.claim, now=now)
            case Buried(by_rules=True, reason=reason) if one.claim.kind is not DeliveryKind.NOTICE:
                await _tell_refused(work, one.claim, reason, now=now)
            case _:
                pass


async def tell_paused(work: UnitOfWork, channel_id: ChannelId, *, now: datetime) -> None:
    """Once for each time that the channel is paused, and at most once an hour: later if it is still so then."""
    channel = await work.channels.numbered(channel_id)
    if channel is None or channel.paused_at is None or channel.paused_because is None:
        return
    last = await work.notices.last(NoticeKind.CHANNEL_PAUSED, channel_id)
    was_just_told = last and is_recent(last.at, now, within=_PAUSE_TOLD_AGAIN)
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.CHANNEL_PAUSED,
            key=f"paused {channel_id} {channel.paused_at.isoformat()}",
            about=channel.title,
            reason=channel.paused_because,
            channel_id=channel_id,
        ),
        now=now,
        due=last.at + _PAUSE_TOLD_AGAIN if last and was_just_told else None,
    )


async def tell_goes_on(work: UnitOfWork, channel: Channel, *, now: datetime) -> None:
    """For those who were told that it is paused, once."""
    last = await work.notices.last(NoticeKind.CHANNEL_PAUSED, channel.id)
    if last is None:
        return
    await work.notices.channel_goes_on(
        channel.id,
        NewNotice(
            kind=NoticeKind.CHANNEL_GOES_ON,
            key=f"goes on after {last.id}",
            about=channel.title,
            channel_id=channel.id,
        ),
        now=now,
    )


async def tell_restored(storage: Storage, *, now: datetime) -> None:
    """Tell of posts that wait for a person since a backup was restored, once for each time and channel."""
    async with storage.writing() as work:
        restored_at = await work.notes.read(RESTORED_AT)
        if restored_at is None:
            return
        for channel_id in await work.deliveries.parked_at(datetime.fromisoformat(restored_at)):
            await work.notices.tell(
                NewNotice(
                    kind=NoticeKind.POSTS_RESTORED,
                    key=f"restored {channel_id} {restored_at}",
                    about="Posts that waited in a backup",
                    channel_id=channel_id,
                ),
                now=now,
            )
        await work.commit()


async def tell_back(work: UnitOfWork, channel: Channel, *, now: datetime) -> None:
    """Ask what is to become of the posts that gathered."""
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.CHANNEL_IS_BACK,
            key=f"back {channel.id} {now.isoformat()}",
            about=channel.title,
            channel_id=channel.id,
        ),
        now=now,
    )


async def tell_source_fails(work: UnitOfWork, source: Source, *, now: datetime) -> None:
    """Once for each outage."""
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.SOURCE_FAILS,
            key=f"fails {source.id} {source.failing_since.isoformat() if source.failing_since else ''}",
            about=source.title,
            reason=source.trouble.message if source.trouble else "",
            source_id=source.id,
        ),
        now=now,
    )


async def tell_source_has_moved(work: UnitOfWork, source: Source, *, now: datetime) -> None:
    """Once for each address that a server's word made another; ``source`` has the new one."""
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.SOURCE_MOVED,
            key=f"moved {source.id} {now.isoformat()}",
            about=source.title,
            reason=without_secrets(source.address),
            source_id=source.id,
        ),
        now=now,
    )


async def tell_source_is_back(work: UnitOfWork, source: Source, *, now: datetime) -> None:
    """For those who were told that it fails."""
    await work.notices.source_is_back(
        source.id,
        NewNotice(
            kind=NoticeKind.SOURCE_IS_BACK,
            key=f"back {source.id} {now.isoformat()}",
            about=source.title,
            source_id=source.id,
        ),
        now=now,
    )


async def _tell_parked(work: UnitOfWork, claim: Claim, *, now: datetime) -> None:
    parked = await work.deliveries.parked(claim.channel_id)
    if all(post.id != claim.id for post in parked):
        return
    last = await work.notices.last(NoticeKind.POSTS_PARKED, claim.channel_id)
    if last and await work.notices.is_waiting(last.id):
        return
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.POSTS_PARKED,
            key=f"parked {claim.id} {claim.attempt}",
            about="Posts that may not have arrived",
            channel_id=claim.channel_id,
        ),
        now=now,
        due=now + _GATHERED,
    )


async def _tell_refused(work: UnitOfWork, claim: Claim, reason: str, *, now: datetime) -> None:
    last = await work.notices.last(NoticeKind.POST_REFUSED, claim.channel_id)
    if last and is_recent(last.at, now, within=_REFUSAL_TOLD_AGAIN):
        return
    story = await work.stories.find(claim.story_id) if claim.story_id else None
    await work.notices.tell(
        NewNotice(
            kind=NoticeKind.POST_REFUSED,
            key=f"refused {claim.id} {claim.attempt}",
            about=story.title if story else "Several stories in one post",
            reason=reason,
            channel_id=claim.channel_id,
        ),
        now=now,
    )
