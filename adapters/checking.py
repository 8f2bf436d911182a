"""Reading a feed as the bot would, without storing anything of it."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from adapters.desk import open_feeds
from adapters.feeds.reader import FeedsReader
from adapters.machine.clock import SystemClock
from adapters.settings import Settings
from bot.domain.article import Draft
from bot.domain.language import common_language
from bot.domain.recognition import Document
from bot.domain.source import Source, SourceId, SourceKind, Trouble
from bot.ports.reading import Reading, ReadingError, Unchanged
from bot.services.add_source import at_meant_address
from bot.services.preview_pages import preview

_LARGEST = 10 * 1024 * 1024
"""In bytes, as for a feed that is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """An article with the key it would be known by, and why its page could not complete it, if it should have."""

    identity: str
    draft: Draft
    page_problem: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a feed holds: each article once, newest first; or why it is no feed."""

    reading: Reading | None = None
    entries: tuple[CheckedEntry, ...] = ()
    problem: Trouble | None = None


async def check(settings: Settings, where: str, *, reads_pages: bool | None = None) -> Checked:
    """Read the feed at the address, or in the file of that path, which needs no permission of the guard.

    ``reads_pages``: also the pages of articles that it cuts; where nothing is said those of a feed at an address, so
    that a file is checked without a network.
    """
    path = await asyncio.to_thread(_path, where)
    async with open_feeds(settings) as feeds:
        try:
            reading = await _read(feeds, where, path)
        except ReadingError as error:
            return Checked(problem=Trouble(kind=error.kind, message=str(error)))
        reading = replace(reading, language=reading.language or common_language(reading.drafts))
        source = _unstored(reading, where, SystemClock().now())
        entries = Document(source, reading.drafts, now=source.added_at).entries()
        if not (path is None if reads_pages is None else reads_pages):
            source = replace(source, fetches_full_text=False)
        seen = await preview(feeds, source, [entry.draft for entry in entries])
    return Checked(
        reading=reading,
        entries=tuple(
            CheckedEntry(identity=entry.keys[0], draft=one.draft, page_problem=one.problem)
            for entry, one in zip(entries, seen, strict=True)
        ),
    )


async def _read(feeds: FeedsReader, where: str, path: Path | None) -> Reading:
    if path is not None:
        return await feeds.take_apart(await asyncio.to_thread(_bytes, path), address=path.as_uri())
    reading = await at_meant_address(where, feeds.read)
    if isinstance(reading, Unchanged):
        raise ReadingError("The server says nothing is new, though we never asked before.", kind="status")
    return reading


def _path(where: str) -> Path | None:
    """The file that is meant, there or not; None for an address."""
    path = Path(where).expanduser().absolute()
    is_written_so = where.startswith(("/", "./", "../", "~/"))
    return path if is_written_so or ("://" not in where and path.is_file()) else None


def _bytes(path: Path) -> bytes:
    """What is in the file. Anything but a file (a device, a pipe) may have no end."""
    if not path.is_file():
        raise ReadingError(f"There is no file {path}. Check its path.", kind="no_file")
    try:
        if path.stat().st_size > _LARGEST:
            raise ReadingError("That file is too large for a feed.", kind="too_big")
        return path.read_bytes()
    except OSError as error:
        raise ReadingError(f"The file {path} cannot be read: {error.strerror}.", kind="no_file") from error


def _unstored(reading: Reading, where: str, now: datetime) -> Source:
    """The source that the bot would have made of it, had it just begun to read the feed."""
    return Source(
        id=SourceId(0),
        kind=SourceKind.FEED,
        address=where,
        title=reading.title,
        site=reading.site,
        added_at=now,
        next_read_at=None,
    )
