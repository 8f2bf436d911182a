"""Why a story came to a channel, came late, or did not come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.channel import Channel, ChannelRef
from bot.domain.delivery import DeliveryKind
from bot.domain.errors import UnknownChannelError
from bot.domain.evidence import place_of
from bot.domain.explanation import Explanation, Reason
from bot.domain.history import Attempt, Trace
from bot.domain.matching import Match
from bot.domain.story import Story
from bot.domain.subscription import Everything, FromSource, FromTopic, Subscription
from bot.domain.topic import TopicId
from bot.ports.storage import Reading
from bot.services.topics import Topics

_QUOTED_BEFORE, _QUOTED_AFTER = 40, 60


async def explain(look: Reading, topics: Topics, channel: Channel, story: Story, *, now: datetime) -> Explanation:
    """Put together what the database knows."""
    matches = {match.topic_id: match for match in await look.stories.topics(story.id)}
    subscriptions = await look.subscriptions.of(channel.id)
    traces = {trace.kind: trace for trace in reversed(await look.deliveries.traces(channel.id, story.id))}
    headline = traces.get(DeliveryKind.HEADLINE) or traces.get(DeliveryKind.DIGEST)
    tried = await _tried(look, channel, headline, now=now) if headline else []
    return Explanation(
        at=now,
        channel=channel,
        story=story,
        follows=len(subscriptions),
        reasons=_reasons(story, subscriptions, matches),
        topics=tuple(topic.name("en") for number in matches if (topic := topics.catalogue.by_id(number))),
        headline=headline,
        refresh=traces.get(DeliveryKind.REFRESH),
        attempts=tuple(one for one in tried if headline and one.delivery_id == headline.id),
        held_up_by=tuple(one for one in tried if headline and _stood_before(one, headline, now)),
    )


async def channel_asked_for(look: Reading, asked: str) -> Channel:
    """The channel by ``platform:place`` or ``platform:place/thread``, by its number or by its title.

    Raises UnknownChannelError, which names those that could be meant where there are several.
    """
    platform, _, place = asked.partition(":")
    identifier, _, thread = place.partition("/")
    if found := await look.channels.find(ChannelRef(platform=platform, id=identifier, thread=thread or None)):
        return found
    named = await look.channels.named(asked) or await look.channels.named(asked.removeprefix("#"))
    if len(named) == 1:
        return named[0]
    if named:
        listed = ", ".join(f"{channel.id} ({address(channel.ref)})" for channel in named[:10])
        raise UnknownChannelError(f"Several channels are called that. Say one by its number: {listed}.")
    raise UnknownChannelError(
        f"There is no channel {asked[:80]}. Say its number, its title, or its address as platform:place."
    )


def address(ref: ChannelRef) -> str:
    """The channel as ``channel_asked_for`` takes it."""
    return f"{ref.platform}:{ref.id}" + (f"/{ref.thread}" if ref.thread else "")


async def _tried(look: Reading, channel: Channel, headline: Trace, *, now: datetime) -> list[Attempt]:
    until = headline.settled_at or now
    return await look.deliveries.attempts(channel.id, since=headline.wanted_at, until=max(until, headline.wanted_at))


def _stood_before(attempt: Attempt, headline: Trace, now: datetime) -> bool:
    began = headline.first_attempt_at or now
    return attempt.delivery_id < headline.id and attempt.ended_at <= began


def _reasons(
    story: Story, subscriptions: Sequence[Subscription], matches: Mapping[TopicId, Match]
) -> tuple[Reason, ...]:
    tellers = {told.source.id for told in story.told}
    reasons: list[Reason] = []
    for subscription in subscriptions:
        match subscription.target:
            case FromTopic(topic_id=topic_id) if topic_id in matches:
                found = matches[topic_id]
                reasons.append(Reason(subscription=subscription, match=found, quote=_quote(story, found)))
            case FromSource(source_id=source_id) if source_id in tellers:
                reasons.append(Reason(subscription=subscription))
            case Everything():
                reasons.append(Reason(subscription=subscription))
            case _:
                pass
    return tuple(reasons)


def _quote(story: Story, match: Match) -> str:
    """The words around the word, in the first telling that has it where it was found; nothing where none has any more.

    A correction may have taken it away since.
    """
    for told in story.told:
        draft = told.article.draft
        parts = (draft.title, *(draft.paragraphs or (draft.teaser or "",)))
        part = parts[match.paragraph] if match.paragraph < len(parts) else ""
        if place := place_of(match.word, part):
            return _around(part, *place)
    return ""


def _around(text: str, start: int, end: int) -> str:
    """Whole words on both sides, with dots where something is left out."""
    first, last = max(0, start - _QUOTED_BEFORE), min(len(text), end + _QUOTED_AFTER)
    if first > 0:
        first = text.find(" ", first, start) + 1 or start
    if last < len(text):
        cut = text.rfind(" ", end, last)
        last = cut if cut >= 0 else end
    return ("… " if first else "") + text[first:last].strip() + (" …" if last < len(text) else "")


async def explain_here(
    look: Reading, topics: Topics, ref: ChannelRef, story: Story, *, now: datetime
) -> Explanation | None:
    """The same for a place; None where nobody ever followed anything, so that nothing was ever promised."""
    channel = await look.channels.find(ref)
    return await explain(look, topics, channel, story, now=now) if channel else None
