"""Every table, as queries see it; ``migrations`` makes them."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Named,
    Table,
    TypedColumns,
    UniqueConstraint,
    text,
)

from bot.domain.paragraph import Shape
from storage.column_types import Lines, Moment, Moments, Number, Plain, Shapes, Words

metadata = MetaData()


class _Numbered(TypedColumns):
    """Rows with a number that is never given twice: buttons of long ago still carry it."""

    id: Named[int] = Column(Number, primary_key=True, autoincrement=True)


class _SourceColumns(_Numbered):
    kind: Named[str] = Column(Plain)
    address: Named[str] = Column(Plain, unique=True)
    title: Named[str] = Column(Plain)
    site: Named[str | None] = Column(Plain)
    language: Named[str | None] = Column(Plain)
    interval_s: Named[float] = Column(Float)
    keeps_interval: Named[bool] = Column(Boolean)
    fetches_full_text: Named[bool] = Column(Boolean)
    footer: Named[str | None] = Column(Plain)
    opinion_prompt: Named[tuple[str, ...]] = Column(Lines, nullable=False)
    labels: Named[tuple[str, ...]] = Column(Lines, nullable=False)
    added_at: Named[datetime] = Column(Moment)
    next_read_at: Named[datetime | None] = Column(Moment)
    last_read_at: Named[datetime | None] = Column(Moment)
    etag: Named[str | None] = Column(Plain)
    last_modified: Named[str | None] = Column(Plain)
    digest: Named[str | None] = Column(Plain)
    rest_s: Named[float | None] = Column(Float)
    trouble_kind: Named[str | None] = Column(Plain)
    trouble_message: Named[str | None] = Column(Plain)
    failures: Named[int] = Column(Integer)
    failing_since: Named[datetime | None] = Column(Moment)
    is_trouble_told: Named[bool] = Column(Boolean)
    identity: Named[str] = Column(Plain)
    lately: Named[tuple[datetime, ...]] = Column(Moments, nullable=False)
    entries: Named[int] = Column(Integer)
    move_address: Named[str | None] = Column(Plain)
    move_since: Named[datetime | None] = Column(Moment)
    move_answers: Named[int] = Column(Integer)
    is_paused: Named[bool] = Column(Boolean)
    is_removed: Named[bool] = Column(Boolean)
    hub_address: Named[str | None] = Column(Plain)
    hub_topic: Named[str | None] = Column(Plain)
    pushed_at: Named[datetime | None] = Column(Moment)


sources = Table("sources", metadata, _SourceColumns, sqlite_autoincrement=True)
Index("ix_sources_next_read_at", sources.c.next_read_at)


class _HubColumns(TypedColumns):
    source_id: Named[int] = Column(Number, ForeignKey("sources.id"), primary_key=True, autoincrement=False)
    address: Named[str] = Column(Plain)
    topic: Named[str] = Column(Plain)
    token: Named[str] = Column(Plain, unique=True)
    secret: Named[str] = Column(Plain)
    due_at: Named[datetime] = Column(Moment)
    failures: Named[int] = Column(Integer)
    leased_until: Named[datetime | None] = Column(Moment)
    problem: Named[str | None] = Column(Plain)


hubs = Table("hubs", metadata, _HubColumns)
"""Where sources are followed so that news is pushed to us."""
Index("ix_hubs_due_at", hubs.c.due_at)


class _StoryColumns(_Numbered):
    opened_at: Named[datetime] = Column(Moment)
    at: Named[datetime | None] = Column(Moment)
    merged_into: Named[int | None] = Column(Number)


stories = Table("stories", metadata, _StoryColumns, sqlite_autoincrement=True)
"""``at`` is the time that readers see, which lists are sorted by; NULL while the story has no article. A story that was
merged has none any more, and ``merged_into`` is the one that tells it now: cards and buttons still carry its number.
"""
Index("ix_stories_at", stories.c.at, stories.c.id)
_IS_MERGED = text("merged_into IS NOT NULL")
Index("ix_stories_merged_into", stories.c.merged_into, sqlite_where=_IS_MERGED, postgresql_where=_IS_MERGED)


class _StoryTopicColumns(TypedColumns):
    story_id: Named[int] = Column(Number, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Named[str] = Column(Plain, primary_key=True)
    place: Named[int] = Column(Integer)
    word: Named[str] = Column(Plain)
    paragraph: Named[int] = Column(Integer)


story_topics = Table("story_topics", metadata, _StoryTopicColumns)
"""``place`` keeps the order in which the topics of a story were given."""
Index("ix_story_topics_topic_id", story_topics.c.topic_id, story_topics.c.story_id)


class _ArticleColumns(_Numbered):
    story_id: Named[int] = Column(Number, ForeignKey("stories.id"))
    source_id: Named[int] = Column(Number, ForeignKey("sources.id"))
    title: Named[str] = Column(Plain)
    paragraphs: Named[tuple[str, ...]] = Column(Lines, nullable=False)
    shapes: Named[tuple[Shape, ...]] = Column(Shapes, nullable=False)
    teaser: Named[str | None] = Column(Plain)
    guid: Named[str | None] = Column(Plain)
    link: Named[str | None] = Column(Plain)
    author: Named[str | None] = Column(Plain)
    image: Named[str | None] = Column(Plain)
    caption: Named[str | None] = Column(Plain)
    published_at: Named[datetime | None] = Column(Moment)
    language: Named[str | None] = Column(Plain)
    is_complete: Named[bool] = Column(Boolean)
    has_own_title: Named[bool] = Column(Boolean)
    first_seen_at: Named[datetime] = Column(Moment)
    changed_at: Named[datetime | None] = Column(Moment)
    former_titles: Named[tuple[str, ...]] = Column(Lines, nullable=False)
    merged_from: Named[int | None] = Column(Number)
    is_announced: Named[bool] = Column(Boolean)
    page_paragraphs: Named[tuple[str, ...] | None] = Column(Lines)
    page_shapes: Named[tuple[Shape, ...] | None] = Column(Shapes)
    page_image: Named[str | None] = Column(Plain)
    page_caption: Named[str | None] = Column(Plain)
    page_problem: Named[str | None] = Column(Plain)
    page_tries: Named[int] = Column(Integer)
    page_due_at: Named[datetime | None] = Column(Moment)


articles = Table("articles", metadata, _ArticleColumns, sqlite_autoincrement=True)
"""``page_…`` is what the article's own page says beyond its feed; ``page_due_at`` is NULL when it need not be read.
``merged_from`` is the story that it was told in before that was merged into this one.
"""
Index("ix_articles_story_id", articles.c.story_id, articles.c.id)
Index("ix_articles_source_id", articles.c.source_id, articles.c.story_id)
Index(
    "ix_articles_page_due_at",
    articles.c.page_due_at,
    sqlite_where=articles.c.page_due_at.is_not(None),
    postgresql_where=articles.c.page_due_at.is_not(None),
)


class _ArticleKeyColumns(TypedColumns):
    key: Named[str] = Column(Plain, primary_key=True)
    article_id: Named[int] = Column(Number)


article_keys = Table("article_keys", metadata, _ArticleKeyColumns)
"""Outlives the article, which is then one of ``former_articles``; so there is no foreign key."""
Index("ix_article_keys_article_id", article_keys.c.article_id)


class _FormerArticleColumns(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True, autoincrement=False)
    source_id: Named[int] = Column(Number)
    title: Named[str] = Column(Plain)
    guid: Named[str | None] = Column(Plain)
    link: Named[str | None] = Column(Plain)
    published_at: Named[datetime | None] = Column(Moment)
    first_seen_at: Named[datetime] = Column(Moment)


former_articles = Table("former_articles", metadata, _FormerArticleColumns)
"""What articles that were cleared away are known again by."""
Index("ix_former_articles_source_id", former_articles.c.source_id, former_articles.c.first_seen_at)


class _ArticleWordColumns(TypedColumns):
    article_id: Named[int] = Column(
        Number, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    title: Named[str] = Column(Plain)
    words: Named[str] = Column(Words, nullable=False)


article_words = Table("article_words", metadata, _ArticleWordColumns)
"""What each article can be found by. SQLite's triggers carry it to ``article_index``; PostgreSQL indexes ``words``."""


