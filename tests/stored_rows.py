"""All that stands in an SQLite database, to see whether something changed."""

import sqlite3
from contextlib import closing
from pathlib import Path


def rows_of(file: Path) -> list[str]:
    """Every table and row as statements; equal before and after where nothing was stored."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())
