"""Copies of the database that are made while the bot runs, and coming back to one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.errors import NewsbotError

RESTORED_AT = "restored-at"
"""The note that says when the database was restored: posts that a person has to decide about were parked then."""


class BackupError(NewsbotError):
    """A backup cannot be made or used; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds. ``waiting`` are posts that had not left when it was made; ``key`` tells installations apart.

    Everything in it was committed before ``taken_at`` or a moment later.
    """

    taken_at: datetime
    version: str
    key: str
    articles: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What coming back to a backup would mean.

    ``present`` is whether there is a database of the same installation to compare with. If so, ``repeats`` are posts
    that were sent since then about stories that the backup does not have: they leave once more if a source still lists
    them. ``known`` are posts that waited in the backup and were sent since: they do not leave again.
    """

    contents: Contents
    present: bool
    repeats: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done. ``aside`` is where the database that was there is kept now; None where there was none.

    Of the posts that waited in the backup and may have been sent since, ``searched`` are looked for in their channel
    before they leave, and ``parked`` wait for a person.
    """

    aside: str | None
    searched: int
    parked: int


class Backups(Protocol):
    """Backups of one database. All methods wait until they are done and raise BackupError."""

    def make(self, file: str, *, now: datetime) -> Contents:
        """Write a consistent, checked backup to a file that is not there yet. The bot may run."""
        ...

    def outlook(self, file: str) -> Outlook:
        """Check the backup and compare it with the present database. Changes nothing."""
        ...

    def restore(self, file: str, *, now: datetime, searchable: Collection[str], resends: bool) -> Restored:
        """Put the backup in the database's place; nothing else may use it. What was there is kept aside.

        What waited in it may have been sent since. Where nobody knows, it is looked for on platforms that are
        ``searchable``; elsewhere it is parked, unless it ``resends``.
        """
        ...
