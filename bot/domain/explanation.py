"""What there is to say when somebody asks why a story came to a channel, or did not."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.channel import Channel
from bot.domain.history import Attempt, Trace
from bot.domain.matching import Match
from bot.domain.story import Story
from bot.domain.subscription import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A subscription that asks for the story; for a topic also the word that says so and the words around it."""

    subscription: Subscription
    match: Match | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything known of one story in one channel.

    ``topics`` are the names of the catalogue's topics that the story touches. ``headline`` is what brings the story,
    its own or the digest that it stands in, and None where it was never promised to the channel. ``attempts`` are those
    of the headline; ``held_up_by`` those of other posts in the channel while the headline stood in line.
    """

    at: datetime
    channel: Channel
    story: Story
    follows: int
    reasons: tuple[Reason, ...]
    topics: tuple[str, ...]
    headline: Trace | None = None
    refresh: Trace | None = None
    attempts: tuple[Attempt, ...] = ()
    held_up_by: tuple[Attempt, ...] = ()
