"""The first shape: everything that one article needs to travel from a source to readers, and their opinions back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)

_FULL_TEXT_ON_SQLITE = (
    # Words are cut and folded before they are stored: all that is left to the tokenizer is to part them at spaces.
    """
    CREATE VIRTUAL TABLE article_index USING fts5(
        words, content = 'article_words', content_rowid = 'article_id', tokenize = 'ascii', detail = 'none'
    )
    """,
    """
    CREATE TRIGGER article_words_inserted AFTER INSERT ON article_words BEGIN
        INSERT INTO article_index (rowid, words) VALUES (new.article_id, new.words);
    END
    """,
    """
    CREATE TRIGGER article_words_deleted AFTER DELETE ON article_words BEGIN
        INSERT INTO article_index (article_index, rowid, words) VALUES ('delete', old.article_id, old.words);
    END
    """,
    """
    CREATE TRIGGER article_words_updated AFTER UPDATE ON article_words BEGIN
        INSERT INTO article_index (article_index, rowid, words) VALUES ('delete', old.article_id, old.words);
        INSERT INTO article_index (rowid, words) VALUES (new.article_id, new.words);
    END
    """,
)


def upgrade() -> None:
    """From nothing."""
    _sources()
    _hubs()
    _stories()
    _articles()
    _search()
    _channels()
    _digests()
    _notices()
    _deliveries()
    _attempts()
    _opinions()
    _requests()
    _names()
    _leases()


def _id() -> sa.Column[int]:
    return sa.Column("id", _NUMBER, primary_key=True, autoincrement=True)


def _text(name: str, *, nullable: bool = False, unique: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, unique=unique or None, primary_key=primary_key)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _reference(
    name: str, to: str, *, ondelete: str | None = None, primary_key: bool = False, nullable: bool = False
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", ondelete=ondelete)
    return sa.Column(name, _NUMBER, key, nullable=nullable, primary_key=primary_key, autoincrement=False)


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _sources() -> None:
    op.create_table(
        "sources",
        _id(),
        _text("kind"),
        _text("address", unique=True),
        _text("title"),
        _text("site", nullable=True),
        _text("language", nullable=True),
        sa.Column("interval_s", sa.Float(), nullable=False),
        _flag("keeps_interval"),
        _flag("fetches_full_text"),
        _text("footer", nullable=True),
        _text("opinion_prompt"),
        _text("labels"),
        _moment("added_at"),
        _moment("next_read_at", nullable=True),
        _moment("last_read_at", nullable=True),
        _text("etag", nullable=True),
        _text("last_modified", nullable=True),
        _text("digest", nullable=True),
        sa.Column("rest_s", sa.Float(), nullable=True),
        _text("trouble_kind", nullable=True),
        _text("trouble_message", nullable=True),
        _whole("failures"),
        _moment("failing_since", nullable=True),
        _flag("is_trouble_told"),
        _text("identity"),
        _text("lately"),
        _whole("entries"),
        _text("move_address", nullable=True),
        _moment("move_since", nullable=True),
        _whole("move_answers"),
        _flag("is_paused"),
        _flag("is_removed"),
        _text("hub_address", nullable=True),
        _text("hub_topic", nullable=True),
        _moment("pushed_at", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sources_next_read_at", "sources", ["next_read_at"])


def _hubs() -> None:
    op.create_table(
        "hubs",
        _reference("source_id", "sources", primary_key=True),
        _text("address"),
        _text("topic"),
        _text("token", unique=True),
        _text("secret"),
        _moment("due_at"),
        _whole("failures"),
        _moment("leased_until", nullable=True),
        _text("problem", nullable=True),
    )
    op.create_index("ix_hubs_due_at", "hubs", ["due_at"])


def _stories() -> None:
    op.create_table(
        "stories",
        _id(),
        _moment("opened_at"),
        _moment("at", nullable=True),
        sa.Column("merged_into", _NUMBER, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stories_at", "stories", ["at", "id"])
    _partial("ix_stories_merged_into", "stories", ["merged_into"], "merged_into IS NOT NULL")
    op.create_table(
        "story_topics",
        _reference("story_id", "stories", ondelete="CASCADE", primary_key=True),
        _text("topic_id", primary_key=True),
        _whole("place"),
        _text("word"),
        _whole("paragraph"),
    )
    op.create_index("ix_story_topics_topic_id", "story_topics", ["topic_id", "story_id"])


def _articles() -> None:
    op.create_table(
        "articles",
        _id(),
        _reference("story_id", "stories"),
        _reference("source_id", "sources"),
        _text("title"),
        _text("paragraphs"),
        _text("shapes"),
        _text("teaser", nullable=True),
        _text("guid", nullable=True),
        _text("link", nullable=True),
        _text("author", nullable=True),
        _text("image", nullable=True),
        _text("caption", nullable=True),
        _moment("published_at", nullable=True),
        _text("language", nullable=True),
        _flag("is_complete"),
        _flag("has_own_title"),
        _moment("first_seen_at"),
        _moment("changed_at", nullable=True),
        _text("former_titles"),
        sa.Column("merged_from", _NUMBER, nullable=True),
        _flag("is_announced"),
        _text("page_paragraphs", nullable=True),
        _text("page_shapes", nullable=True),
        _text("page_image", nullable=True),
        _text("page_caption", nullable=True),
        _text("page_problem", nullable=True),
        _whole("page_tries"),
        _moment("page_due_at", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_story_id", "articles", ["story_id", "id"])
    op.create_index("ix_articles_source_id", "articles", ["source_id", "story_id"])
    _partial("ix_articles_page_due_at", "articles", ["page_due_at"], "page_due_at IS NOT NULL")
    op.create_table("article_keys", _text("key", primary_key=True), _number("article_id"))
    op.create_index("ix_article_keys_article_id", "article_keys", ["article_id"])
    op.create_table(
        "former_articles",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        _number("source_id"),
        _text("title"),
        _text("guid", nullable=True),
        _text("link", nullable=True),
        _moment("published_at", nullable=True),
        _moment("first_seen_at"),
    )
    op.create_index("ix_former_articles_source_id", "former_articles", ["source_id", "first_seen_at"])


def _search() -> None:
    op.create_table(
        "article_words",
        _reference("article_id", "articles", ondelete="CASCADE", primary_key=True),
        _text("title"),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_article_words_words", "article_words", ["words"], postgresql_using="gin")
        # Kept elsewhere, words would cost nothing in the planner's eyes, and it would read all of them for a rare one.
        op.execute("ALTER TABLE article_words ALTER COLUMN words SET STORAGE MAIN")
    else:
        for statement in _FULL_TEXT_ON_SQLITE:
            op.execute(statement)


def _channels() -> None:
    op.create_table(
        "channels",
        _id(),
        _text("platform"),
        _text("place"),
        _text("thread"),
        _text("kind"),
        _text("title"),
        _moment("added_at"),
        _text("paused_because", nullable=True),
        _text("paused_as", nullable=True),
        _moment("paused_at", nullable=True),
        _text("prefers"),
        sa.UniqueConstraint("platform", "place", "thread"),
        sqlite_autoincrement=True,
    )
    _partial("ix_channels_paused", "channels", ["platform"], "paused_because IS NOT NULL")
    op.create_table(
        "subscriptions",
        _id(),
        _reference("channel_id", "channels", ondelete="CASCADE"),
        _text("kind"),
        _text("subject"),
        _text("label"),
        _moment("added_at"),
        sa.UniqueConstraint("channel_id", "kind", "subject"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_kind_subject", "subscriptions", ["kind", "subject", "channel_id"])
    _partial("ix_subscriptions_own_words", "subscriptions", ["id", "subject"], "substr(subject, 1, 6) = 'words:'")


def _digests() -> None:
    op.create_table(
        "digests",
        _id(),
        _reference("channel_id", "channels", ondelete="CASCADE"),
        _reference("source_id", "sources", nullable=True),
        _moment("opened_at"),
        sa.UniqueConstraint("source_id", "opened_at", "channel_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_digests_channel_id", "digests", ["channel_id"])
    op.create_table(
        "digest_stories",
        _reference("digest_id", "digests", ondelete="CASCADE", primary_key=True),
        _reference("story_id", "stories", ondelete="CASCADE", primary_key=True),
        _whole("place"),
    )
    op.create_index("ix_digest_stories_story_id", "digest_stories", ["story_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        _id(),
        _number("channel_id"),
        sa.Column("story_id", _NUMBER, nullable=True),
        sa.Column("digest_id", _NUMBER, nullable=True),
        sa.Column("notice_id", _NUMBER, nullable=True),
        _whole("part"),
        _whole("attempt"),
        _whole("uncertain"),
        _whole("revision"),
        _flag("is_breaking"),
        _moment("wanted_at"),
        _moment("due_at"),
        _text("platform"),
        _text("kind"),
        _text("state"),
        _text("once"),
        _text("holder", nullable=True),
        _moment("first_attempt_at", nullable=True),
        _moment("tried_at", nullable=True),
        _moment("leased_until", nullable=True),
        _moment("settled_at", nullable=True),
        _text("reason", nullable=True),
        _text("receipt_place", nullable=True),
        _text("receipt_thread", nullable=True),
        _text("receipt_messages", nullable=True),
        _text("receipt_note", nullable=True),
        sa.Column("waited_s", sa.Float(), nullable=True),
        _text("waited_limit", nullable=True),
        sa.UniqueConstraint("story_id", "channel_id", "kind", "part"),
    )
    for kind in ("headline", "digest", "refresh", "notice"):
        is_waiting = f"state = 'pending' AND kind = '{kind}'"
        _partial(f"ix_deliveries_due_{kind}", "deliveries", ["due_at", "id"], is_waiting)
    _partial("uq_deliveries_digest", "deliveries", ["digest_id"], "digest_id IS NOT NULL", unique=True)
    is_breaking = "state = 'pending' AND kind = 'headline' AND is_breaking"
    _partial("ix_deliveries_breaking", "deliveries", ["due_at", "id"], is_breaking)
    _partial("uq_deliveries_notice", "deliveries", ["notice_id", "channel_id"], "notice_id IS NOT NULL", unique=True)
    was_tried = "state = 'pending' AND kind = 'headline' AND attempt > 0"
    _partial("ix_deliveries_tried", "deliveries", ["channel_id", "id"], was_tried)
    _partial("uq_deliveries_in_flight", "deliveries", ["channel_id"], "state = 'sending'", unique=True)
    _partial("ix_deliveries_paused", "deliveries", ["channel_id"], "state = 'paused'")
    _partial("ix_deliveries_parked", "deliveries", ["channel_id"], "state = 'parked'")


def _attempts() -> None:
    op.create_table(
        "attempts",
        _id(),
        _number("channel_id"),
        _number("delivery_id"),
        _whole("number"),
        _moment("started_at"),
        _moment("ended_at"),
        _text("became"),
        _text("reason"),
        _flag("was_uncertain"),
        _text("rate_limit", nullable=True),
        _moment("again_at", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_channel_id", "attempts", ["channel_id", "ended_at"])
    op.create_index("ix_attempts_ended_at", "attempts", ["ended_at"])


def _notices() -> None:
    op.create_table(
        "keepers",
        _reference("channel_id", "channels", ondelete="CASCADE", primary_key=True),
        _reference("private_id", "channels", ondelete="CASCADE", primary_key=True),
        _moment("at"),
    )
    op.create_table(
        "notices",
        _id(),
        _text("kind"),
        _text("key", unique=True),
        _text("about"),
        _text("reason"),
        _reference("channel_id", "channels", ondelete="CASCADE", nullable=True),
        _reference("source_id", "sources", ondelete="CASCADE", nullable=True),
        _moment("at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_channel_id", "notices", ["channel_id", "kind"])
    op.create_index("ix_notices_source_id", "notices", ["source_id", "kind"])


def _opinions() -> None:
    op.create_table(
        "opinions",
        _id(),
        _reference("story_id", "stories", ondelete="CASCADE"),
        _text("platform"),
        _text("person_id"),
        _text("name"),
        _text("stance", nullable=True),
        _text("words", nullable=True),
        _moment("at"),
        sa.UniqueConstraint("story_id", "platform", "person_id"),
        sqlite_autoincrement=True,
    )


def _requests() -> None:
    op.create_table("requests", _text("platform", primary_key=True), _text("once", primary_key=True), _moment("at"))
    op.create_index("ix_requests_at", "requests", ["at"])
    op.create_table(
        "phrases", _id(), _text("digest", unique=True), _text("phrase"), _moment("used_at"), sqlite_autoincrement=True
    )
    op.create_index("ix_phrases_used_at", "phrases", ["used_at"])
    op.create_table(
        "letters",
        _id(),
        _text("platform"),
        _text("letter_id"),
        _text("body"),
        _moment("accepted_at"),
        _moment("done_at", nullable=True),
        sa.UniqueConstraint("platform", "letter_id"),
        sqlite_autoincrement=True,
    )
    _partial("ix_letters_open", "letters", ["platform", "id"], "done_at IS NULL")
    op.create_index("ix_letters_done_at", "letters", ["done_at"])


def _names() -> None:
    for table in ("notes", "secrets"):
        op.create_table(table, _text("name", primary_key=True), _text("value"))


def _leases() -> None:
    op.create_table("leases", _text("task", primary_key=True), _text("holder"), _number("fence"), _moment("until"))