class _ChannelColumns(_Numbered):
    platform: Named[str] = Column(Plain)
    place: Named[str] = Column(Plain)
    thread: Named[str] = Column(Plain)
    kind: Named[str] = Column(Plain)
    title: Named[str] = Column(Plain)
    added_at: Named[datetime] = Column(Moment)
    paused_because: Named[str | None] = Column(Plain)
    paused_as: Named[str | None] = Column(Plain)
    paused_at: Named[datetime | None] = Column(Moment)
    prefers: Named[str] = Column(Plain)


channels = Table(
    "channels", metadata, _ChannelColumns, UniqueConstraint("platform", "place", "thread"), sqlite_autoincrement=True
)
"""``thread`` is empty for the place itself, since NULLs would never be equal to each other."""


_IS_SHUT = text("paused_because IS NOT NULL")
Index("ix_channels_paused", channels.c.platform, sqlite_where=_IS_SHUT, postgresql_where=_IS_SHUT)


class _KeeperColumns(TypedColumns):
    channel_id: Named[int] = Column(
        Number, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    private_id: Named[int] = Column(
        Number, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Named[datetime] = Column(Moment)


keepers = Table("keepers", metadata, _KeeperColumns)
"""Who looks after a channel, by the private chat in which they are told what happens to it."""


class _NoticeColumns(_Numbered):
    kind: Named[str] = Column(Plain)
    key: Named[str] = Column(Plain, unique=True)
    about: Named[str] = Column(Plain)
    reason: Named[str] = Column(Plain)
    channel_id: Named[int | None] = Column(Number, ForeignKey("channels.id", ondelete="CASCADE"))
    source_id: Named[int | None] = Column(Number, ForeignKey("sources.id", ondelete="CASCADE"))
    at: Named[datetime] = Column(Moment)


notices = Table("notices", metadata, _NoticeColumns, sqlite_autoincrement=True)
Index("ix_notices_channel_id", notices.c.channel_id, notices.c.kind)
Index("ix_notices_source_id", notices.c.source_id, notices.c.kind)


class _SubscriptionColumns(_Numbered):
    channel_id: Named[int] = Column(Number, ForeignKey("channels.id", ondelete="CASCADE"))
    kind: Named[str] = Column(Plain)
    subject: Named[str] = Column(Plain)
    label: Named[str] = Column(Plain)
    added_at: Named[datetime] = Column(Moment)


subscriptions = Table(
    "subscriptions",
    metadata,
    _SubscriptionColumns,
    UniqueConstraint("channel_id", "kind", "subject"),
    sqlite_autoincrement=True,
)
"""``kind`` is everything, topic or source; ``subject`` the topic's or the source's id, empty for everything."""
Index("ix_subscriptions_kind_subject", subscriptions.c.kind, subscriptions.c.subject, subscriptions.c.channel_id)
IS_OWN_WORDS = text("substr(subject, 1, 6) = 'words:'")
"""No other kind has such a subject. Said in exactly these words by the statement that the index is for."""
Index(
    "ix_subscriptions_own_words",
    subscriptions.c.id,
    subscriptions.c.subject,
    sqlite_where=IS_OWN_WORDS,
    postgresql_where=IS_OWN_WORDS,
)


class _DigestColumns(_Numbered):
    channel_id: Named[int] = Column(Number, ForeignKey("channels.id", ondelete="CASCADE"))
    source_id: Named[int | None] = Column(Number, ForeignKey("sources.id"))
    opened_at: Named[datetime] = Column(Moment)


digests = Table(
    "digests",
    metadata,
    _DigestColumns,
    UniqueConstraint("source_id", "opened_at", "channel_id"),
    sqlite_autoincrement=True,
)
"""One for each channel that a digest goes to, since each channel is told what it follows.

Without a source it holds what gathered while the channel was closed.
"""
Index("ix_digests_channel_id", digests.c.channel_id)


class _DigestStoryColumns(TypedColumns):
    digest_id: Named[int] = Column(Number, ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True)
    story_id: Named[int] = Column(Number, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    place: Named[int] = Column(Integer)


digest_stories = Table("digest_stories", metadata, _DigestStoryColumns)
"""``place`` counts from the newest."""
Index("ix_digest_stories_story_id", digest_stories.c.story_id)


class DeliveryColumns(TypedColumns):
    """Public, since statements about deliveries name several of their rows."""

    id: Named[int] = Column(Number, primary_key=True, autoincrement=True)
    channel_id: Named[int] = Column(Number)
    story_id: Named[int | None] = Column(Number)
    digest_id: Named[int | None] = Column(Number)
    notice_id: Named[int | None] = Column(Number)
    part: Named[int] = Column(Integer)
    attempt: Named[int] = Column(Integer)
    uncertain: Named[int] = Column(Integer)
    revision: Named[int] = Column(Integer)
    is_breaking: Named[bool] = Column(Boolean)
    wanted_at: Named[datetime] = Column(Moment)
    due_at: Named[datetime] = Column(Moment)
    platform: Named[str] = Column(Plain)
    kind: Named[str] = Column(Plain)
    state: Named[str] = Column(Plain)
    once: Named[str] = Column(Plain)
    holder: Named[str | None] = Column(Plain)
    first_attempt_at: Named[datetime | None] = Column(Moment)
    tried_at: Named[datetime | None] = Column(Moment)
    leased_until: Named[datetime | None] = Column(Moment)
    settled_at: Named[datetime | None] = Column(Moment)
    reason: Named[str | None] = Column(Plain)
    receipt_place: Named[str | None] = Column(Plain)
    receipt_thread: Named[str | None] = Column(Plain)
    receipt_messages: Named[tuple[str, ...] | None] = Column(Lines)
    receipt_note: Named[str | None] = Column(Plain)
    waited_s: Named[float | None] = Column(Float)
    waited_limit: Named[str | None] = Column(Plain)


deliveries = Table(
    "deliveries",
    metadata,
    DeliveryColumns,
    UniqueConstraint("story_id", "channel_id", "kind", "part"),
)
"""The outbox. A channel's pending headlines leave in the order of their numbers. A row is about a
story, a digest or a notice.

``wanted_at`` is when the row was to be shown at first; ``due_at`` moves when it has to wait. There are no foreign keys:
PostgreSQL looks each one up by itself, which doubles the time of a promise to ten thousand channels.
"""

_IS_SENDING = text("state = 'sending'")
_IS_PAUSED = text("state = 'paused'")
for _kind in ("headline", "digest", "refresh", "notice"):  # a row stands in its kind's index only: all stay narrow
    _is_waiting = text(f"state = 'pending' AND kind = '{_kind}'")
    Index(
        f"ix_deliveries_due_{_kind}",
        deliveries.c.due_at,
        deliveries.c.id,
        sqlite_where=_is_waiting,
        postgresql_where=_is_waiting,
    )
_IS_DIGEST = text("digest_id IS NOT NULL")
Index(
    "uq_deliveries_digest",
    deliveries.c.digest_id,
    unique=True,
    sqlite_where=_IS_DIGEST,
    postgresql_where=_IS_DIGEST,
)
_IS_BREAKING = text("state = 'pending' AND kind = 'headline' AND is_breaking")
Index(
    "ix_deliveries_breaking",
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=_IS_BREAKING,
    postgresql_where=_IS_BREAKING,
)
_IS_NOTICE = text("notice_id IS NOT NULL")
Index(
    "uq_deliveries_notice",
    deliveries.c.notice_id,
    deliveries.c.channel_id,
    unique=True,
    sqlite_where=_IS_NOTICE,
    postgresql_where=_IS_NOTICE,
)
_WAS_TRIED = text("state = 'pending' AND kind = 'headline' AND attempt > 0")
Index(
    "ix_deliveries_tried",
    deliveries.c.channel_id,
    deliveries.c.id,
    sqlite_where=_WAS_TRIED,
    postgresql_where=_WAS_TRIED,
)
Index(
    "uq_deliveries_in_flight",
    deliveries.c.channel_id,
    unique=True,
    sqlite_where=_IS_SENDING,
    postgresql_where=_IS_SENDING,
)
Index("ix_deliveries_paused", deliveries.c.channel_id, sqlite_where=_IS_PAUSED, postgresql_where=_IS_PAUSED)
_IS_PARKED = text("state = 'parked'")
Index("ix_deliveries_parked", deliveries.c.channel_id, sqlite_where=_IS_PARKED, postgresql_where=_IS_PARKED)


class _AttemptColumns(_Numbered):
    channel_id: Named[int] = Column(Number)
    delivery_id: Named[int] = Column(Number)
    number: Named[int] = Column(Integer)
    started_at: Named[datetime] = Column(Moment)
    ended_at: Named[datetime] = Column(Moment)
    became: Named[str] = Column(Plain)
    reason: Named[str] = Column(Plain)
    was_uncertain: Named[bool] = Column(Boolean)
    rate_limit: Named[str | None] = Column(Plain)
    again_at: Named[datetime | None] = Column(Moment)


attempts = Table("attempts", metadata, _AttemptColumns, sqlite_autoincrement=True)
"""What was tried and did not arrive. The attempt that arrived is told by the delivery's own row: nearly all do at once,
and a row for each of them would cost the outbox a third of its speed to say nothing new.
"""
Index("ix_attempts_channel_id", attempts.c.channel_id, attempts.c.ended_at)
Index("ix_attempts_ended_at", attempts.c.ended_at)


class _OpinionColumns(_Numbered):
    story_id: Named[int] = Column(Number, ForeignKey("stories.id", ondelete="CASCADE"))
    platform: Named[str] = Column(Plain)
    person_id: Named[str] = Column(Plain)
    name: Named[str] = Column(Plain)
    stance: Named[str | None] = Column(Plain)
    words: Named[str | None] = Column(Plain)
    at: Named[datetime] = Column(Moment)


opinions = Table(
    "opinions",
    metadata,
    _OpinionColumns,
    UniqueConstraint("story_id", "platform", "person_id"),
    sqlite_autoincrement=True,
)


class _RequestColumns(TypedColumns):
    platform: Named[str] = Column(Plain, primary_key=True)
    once: Named[str] = Column(Plain, primary_key=True)
    at: Named[datetime] = Column(Moment)


requests = Table("requests", metadata, _RequestColumns)
Index("ix_requests_at", requests.c.at)


class _PhraseColumns(_Numbered):
    digest: Named[str] = Column(Plain, unique=True)
    phrase: Named[str] = Column(Plain)
    used_at: Named[datetime] = Column(Moment)


phrases = Table("phrases", metadata, _PhraseColumns, sqlite_autoincrement=True)
"""``digest`` stands for the phrase in the index: PostgreSQL indexes no text longer than a third of a page."""
Index("ix_phrases_used_at", phrases.c.used_at)


class _LetterColumns(_Numbered):
    platform: Named[str] = Column(Plain)
    letter_id: Named[str] = Column(Plain)
    body: Named[str] = Column(Plain)
    accepted_at: Named[datetime] = Column(Moment)
    done_at: Named[datetime | None] = Column(Moment)


letters = Table(
    "letters", metadata, _LetterColumns, UniqueConstraint("platform", "letter_id"), sqlite_autoincrement=True
)
_IS_OPEN = text("done_at IS NULL")
Index("ix_letters_open", letters.c.platform, letters.c.id, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
Index("ix_letters_done_at", letters.c.done_at)


class _NamedValueColumns(TypedColumns):
    name: Named[str] = Column(Plain, primary_key=True)
    value: Named[str] = Column(Plain)


notes = Table("notes", metadata, _NamedValueColumns)

secrets = Table("secrets", metadata, _NamedValueColumns)
"""What only this installation may know; never shown and never exported."""


class _LeaseColumns(TypedColumns):
    task: Named[str] = Column(Plain, primary_key=True)
    holder: Named[str] = Column(Plain)
    fence: Named[int] = Column(Number)
    until: Named[datetime] = Column(Moment)


leases = Table("leases", metadata, _LeaseColumns)
"""Tasks that one process at a time does. ``until`` is a time of the database's clock."""
