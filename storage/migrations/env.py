"""What Alembic runs around migrations (alembic.sqlalchemy.org/en/latest/tutorial.html#the-migration-environment)."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # on SQLite too, since the transaction is begun by us
)
with context.begin_transaction():
    context.run_migrations()
