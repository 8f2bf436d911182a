"""What must be put right in a database that was restored: what was sent must not be sent again.

Statements in words that SQLite and PostgreSQL share, with ``:name`` for values. ``aside`` is the schema of the database
that was there before, where there is one of the same installation.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from bot.ports.backups import RESTORED_AT, BackupError, Contents
from storage.schema import NEWEST
from storage.tables import channels, metadata

_CARRIED = (
    *("state", "attempt", "uncertain", "due_at", "first_attempt_at", "tried_at", "settled_at", "reason"),
    *("receipt_place", "receipt_thread", "receipt_messages", "receipt_note", "waited_s", "waited_limit"),
)
TAKEN_AT = "backed-up-at"
"""The note in a backup that says when it was begun."""

_NEWS = "kind IN ('headline', 'digest')"
"""What must not come twice; an edit may be repeated, and a word to moderators had better be."""

LEAP = 1_000_000
"""How far numbers leap where nobody knows which were given away: more than any installation does between backups."""

NUMBERED = tuple(table.name for table in metadata.sorted_tables if "id" in table.c)
"""Tables whose numbers stand in buttons and elsewhere, and must not be given away a second time."""


def check_version(contents: Contents) -> Contents:
    """The contents. Raises BackupError where they were written by a later version of the program."""
    if contents.version > NEWEST:
        raise BackupError(
            f"A newer newsbot made this backup (schema {contents.version}; this one knows {NEWEST}). "
            "Restore it with that version."
        )
    return contents


def reason(taken_at: datetime) -> str:
    """Why a post is parked."""
    return f"it waited when the backup of {taken_at:%d %b %Y, %H:%M} UTC was made, and may have been sent since"


def sent(schema: str) -> str:
    """Every post that was sent, as number, ``once`` and story; that of a digest has none."""
    return f"SELECT id, once, story_id FROM {schema}.deliveries WHERE {_NEWS} AND state = 'sent'"  # noqa: S608  # ours


def sent_since(schema: str, backup: str) -> str:
    """Counts posts that were sent and that the other schema does not know as sent.

    ``known`` are those that wait there; ``repeats`` are not there, and neither are their stories.
    """
    return f"""
        SELECT
            coalesce(sum(CASE WHEN b.id IS NULL AND s.id IS NULL THEN 1 ELSE 0 END), 0) AS repeats,
            coalesce(sum(CASE WHEN b.state <> 'sent' THEN 1 ELSE 0 END), 0) AS known
        FROM ({sent(schema)}) AS d
        LEFT JOIN {backup}.deliveries AS b ON b.id = d.id AND b.once = d.once
        LEFT JOIN {backup}.stories AS s ON s.id = d.story_id
    """  # noqa: S608  # the schemas' names are ours


def restored_at() -> str:
    """Notes when that was, which is ``:restored_at``."""
    return f"""
        INSERT INTO notes (name, value) VALUES ('{RESTORED_AT}', :restored_at)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """  # noqa: S608  # the name is ours


def nobody_sends() -> str:
    """Whoever was sending when the backup was made is dead."""
    return "UPDATE deliveries SET state = 'pending', holder = NULL, leased_until = NULL WHERE state = 'sending'"


def what_became_of_it(aside: str) -> str:
    """Takes over what the other database knows of the same promises; ``once`` is the same in no others."""
    carried = ", ".join(f"{name} = b.{name}" for name in _CARRIED)
    return f"""
        UPDATE deliveries SET {carried} FROM {aside}.deliveries AS b
        WHERE b.id = deliveries.id AND b.once = deliveries.once AND b.state <> 'sending'
            AND deliveries.{_NEWS} AND deliveries.state IN ('pending', 'paused', 'parked')
    """  # noqa: S608  # the schema's and columns' names are ours


def as_their_channels_are(aside: str | None) -> Iterator[str]:
    """Channels are as open as the other database knows; what would leave from a closed one is held back."""
    if aside:
        paused = ", ".join(f"{one.name} = b.{one.name}" for one in channels.c if one.name.startswith("paused_"))
        yield f"UPDATE channels SET {paused} FROM {aside}.channels AS b WHERE b.id = channels.id"  # noqa: S608  # ours
    yield """
        UPDATE deliveries SET state = 'paused'
        WHERE state = 'pending' AND channel_id IN (SELECT id FROM channels WHERE paused_because IS NOT NULL)
    """


def look_first(aside: str | None, searchable: Collection[str]) -> str:
    """What may have been sent since ``:taken`` is to be looked for before it leaves."""
    return f"""
        UPDATE deliveries SET
            attempt = CASE WHEN attempt = 0 THEN 1 ELSE attempt END,
            uncertain = CASE WHEN uncertain = 0 THEN 1 ELSE uncertain END,
            first_attempt_at = coalesce(first_attempt_at, :taken)
        WHERE {_nobody_knows(aside)} AND platform IN ({_words(searchable)})
    """  # noqa: S608  # all names are ours


def park(aside: str | None, searchable: Collection[str]) -> str:
    """What may have been sent since, where nobody can look, waits for a person: ``:reason`` says why."""
    return f"""
        UPDATE deliveries SET state = 'parked', reason = :reason, settled_at = :now
        WHERE {_nobody_knows(aside)} AND platform NOT IN ({_words(searchable)})
    """  # noqa: S608  # all names are ours


def _nobody_knows(aside: str | None) -> str:
    waits = f"{_NEWS} AND state IN ('pending', 'paused')"
    if aside is None:
        return waits
    known = f"""
        SELECT 1 FROM {aside}.deliveries b
        WHERE b.id = deliveries.id AND b.once = deliveries.once AND b.state <> 'sending'
    """  # noqa: S608  # the schema's name is ours
    return f"{waits} AND NOT EXISTS ({known})"


def _words(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "''"
