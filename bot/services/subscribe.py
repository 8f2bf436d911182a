"""Let a channel follow topics, sources or everything, and stop it."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.channel import Channel
from bot.domain.subscription import Everything, FromSource, FromTopic, Subscription, SubscriptionId, Target
from bot.domain.topic import Topic, TopicError, TopicKind
from bot.ports.clock import Clock
from bot.ports.storage import Reading, Storage, UnitOfWork
from bot.services.let_in import let_in
from bot.services.topics import Topics

EVERYTHING = "everything"
_ALL_WORDS = frozenset({EVERYTHING, "all", "all news", "hamısı", "все", "всё", "her şey", "hepsi"})
WEEK = timedelta(days=7)
"""What counts as lately."""

_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://|www\.)\S+\s*$", re.IGNORECASE)
_NOT_READ = (
    "Nothing is read from that address yet, so it cannot be followed. "
    "Ask whoever runs this bot to add it, or follow a topic or any words."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A subscription, whether it is new, and what else may have been meant.

    ``recent`` is how many stories a topic brought last week; None for everything and for a source: nobody counts them.
    """

    subscription: Subscription
    is_new: bool
    recent: int | None
    meant: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """What was stopped, and what is still followed there."""

    target: Target
    left: tuple[Target, ...]


async def follow(storage: Storage, topics: Topics, clock: Clock, channel: Channel, wish: str) -> Followed:
    """Follow what the wish names: everything, a catalogue topic, a source by title or address, else its words.

    Following twice changes nothing. Raises TopicError where the words cannot be looked for, and where they are the
    address of something that is not read: no story would ever have these words.
    """
    now = clock.now()
    async with storage.writing() as work:
        target, topic = await _target(work, topics, wish)
        if topic and topic.kind is TopicKind.WORDS and _ADDRESS.match(wish):
            raise TopicError(_NOT_READ)
        subscription, is_new = await work.subscriptions.add(channel.id, target, now=now)
        await let_in(work, channel.id, clock)
        recent = await work.stories.recent_with_topic(topic.id, since=now - WEEK) if topic else None
        await work.commit()
    return Followed(subscription=subscription, is_new=is_new, recent=recent, meant=topics.meant(topic) if topic else ())


async def unfollow(storage: Storage, channel: Channel, subscription_id: SubscriptionId) -> Unfollowed | None:
    """Stop one subscription of this channel; None where it is not (or no longer) this channel's."""
    async with storage.writing() as work:
        unfollowed = await _remove(work, channel, subscription_id)
        await work.commit()
    return unfollowed


async def unfollow_named(storage: Storage, topics: Topics, channel: Channel, wish: str) -> Unfollowed | None:
    """Stop what the wish names, if this channel follows it."""
    async with storage.writing() as work:
        target, _ = await _target(work, topics, wish)
        listed = await work.subscriptions.of(channel.id)
        held = next((one for one in listed if _same(one.target, target)), None)
        unfollowed = await _remove(work, channel, held.id) if held else None
        await work.commit()
    return unfollowed


async def _remove(work: UnitOfWork, channel: Channel, subscription_id: SubscriptionId) -> Unfollowed | None:
    removed = await work.subscriptions.remove(channel.id, subscription_id)
    if removed is None:
        return None
    left = tuple(one.target for one in await work.subscriptions.of(channel.id))
    return Unfollowed(target=removed.target, left=left)


def wish_for(target: Target) -> str:
    """The wish that leads to this target again."""
    match target:
        case Everything():
            return EVERYTHING
        case FromTopic(label=label) | FromSource(label=label):
            return label


async def _target(look: Reading, topics: Topics, wish: str) -> tuple[Target, Topic | None]:
    wanted = " ".join(wish.split())
    if wanted.casefold() in _ALL_WORDS:
        return Everything(), None
    topic = topics.catalogue.find(wanted)
    if topic is None:
        for source in await look.sources.all():
            if wanted.casefold() in {source.title.casefold(), source.address.casefold()}:
                return FromSource(source_id=source.id, label=source.title), None
        topic = topics.named(wanted)
    label = topic.name("") if topic.kind is TopicKind.WORDS else topic.name("en")
    return FromTopic(topic_id=topic.id, label=label), topic


def _same(one: Target, other: Target) -> bool:
    match one, other:
        case FromTopic(topic_id=held), FromTopic(topic_id=asked):
            return held == asked
        case FromSource(source_id=held_source), FromSource(source_id=asked_source):
            return held_source == asked_source
        case _:
            return isinstance(one, Everything) and isinstance(other, Everything)
