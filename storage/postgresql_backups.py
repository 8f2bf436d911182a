"""Backups of a PostgreSQL database, in pg_dump's custom format.

The database that was there is kept as a schema of its own, so no right to create databases is needed.
"""

import asyncio
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

from sqlalchemy import Row, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.backups import BackupError, Contents, Outlook, Restored
from storage import coming_back
from storage.backup_files import part_of
from storage.coming_back import TAKEN_AT, check_version
from storage.engine import postgresql_engine
from storage.notes import DatabaseNotes
from storage.schema import migrate

_LONGEST_REASON = 300
_TOLD_LINES = 2
"""The complaint, and the detail of it: which versions do not fit, for one."""

_CLOCKS_APART = timedelta(days=1)
"""What was sent so long before a backup is in it, even if clocks were set meanwhile."""

_WAITING = ("pending", "sending", "paused")
_Result = TypeVar("_Result")


class PostgresqlBackups:
    """See ``Backups``."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def make(self, file: str, *, now: datetime) -> Contents:
        """See ``Backups``. pg_dump sees the database as it is at one moment, whoever writes meanwhile."""

        async def note(connection: AsyncConnection) -> None:
            await DatabaseNotes(connection).write(TAKEN_AT, now.isoformat())

        try:
            with part_of(file) as part:
                self._in_transaction(note)
                self._run(
                    "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--file={part}"
                )
                return self._contents(str(part))
        except OSError as error:
            raise BackupError(f"The backup cannot be written to {file}: {error.strerror}.") from None

    def outlook(self, file: str) -> Outlook:
        """See ``Backups``."""
        contents = check_version(self._contents(file))

        async def compare(connection: AsyncConnection) -> Outlook:
            if not contents.key or await _key(connection) != contents.key:
                return Outlook(contents=contents, present=False)
            since = {"since": contents.taken_at - _CLOCKS_APART}
            lately = text(f"{coming_back.sent('public')} AND settled_at > :since")
            sent = {row.id: row for row in await connection.execute(lately, since)}
            repeats, known = self._sent_since(file, sent)
            return Outlook(contents=contents, present=True, repeats=repeats, known=known)

        return self._in_transaction(compare)

    def _sent_since(self, file: str, sent: dict[int, Row[Any]]) -> tuple[int, int]:
        """See ``coming_back.sent_since``; of posts that were sent lately, by number."""
        known = 0
        for row in self._rows(file, "deliveries"):
            post = sent.get(int(row["id"]))
            if post is not None and post.once == row["once"]:
                del sent[post.id]
                known += row["state"] != "sent"
        stories = {post.story_id for post in sent.values()} - {None}
        there = {number for row in self._rows(file, "stories") if (number := int(row["id"])) in stories}
        return sum(post.story_id not in there for post in sent.values()), known

    def restore(self, file: str, *, now: datetime, searchable: Collection[str], resends: bool) -> Restored:
        """See ``Backups``. What goes wrong leaves the database as it was."""
        outlook = self.outlook(file)
        before = f"before_{now.astimezone(UTC):%Y%m%dt%H%M%S}"

        async def put_aside(connection: AsyncConnection) -> bool:
            await _refuse_company(connection)
            is_there = await _is_there(connection)
            await connection.execute(text(f"ALTER SCHEMA public RENAME TO {before}"))
            await connection.execute(text("CREATE SCHEMA public"))
            return is_there

        async def put_back(connection: AsyncConnection) -> None:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text(f"ALTER SCHEMA {before} RENAME TO public"))

        async def put_right(connection: AsyncConnection) -> tuple[int, int]:
            aside = before if outlook.present else None
            return await _put_right(connection, outlook.contents, aside, searchable, now=now, resends=resends)

        is_there = self._in_transaction(put_aside)
        try:
            self._run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--schema=public", file)
            migrate(self._url.render_as_string(hide_password=False))
            searched, parked = self._in_transaction(put_right)
        except BaseException:
            self._in_transaction(put_back)
            raise
        return Restored(aside=f"schema {before}" if is_there else None, searched=searched, parked=parked)

    def _contents(self, file: str) -> Contents:
        if not Path(file).exists():
            raise BackupError(f"There is no file {file}.")
        versions = [row["version_num"] for row in self._rows(file, "alembic_version")]
        taken = [row["value"] for row in self._rows(file, "notes") if row["name"] == TAKEN_AT]
        if not versions or not taken:
            raise BackupError(f"{file} is no backup of newsbot. Make one with `newsbot backup FILE`.")
        keys = [row["value"] for row in self._rows(file, "secrets") if row["name"] == "signing-key"]
        return Contents(
            taken_at=datetime.fromisoformat(taken[0]),
            version=versions[0],
            key=keys[0] if keys else "",
            articles=sum(1 for _ in self._rows(file, "articles")),
            waiting=sum(
                1
                for row in self._rows(file, "deliveries")
                if row["kind"] in ("headline", "digest") and row["state"] in _WAITING
            ),
        )

    def _rows(self, file: str, table: str) -> Iterator[Mapping[str, str]]:
        """The rows of a table in a dump, as COPY writes them; none where the dump has no such table."""
        columns: list[str] = []
        for line in self._lines("pg_restore", "--data-only", f"--table={table}", "--file=-", file):
            if line.startswith("COPY "):
                columns = line[line.index("(") + 1 : line.index(")")].replace('"', "").split(", ")
            elif line == "\\.":
                columns = []
            elif columns:
                yield dict(zip(columns, line.split("\t"), strict=True))

    def _run(self, program: str, *arguments: str) -> None:
        """Let the program do its work on the database. Raises BackupError with its complaint."""
        for _ in self._lines(program, "--dbname", self._url.database or "", *arguments):
            pass

    def _lines(self, program: str, *arguments: str) -> Iterator[str]:
        """What the program says, a line at a time: a dump may be larger than memory. Raises BackupError at its end."""
        found = shutil.which(program)
        if found is None:
            raise BackupError(
                f"{program} is not installed here. Install PostgreSQL's client programs, of the server's version or "
                "newer (Debian: postgresql-client)."
            )
        command = [found, *arguments]
        with (
            TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
            subprocess.Popen(  # noqa: S603  # the program that the operator installed, with our words
                command, env=self._environment(), stdout=subprocess.PIPE, stderr=complaints, encoding="utf-8"
            ) as going,
        ):
            for line in going.stdout or ():
                yield line.removesuffix("\n")
            if going.wait():
                complaints.seek(0)
                said = " ".join(line.strip() for _, line in zip(range(_TOLD_LINES), complaints, strict=False))
                complaint = said[:_LONGEST_REASON].rstrip(".")
                raise BackupError(f"{complaint or f'{program} ended with {going.returncode}'}.")

    def _environment(self) -> dict[str, str]:
        """Where the server is, in the variables of libpq: no password in the list of processes."""
        host = self._url.host or self._url.query.get("host")
        told = {
            "PGHOST": host if isinstance(host, str) else None,
            "PGPORT": str(self._url.port) if self._url.port else None,
            "PGUSER": self._url.username,
            "PGPASSWORD": self._url.password,
            "LC_ALL": "C",
        }
        return {name: value for name, value in told.items() if value is not None}

    def _in_transaction(self, work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        """What comes of the work, committed; in a loop of its own, whatever loop is running here."""

        async def run() -> _Result:
            engine = postgresql_engine(self._url)
            try:
                async with engine.begin() as connection:
                    return await work(connection)
            finally:
                await engine.dispose()

        with ThreadPoolExecutor(max_workers=1) as thread:
            try:
                return thread.submit(lambda: asyncio.run(run())).result()
            except (SQLAlchemyError, OSError) as error:
                why = str(getattr(error, "orig", None) or error).partition("\n")[0].rpartition(": ")[2]
                raise BackupError(f"The database cannot be used: {why}.") from error


async def _put_right(
    connection: AsyncConnection,
    contents: Contents,
    aside: str | None,
    searchable: Collection[str],
    *,
    now: datetime,
    resends: bool,
) -> tuple[int, int]:
    """How many are looked for before they leave, and how many wait for a person."""
    await connection.execute(text(coming_back.restored_at()), {"restored_at": now.isoformat()})
    await connection.execute(text(coming_back.nobody_sends()))
    if aside:
        await connection.execute(text(coming_back.what_became_of_it(aside)))
    for statement in coming_back.as_their_channels_are(aside):
        await connection.execute(text(statement))
    taken = contents.taken_at
    searched = await connection.execute(text(coming_back.look_first(aside, searchable)), {"taken": taken})
    parked = 0
    if not resends:
        asked = {"now": now, "reason": coming_back.reason(taken)}
        parked = (await connection.execute(text(coming_back.park(aside, searchable)), asked)).rowcount
    for table in coming_back.NUMBERED:
        mine, theirs = (f"pg_get_serial_sequence('{schema}.{table}', 'id')" for schema in ("public", aside or "public"))
        further = "0" if aside else str(coming_back.LEAP)
        last = f"nextval({mine}), nextval({theirs}), (SELECT coalesce(max(id), 0) FROM {table})"  # noqa: S608  # ours
        await connection.execute(text(f"SELECT setval({mine}, greatest({last}) + {further})"))
    return searched.rowcount, parked


async def _is_there(connection: AsyncConnection) -> bool:
    found = await connection.execute(text("SELECT to_regclass('public.alembic_version') IS NOT NULL"))
    return bool(found.scalar_one())


async def _key(connection: AsyncConnection) -> str | None:
    if not await _is_there(connection):
        return None
    found = await connection.execute(text("SELECT value FROM public.secrets WHERE name = 'signing-key'"))
    return found.scalar_one_or_none()


async def _refuse_company(connection: AsyncConnection) -> None:
    """Raises BackupError while a newsbot is connected."""
    others = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'newsbot' AND pid <> pg_backend_pid()
    """
    if (await connection.execute(text(others))).scalar_one():
        raise BackupError("A newsbot is running on this database. Stop it first.")
