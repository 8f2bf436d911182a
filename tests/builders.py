"""Domain objects with everything filled in, of which a test names only what it is about."""

from datetime import UTC, datetime

from bot.domain.article import Draft, NewArticle, StoryId
from bot.domain.channel import ChannelKind, ChannelRef, NewChannel
from bot.domain.delivery import Receipt
from bot.domain.matching import Match
from bot.domain.opinion import Opinion, Stance
from bot.domain.person import Person, PersonRef
from bot.domain.source import NewSource, SourceId, SourceKind
from bot.domain.topic import TopicId

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""When things happen unless a test says otherwise."""


def new_source(
    address: str = "https://wire.example/feed",
    *,
    kind: SourceKind = SourceKind.FEED,
    title: str = "The Wire",
    interval_s: float = 600.0,
) -> NewSource:
    """A feed that nobody reads yet."""
    return NewSource(kind=kind, address=address, title=title, interval_s=interval_s)


def draft(
    title: str = "Harbour reopens after the storm",
    *paragraphs: str,
    guid: str | None = None,
    link: str | None = None,
    published_at: datetime | None = None,
) -> Draft:
    """What a source gave, with one paragraph where none is named."""
    return Draft(
        title=title,
        paragraphs=paragraphs or ("The first ferries left at dawn.",),
        guid=guid,
        link=link,
        published_at=published_at,
    )


def new_article(
    source_id: SourceId,
    story_id: StoryId | None = None,
    told: Draft | None = None,
    *,
    keys: tuple[str, ...] = (),
    first_seen_at: datetime = NOON,
) -> NewArticle:
    """An article of that story by that source."""
    return NewArticle(
        source_id=source_id, story_id=story_id, draft=told or draft(), keys=keys, first_seen_at=first_seen_at
    )


def match(topic_id: str = "azerbaijan", word: str = "Baku", paragraph: int = 0) -> Match:
    """A text speaks of a topic."""
    return Match(topic_id=TopicId(topic_id), word=word, paragraph=paragraph)


def channel_ref(place: str = "100", *, platform: str = "discord", thread: str | None = None) -> ChannelRef:
    """A place as its platform names it."""
    return ChannelRef(platform=platform, id=place, thread=thread)


def new_channel(
    place: str = "100",
    *,
    platform: str = "discord",
    thread: str | None = None,
    kind: ChannelKind = ChannelKind.GROUP,
    title: str = "#news",
) -> NewChannel:
    """A place that we meet."""
    return NewChannel(ref=channel_ref(place, platform=platform, thread=thread), kind=kind, title=title)


def receipt(*message_ids: str, place: str = "100", platform: str = "discord", thread: str | None = None) -> Receipt:
    """What a platform gave back for one message or several."""
    return Receipt(channel=channel_ref(place, platform=platform, thread=thread), message_ids=message_ids or ("1",))


def person(person_id: str = "7", name: str = "Aytac", *, platform: str = "telegram") -> Person:
    """Somebody who reads along."""
    return Person(ref=PersonRef(platform=platform, id=person_id), name=name)


def opinion(
    story_id: StoryId,
    who: Person | None = None,
    *,
    stance: Stance | None = Stance.FOR,
    words: str | None = None,
    at: datetime = NOON,
) -> Opinion:
    """What somebody thinks of that story."""
    return Opinion(story_id=story_id, person=who or person(), stance=stance, words=words, at=at)
