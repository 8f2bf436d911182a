"""How posting in a channel goes, for whoever asks there: notices in private do not reach everybody."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.channel import Channel
from bot.domain.subscription import FromSource, Subscription
from bot.ports.storage import Reading
from bot.services.shown import doubtful
from bot.views.moderation import MOST_NAMED, Standing

_LATELY = timedelta(days=1)


async def how_it_stands(look: Reading, channel: Channel, listed: Iterable[Subscription], *, now: datetime) -> Standing:
    """What is paused, doubtful, held or was given up there, and which of the sources that it follows by name fail."""
    failing = []
    for subscription in listed:
        if isinstance(subscription.target, FromSource):
            source = await look.sources.find(subscription.target.source_id)
            if source and source.is_trouble_told:
                failing.append(source.title)
    return Standing(
        channel=channel,
        posts=await doubtful(look, channel.id),
        held=await look.deliveries.held(channel.id),
        failing=tuple(failing),
        given_up=tuple(await look.deliveries.given_up(channel.id, since=now - _LATELY, limit=MOST_NAMED)),
    )
