"""Let posts out again where we are let in again, and stop them where we are shown the door."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.channel import Channel, ChannelId, ChannelKind, ChannelRef, Loss
from bot.domain.errors import NotAllowedError
from bot.domain.schedule import is_recent
from bot.ports.clock import Clock
from bot.ports.storage import Storage, UnitOfWork
from bot.services.tell_moderators import tell_back, tell_goes_on, tell_paused
from bot.views.moderation import CAUGHT_UP, TRIED_JUST_NOW

_BETWEEN_TRIES = timedelta(minutes=1)
_BETWEEN_GUESSES = timedelta(hours=1)
"""Without any sign that we may post again we try no more often: platforms punish whoever keeps knocking."""


async def let_in(work: UnitOfWork, channel_id: ChannelId, clock: Clock) -> bool:
    """Post there again; whether it was paused.

    Whoever was told that it was paused is told. A few stories that gathered meanwhile simply arrive. Of more, those who
    look after the channel are asked what is to become of them; until somebody answers only new stories go out, since
    nobody likes to come home to a flood.
    """
    now = clock.now()
    if not await work.channels.resume(channel_id, now=now, most=CAUGHT_UP):
        return False
    channel = await work.channels.numbered(channel_id)
    if channel:
        is_asked = await work.deliveries.held(channel_id) > 0
        if is_asked:
            await tell_back(work, channel, now=now)
        if not is_asked or channel.kind is not ChannelKind.BROADCAST:  # there the question says so
            await tell_goes_on(work, channel, now=now)
    return True


class DoorKeeper:
    """What platforms tell of channels that open, close and move. ``wake`` tells the sender that something may be due.

    Implements ``bot.ports.platform.Doors``.
    """

    def __init__(self, storage: Storage, clock: Clock, *, wake: Callable[[], None]) -> None:
        self._storage = storage
        self._clock = clock
        self._wake = wake

    async def opened(self, channel: ChannelRef) -> None:
        async with self._storage.writing() as work:
            for known in await work.channels.around(channel):
                await let_in(work, known.id, self._clock)
            await work.commit()
        self._wake()

    async def closed(self, channels: Sequence[ChannelRef], *, reason: str, loss: Loss) -> None:
        async with self._storage.writing() as work:
            now = self._clock.now()
            for channel_id in await work.channels.pause(channels, reason=reason, loss=loss, now=now):
                await tell_paused(work, channel_id, now=now)
            await work.commit()
        self._wake()

    async def moved(self, old: ChannelRef, new: ChannelRef) -> None:
        async with self._storage.writing() as work:
            await work.channels.moved(old, new)
            await work.commit()
        self._wake()

    async def paused(self, platform: str) -> list[ChannelRef]:
        async with self._storage.reading() as look:
            return [channel.ref for channel in await look.channels.paused(platform)]

    async def heard_from(self, channel: ChannelRef, *, may_post: bool | None) -> None:
        """Somebody spoke to us there. ``may_post`` is what the platform said of our right to post; None: nothing."""
        if may_post is False:
            return
        async with self._storage.reading() as look:
            known = await look.channels.find(channel)
        if known is None or known.paused_at is None:
            return
        if may_post or not is_recent(known.paused_at, self._clock.now(), within=_BETWEEN_GUESSES):
            await self.opened(channel)

    async def try_again(self, channel: Channel) -> bool:
        """A person says that we may post again; whether it was paused. Raises NotAllowedError where we just tried."""
        if channel.paused_at and is_recent(channel.paused_at, self._clock.now(), within=_BETWEEN_TRIES):
            raise NotAllowedError(TRIED_JUST_NOW)
        async with self._storage.writing() as work:
            was_paused = await let_in(work, channel.id, self._clock)
            await work.commit()
        self._wake()
        return was_paused
