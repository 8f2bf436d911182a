"""One bot on one database file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process runs on this database; the sentence says what to do."""


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the database for this process; the system lets go of it however the process ends.

    Raises AlreadyRunningError while another holds it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_suffix(".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunningError(
                f"Another newsbot is running on {database}. Stop it first, or set NEWSBOT_HOME to another directory."
            ) from None
        yield
