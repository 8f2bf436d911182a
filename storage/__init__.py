"""The desk's memory: what bot/ports asks for, in SQL on SQLite and PostgreSQL."""

from storage.database import Database, open_storage
from storage.inbox import DatabaseInbox
from storage.schema import is_current, migrate
from storage.signing_key import signing_key

__all__ = ["Database", "DatabaseInbox", "is_current", "migrate", "open_storage", "signing_key"]
