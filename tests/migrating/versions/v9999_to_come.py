"""What a release may do to a full database: a column that is filled, a table that is rebuilt, one that is new."""

import sqlalchemy as sa
from alembic import op

from tests.migrating.shapes import released

revision = "9999"
down_revision = released()[-1]


def upgrade() -> None:
    """From whatever is the newest."""
    op.add_column("articles", sa.Column("letters", sa.Integer()))
    op.execute("UPDATE articles SET letters = length(title)")
    op.create_index("ix_articles_letters", "articles", ["letters"])
    op.create_table("titles", sa.Column("article_id", sa.Integer(), primary_key=True), sa.Column("title", sa.Text()))
    op.execute("INSERT INTO titles (article_id, title) SELECT id, upper(title) FROM articles")
    with op.batch_alter_table("article_keys", recreate="always") as keys:
        keys.add_column(sa.Column("letters", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE article_keys SET letters = length(key)")
    op.create_index("ix_article_keys_letters", "article_keys", ["letters"])
