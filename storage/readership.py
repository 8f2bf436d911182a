"""Which channels are to be told of a story, and which know it already."""

from sqlalchemy import ColumnElement, Select, Subquery, Text, cast, exists, literal, or_, select, union

from bot.domain.article import StoryId
from bot.domain.delivery import DeliveryKind
from storage.column_types import Number
from storage.outbox import is_of
from storage.subscriptions import EVERYTHING, SOURCE, TOPIC
from storage.tables import articles, deliveries, digest_stories, digests, stories, story_topics, subscriptions

AStory = StoryId | ColumnElement[int]
"""A story's number, or the parameter that stands for it in a statement which is made once."""


def followers(story: AStory) -> Subquery:
    """The channels that follow everything, a topic of the story or a source that tells it, each once."""
    followed = subscriptions.c
    everything = select(followed.channel_id).where(followed.kind == EVERYTHING, followed.subject == "")
    topics = (
        select(followed.channel_id)
        .join_from(story_topics, subscriptions, followed.subject == story_topics.c.topic_id)
        .where(followed.kind == TOPIC, story_topics.c.story_id == _number(story))
    )
    sources = (
        select(followed.channel_id)
        .join_from(articles, subscriptions, followed.subject == cast(articles.c.source_id, Text))
        .where(followed.kind == SOURCE, articles.c.story_id == _number(story))
    )
    return union(everything, topics, sources).subquery("follower")


def merged_into(story: AStory) -> Select[int]:
    """The numbers that the story also goes by."""
    return select(stories.c.id).where(stories.c.merged_into == _number(story))


def is_or_was(number: ColumnElement[int] | ColumnElement[int | None], story: AStory) -> ColumnElement[bool]:
    """Whether the number is the story's, or that of one that was merged into it."""
    return or_(number == _number(story), number.in_(merged_into(story)))


def is_told_otherwise(story: AStory) -> Select[bool]:
    """Whether anybody may know the story by more than its own headline, which is so for hardly any."""
    number = _number(story)
    return select(or_(exists(merged_into(story)), exists().where(digest_stories.c.story_id == number)))


def is_told(story: AStory) -> Select[bool]:
    """Whether anybody may know the story at all; of one that has just come in, nobody does."""
    has_headline = exists().where(deliveries.c.story_id == _number(story))
    return select(or_(has_headline, is_told_otherwise(story).scalar_subquery()))


def knows_otherwise(story: AStory, channel_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the channel has the story in a digest, or under the number of one that was merged into it."""
    other = deliveries.alias("other")
    has_what_was_merged = exists().where(
        other.c.story_id.in_(merged_into(story)),
        other.c.channel_id == channel_id,
        is_of(other, DeliveryKind.HEADLINE),
    )
    return or_(has_what_was_merged, _has_in_digest(story, channel_id))


def knows(story: AStory, channel_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the channel was told of the story in any way, or is going to be."""
    other = deliveries.alias("other")
    has_headline = exists().where(
        other.c.story_id == _number(story),
        other.c.channel_id == channel_id,
        is_of(other, DeliveryKind.HEADLINE),
    )
    return or_(has_headline, knows_otherwise(story, channel_id))


def _has_in_digest(story: AStory, channel_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        digest_stories.c.digest_id == digests.c.id,
        digests.c.channel_id == channel_id,
        is_or_was(digest_stories.c.story_id, story),
    )


def _number(story: AStory) -> ColumnElement[int]:
    return story if isinstance(story, ColumnElement) else literal(story, Number)
