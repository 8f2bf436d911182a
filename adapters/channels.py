"""What the commands about channels do."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.desk import open_desk
from adapters.settings import Settings
from bot.domain.channel import Channel
from bot.domain.subscription import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A channel with what it follows."""

    channel: Channel
    subscriptions: Sequence[Subscription]


async def latest_channels(settings: Settings, *, limit: int) -> list[Following]:
    """Those met last, newest first."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        return [
            Following(channel=channel, subscriptions=await look.subscriptions.of(channel.id))
            for channel in await look.channels.latest(limit=limit)
        ]
