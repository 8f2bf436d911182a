"""The desk's memory: what ports/storage asks for, in SQL on SQLite and PostgreSQL."""
