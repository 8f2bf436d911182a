"""Backups of an SQLite file, by SQLite's online backup (sqlite.org/backup.html)."""

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL

from bot.ports.backups import BackupError, Contents, Outlook, Restored
from storage import coming_back
from storage.backup_files import part_of
from storage.coming_back import TAKEN_AT, check_version
from storage.schema import migrate

_BUSY_S = 10.0
_SIDE_FILES = ("-wal", "-shm")


class SqliteBackups:
    """See ``Backups``. A backup is an SQLite database in one file."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._file = Path(url.database or "")

    def make(self, file: str, *, now: datetime) -> Contents:
        """See ``Backups``."""
        if not self._file.exists():
            raise BackupError(f"There is no database at {self._file} yet, so there is nothing to back up.")
        with _in_words(f"The backup cannot be written to {file}"), part_of(file) as part:
            _copy(self._file, part)
            with closing(_opened(part)) as copy:
                copy.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (TAKEN_AT, now.isoformat()))
            contents = _contents(part)
            _written_for_good(part)
        return contents

    def outlook(self, file: str) -> Outlook:
        """See ``Backups``."""
        with _in_words(f"{file} is no backup of newsbot"):
            contents = check_version(_contents(Path(file)))
        if not self._is_same_installation(contents):
            return Outlook(contents=contents, present=False)
        with closing(_opened(self._file)) as present:
            present.execute("ATTACH DATABASE ? AS backup", (file,))
            repeats, known = present.execute(coming_back.sent_since("main", "backup")).fetchone()
        return Outlook(contents=contents, present=True, repeats=repeats, known=known)

    def restore(self, file: str, *, now: datetime, searchable: Collection[str], resends: bool) -> Restored:
        """See ``Backups``. Killed at any moment, either the old file is in its place or the new one."""
        contents = self.outlook(file).contents
        stage = self._file.with_name(f"{self._file.name}.restoring")
        with _in_words(f"{file} cannot be restored"):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            stage.unlink(missing_ok=True)
            _copy(Path(file), stage)
            migrate(self._url.set(database=str(stage)).render_as_string(hide_password=False))
            is_compared = self._is_same_installation(contents)
            with closing(_opened(stage)) as restored:
                aside = "aside" if is_compared else None
                if aside:
                    restored.execute("ATTACH DATABASE ? AS aside", (str(self._file),))
                restored.execute("BEGIN IMMEDIATE")
                searched, parked = _put_right(restored, contents, aside, searchable, now=now, resends=resends)
                restored.execute("COMMIT")
                restored.execute("PRAGMA journal_mode = DELETE")
            _written_for_good(stage)
            kept = self._keep_aside(now)
            stage.replace(self._file)
        return Restored(aside=kept, searched=searched, parked=parked)

    def _is_same_installation(self, contents: Contents) -> bool:
        """Whether there is a readable database with the same key; what else is wrong with it does not matter here."""
        if not self._file.exists():
            return False
        try:
            with closing(_opened(self._file)) as present:
                present.execute(coming_back.sent("main")).fetchone()
                return bool(contents.key) and _key(present) == contents.key
        except sqlite3.Error:
            return False

    def _keep_aside(self, now: datetime) -> str | None:
        if not self._file.exists():
            return None
        with suppress(sqlite3.Error), closing(_opened(self._file)) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = self._file.with_name(f"{self._file.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%S}")
        for side in _SIDE_FILES:
            with suppress(FileNotFoundError):
                Path(f"{self._file}{side}").rename(f"{kept}{side}")
        os.link(self._file, kept)
        return str(kept)


def _put_right(
    restored: sqlite3.Connection,
    contents: Contents,
    aside: str | None,
    searchable: Collection[str],
    *,
    now: datetime,
    resends: bool,
) -> tuple[int, int]:
    """How many are looked for before they leave, and how many wait for a person."""
    restored.execute(coming_back.restored_at(), {"restored_at": now.isoformat()})
    restored.execute(coming_back.nobody_sends())
    if aside:
        restored.execute(coming_back.what_became_of_it(aside))
    for statement in coming_back.as_their_channels_are(aside):
        restored.execute(statement)
    asked = {"taken": _moment(contents.taken_at), "now": _moment(now), "reason": coming_back.reason(contents.taken_at)}
    searched = restored.execute(coming_back.look_first(aside, searchable), asked).rowcount
    parked = 0 if resends else restored.execute(coming_back.park(aside, searchable), asked).rowcount
    for table in coming_back.NUMBERED:
        given = f"(SELECT seq FROM aside.sqlite_sequence WHERE name = '{table}')"  # noqa: S608  # the names are ours
        highest = f"max(seq, coalesce({given}, 0))" if aside else f"seq + {coming_back.LEAP}"
        restored.execute(f"UPDATE sqlite_sequence SET seq = {highest} WHERE name = '{table}'")  # noqa: S608  # the same
    return searched, parked


def _copy(source: Path, target: Path) -> None:
    """All of it as it is at one moment, whoever writes meanwhile, and in one file."""
    with closing(_opened(source)) as present, closing(sqlite3.connect(target)) as copy:
        present.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _contents(file: Path) -> Contents:
    """What the checked backup holds. Raises BackupError, or sqlite3.Error where it is no database at all."""
    if not file.exists():
        raise BackupError(f"There is no file {file}.")
    with closing(_opened(file)) as backup:
        said = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise BackupError(f"{file} is damaged ({said}). Use another backup.")
        taken = backup.execute("SELECT value FROM notes WHERE name = ?", (TAKEN_AT,)).fetchone()
        if taken is None:
            raise BackupError(f"{file} is a database of newsbot, but no backup. Make one with `newsbot backup FILE`.")
        (version,) = backup.execute("SELECT version_num FROM alembic_version").fetchone()
        (articles,) = backup.execute("SELECT count(*) FROM articles").fetchone()
        waits = "kind IN ('headline', 'digest') AND state IN ('pending', 'sending', 'paused')"
        (waiting,) = backup.execute(f"SELECT count(*) FROM deliveries WHERE {waits}").fetchone()  # noqa: S608  # ours
        return Contents(
            taken_at=datetime.fromisoformat(taken[0]),
            version=version,
            key=_key(backup),
            articles=articles,
            waiting=waiting,
        )


def _key(database: sqlite3.Connection) -> str:
    found = database.execute("SELECT value FROM secrets WHERE name = 'signing-key'").fetchone()
    return str(found[0]) if found else ""


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)


def _moment(at: datetime) -> str:
    """As ``Moment`` stands in a column."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _written_for_good(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Whatever goes wrong is a BackupError that begins so."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BackupError(f"{what}: {why}.") from None
