"""Fill a database with the first stories: pages of text, and what the sandbox's chats follow."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.feeds.plain_page import PlainPage, PlainPageError, decode, read_plain_page
from bot.domain.article import Draft
from bot.domain.channel import ChannelKind, ChannelRef, NewChannel
from bot.domain.source import NewSource, SourceKind
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.services.import_page import import_page
from bot.services.publish import Published
from bot.services.subscribe import EVERYTHING, follow
from bot.services.topics import Topics

_FOLLOWING = {"text": ChannelKind.GROUP, "group": ChannelKind.GROUP, "channel": ChannelKind.BROADCAST}
"""The kinds of sandbox chats that follow everything from the start."""

_APP = re.compile(r"\b(?P<publisher>[A-ZƏİÖÜÇŞĞА-Я][\w-]+) (?:mobile )?app(?:lication)?\b")
"""A publisher is named by its own app line where there is one."""


_LARGEST = 32 << 20
"""In bytes; the text of ten novels."""


class PageError(Exception):
    """A page could not be imported; the sentence names the file and says why. Nothing of it was stored."""


def page_files(path: Path) -> list[Path]:
    """The .txt files of a directory by name; of anything else the path itself, there or not."""
    return sorted(path.glob("*.txt")) if path.is_dir() else [path]


async def import_file(storage: Storage, topics: Topics, clock: Clock, path: Path) -> Published:
    """Import the page in the file, all of it or nothing. Raises PageError."""
    try:
        page = read_plain_page(decode(await asyncio.to_thread(_bytes, path)))
    except PlainPageError as error:
        raise PageError(f"{path}: {error}") from error
    except OSError as error:
        raise PageError(f"{path}: {error.strerror}.") from error
    return await import_page(storage, topics, _source(page, path), _drafts(page), now=clock.now())


async def follow_everything(storage: Storage, topics: Topics, clock: Clock, chats: Sequence[Mapping[str, str]]) -> None:
    """Let the sandbox's shared chats follow everything, once: what a moderator stops later stays stopped."""
    for chat in chats:
        kind = _FOLLOWING.get(chat["kind"])
        note = f"followed {chat['platform']} {chat['chat']}"
        async with storage.writing() as work:
            if kind is None or await work.notes.read(note):
                continue
            ref = ChannelRef(platform=chat["platform"], id=chat["chat"])
            channel = await work.channels.meet(NewChannel(ref=ref, kind=kind, title=chat["title"]), now=clock.now())
            await work.notes.write(note, "yes")
            await work.commit()
        await follow(storage, topics, clock, channel, EVERYTHING)


def _bytes(path: Path) -> bytes:
    """What is in the file. Anything but a file (a device, a pipe) may have no end."""
    if not path.exists():
        raise PageError(f"{path}: there is no such file.")
    if path.is_dir():
        raise PageError(f"{path}: there is no .txt file in this directory.")
    if not path.is_file():
        raise PageError(f"{path}: that is not a file of text.")
    if path.stat().st_size > _LARGEST:
        raise PageError(f"{path}: that is too large; a page may have {_LARGEST >> 20} MiB.")
    return path.read_bytes()


def _source(page: PlainPage, path: Path) -> NewSource:
    app = _APP.search(page.footer or "")
    name = app["publisher"] if app else path.stem
    return NewSource(
        kind=SourceKind.PAGE,
        address=f"page:{name.casefold()}",
        title=name,
        footer=page.footer,
        opinion_prompt=page.opinion_prompt,
    )


def _drafts(page: PlainPage) -> tuple[Draft, ...]:
    return tuple(
        Draft(
            title=story.title,
            teaser=story.teaser,
            paragraphs=story.paragraphs,
            is_complete=story.is_complete,
            has_own_title=story.has_own_title,
        )
        for story in page.stories
    )
