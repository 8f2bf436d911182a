"""What work without a platform needs: the database, the topics and the reader of feeds."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from adapters.feeds.reader import FeedsReader
from adapters.machine.clock import SystemClock
from adapters.machine.home import make_home
from adapters.machine.logs import LogEvents
from adapters.settings import Settings
from bot.domain.topic import Catalogue, Topic, read_catalogue
from bot.ports.backups import Backups
from bot.ports.measures import Measure, unmeasured
from bot.ports.reading import PageReader
from bot.services.keep_lease import LeaseKeeper
from bot.services.read_sources import SourceReader
from bot.services.share_hosts import SharedHosts
from bot.services.topics import Topics
from storage.database import Database, open_storage
from storage.engine import DatabaseUrlError, parse
from storage.postgresql_backups import PostgresqlBackups
from storage.schema import migrate
from storage.sqlite_backups import SqliteBackups


class SeedsError(Exception):
    """The catalogue of topics is not where NEWSBOT_SEEDS says."""


class StartError(Exception):
    """What the bot stands on cannot be used; the sentence names the setting that says where it is."""


_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All of it, opened."""

    database: Database
    topics: Topics
    feeds: FeedsReader
    reader: SourceReader
    pages: PageReader
    clock: SystemClock
    leases: LeaseKeeper
    events: LogEvents


@asynccontextmanager
async def open_feeds(
    settings: Settings, *, reads_loopback: bool = False, topics: Iterable[Topic] | None = None
) -> AsyncIterator[FeedsReader]:
    """The reader of feeds alone, let go of at the end. ``reads_loopback`` as for a desk."""
    feeds = FeedsReader(allow=(*settings.fetch_allow, *(_LOOPBACK if reads_loopback else ())), topics=topics)
    try:
        yield feeds
    finally:
        await feeds.close()


@asynccontextmanager
async def open_desk(
    settings: Settings, *, reads_loopback: bool = False, measure: Measure = unmeasured
) -> AsyncIterator[Desk]:
    """A migrated database, the topics and the reader of feeds; all let go of at the end.

    ``reads_loopback`` lets feeds be read from this machine: the sandbox's newspaper. Raises HomeError,
    SeedsError, StartError and CatalogueError.
    """
    make_home(settings.home)
    catalogue = _catalogue(settings.seeds / "topics.toml")
    await _migrate(settings)
    async with open_feeds(settings, reads_loopback=reads_loopback, topics=catalogue) as feeds:
        database = open_storage(settings.database)
        try:
            clock = SystemClock()
            events = LogEvents(measure)
            topics = Topics(catalogue, measure=measure)
            refresh_delay = timedelta(seconds=settings.refresh_delay)
            us, is_alone = _us(), is_embedded(settings)
            reader = SourceReader(
                database,
                feeds,
                topics,
                clock,
                events,
                refresh_delay=refresh_delay,
                hosts=None if is_alone else SharedHosts(database, clock, events, holder=us),
            )
            try:
                yield Desk(
                    database=database,
                    topics=topics,
                    feeds=feeds,
                    reader=reader,
                    pages=feeds,
                    clock=clock,
                    leases=LeaseKeeper(database, clock, events, holder=us, is_alone=is_alone),
                    events=events,
                )
            finally:
                await reader.close()
        finally:
            await database.close()


def is_embedded(settings: Settings) -> bool:
    """Whether the database is a file of this process alone."""
    return settings.database.startswith("sqlite")


def database_file(settings: Settings) -> Path:
    """The file of an embedded database."""
    return Path(settings.database.removeprefix("sqlite+aiosqlite:///"))


def database_backups(settings: Settings) -> Backups:
    """The backups of the database. Raises StartError."""
    try:
        url = parse(settings.database)
    except DatabaseUrlError as error:
        raise StartError(f"{error} Check NEWSBOT_DATABASE_URL.") from error
    return SqliteBackups(url) if is_embedded(settings) else PostgresqlBackups(url)


def _us() -> str:
    """This process's name among all that ever ran, which tells an operator where it runs."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def _catalogue(path: Path) -> Catalogue:
    try:
        return read_catalogue(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SeedsError(f"The topics in {path} cannot be read: {why}. Check NEWSBOT_SEEDS.") from error


async def _migrate(settings: Settings) -> None:
    try:
        await asyncio.to_thread(migrate, settings.database)
    except Exception as error:  # every driver has its own family of errors
        why = str(getattr(error, "orig", None) or error).partition("\n")[0].rstrip(".")
        raise StartError(f"The database cannot be used: {why}. Check NEWSBOT_DATABASE_URL and NEWSBOT_HOME.") from error
