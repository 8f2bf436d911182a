"""What the commands about lists of feeds do."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from adapters.desk import open_desk
from adapters.feeds.opml import OpmlError, read_opml, write_opml
from adapters.settings import Settings
from bot.domain.errors import NewsbotError
from bot.domain.source import ListedFeed, SourceKind
from bot.services.import_sources import Imported, import_sources

_LARGEST = 32 << 20
"""In bytes; a list of a hundred thousand feeds."""


class ListFileError(NewsbotError):
    """A file of feeds cannot be read or written; the sentence names it and says why."""


async def import_list(
    settings: Settings, path: Path, *, announces: bool, progress: Callable[[Imported], None]
) -> Imported:
    """Add the feeds of the OPML file, each read first; what was added stays whatever comes. Raises ListFileError.

    ``announces``: of each new source the newest article goes to whoever follows it, as for one that is added alone.
    """
    feeds = await asyncio.to_thread(_read, path)
    async with open_desk(settings) as desk:
        add = partial(desk.reader.add, interval_s=settings.read_interval)
        if not announces:
            add = partial(add, announce=0)
        return await import_sources(desk.database, feeds, add=add, progress=progress)


async def export_list(settings: Settings, path: Path) -> int:
    """Write all feeds to the OPML file, in place of what it held; how many there are. Raises ListFileError."""
    async with open_desk(settings) as desk:
        async with desk.database.reading() as look:
            feeds = [source for source in await look.sources.all() if source.kind is SourceKind.FEED]
        document = write_opml(feeds, title="newsbot", at=desk.clock.now())
    await asyncio.to_thread(_write, path, document)
    return len(feeds)


def _read(path: Path) -> tuple[ListedFeed, ...]:
    if not path.is_file():
        raise ListFileError(f"{path}: there is no such file.")
    try:
        if path.stat().st_size > _LARGEST:
            raise ListFileError(f"{path}: that is too large; a list of feeds may have {_LARGEST >> 20} MiB.")
        return read_opml(path.read_bytes())
    except OpmlError as error:
        raise ListFileError(f"{path}: {error}") from error
    except OSError as error:
        raise ListFileError(f"{path}: {error.strerror}.") from error


def _write(path: Path, document: bytes) -> None:
    """All of it or nothing: a full disk leaves the former list as it was."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(document)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise ListFileError(f"{path}: {error.strerror}.") from error
