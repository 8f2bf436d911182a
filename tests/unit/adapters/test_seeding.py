"""Pages of text become stories, all of a page or nothing; the sandbox's shared chats follow everything, once."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters import seeding
from adapters.seeding import PageError, follow_everything, import_file, page_files
from bot.domain.channel import ChannelRef
from bot.domain.subscription import Everything
from bot.services.publish import Published
from tests.newsroom import Newsroom, open_newsroom

PAGE = """Vellmar ferries return

Ferries return to Vellmar after two days of storm
The first ferry left Vellmar at dawn on Wednesday with 380 people on board who had slept in the terminal.

Baku opens a museum of carpets
The museum in Baku, in Azerbaijan, opened on Thursday with 400 carpets from every region of the country.
"""
CHATS = [
    {"platform": "discord", "chat": "1", "kind": "text", "title": "#news"},
    {"platform": "discord", "chat": "2", "kind": "forum", "title": "stories"},
    {"platform": "telegram", "chat": "-3", "kind": "group", "title": "City"},
    {"platform": "telegram", "chat": "-4", "kind": "channel", "title": "City news"},
    {"platform": "telegram", "chat": "5", "kind": "private", "title": "newsbot"},
]


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path) as opened:
        yield opened


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return written(tmp_path / "page.txt", PAGE.encode())


async def import_into(newsroom: Newsroom, path: Path) -> Published:
    return await import_file(newsroom.database, newsroom.topics, newsroom.clock, path)


def test_a_directory_gives_its_text_files_by_name_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).touch()
    assert [path.name for path in page_files(tmp_path)] == ["a.txt", "b.txt"]
    assert page_files(tmp_path / "c.md") == [tmp_path / "c.md"], "a file that is named is taken whatever its name"


async def test_a_page_is_imported_once_however_often_and_under_whatever_name(newsroom: Newsroom, page: Path) -> None:
    first = await import_into(newsroom, page)
    assert len(first.new) >= 2
    again = await import_into(newsroom, page)
    renamed = await import_into(newsroom, written(page.with_name("other.txt"), PAGE.encode()))
    assert (again.new, renamed.new) == ((), ())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty|no text"),
        (b"\n \n\t\n", "empty|no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a text file"),
        (b"abc\x00def", "binary file"),
        (b"caf\xe9 in Latin-1", "not a text file in UTF-8"),
    ],
)
async def test_what_is_no_page_is_named_with_why_and_leaves_nothing(
    newsroom: Newsroom, page: Path, content: bytes, sentence: str
) -> None:
    written(page, content)
    before = newsroom.stored()
    with pytest.raises(PageError, match=rf"page\.txt: .*({sentence})"):
        await import_into(newsroom, page)
    assert newsroom.stored() == before


async def test_what_is_no_file_is_never_opened(newsroom: Newsroom, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, sentence in {
        tmp_path / "missing.txt": "there is no such file",
        tmp_path / "empty": "no .txt file in this directory",
        tmp_path / "pipe": "not a file of text",
        Path("/dev/zero"): "not a file of text",
    }.items():
        if path.name == "empty":
            path.mkdir()
        with pytest.raises(PageError, match=sentence):
            await import_into(newsroom, path)


async def test_a_file_larger_than_any_page_is_not_read(
    newsroom: Newsroom, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeding, "_LARGEST", 100)
    with pytest.raises(PageError, match="too large"):
        await import_into(newsroom, page)


async def test_the_publisher_s_app_line_names_the_source(newsroom: Newsroom, page: Path) -> None:
    written(page, (PAGE + "\nDownload the Heraldo app from Google Play.\n").encode())
    await import_into(newsroom, page)
    async with newsroom.database.reading() as look:
        source = await look.sources.at("page:heraldo")
    assert source
    assert source.title == "Heraldo"


async def test_shared_chats_follow_everything_and_private_ones_nothing(newsroom: Newsroom) -> None:
    await follow_everything(newsroom.database, newsroom.topics, newsroom.clock, CHATS)
    assert await _following(newsroom) == {"1", "-3", "-4"}


async def test_what_a_moderator_stopped_stays_stopped(newsroom: Newsroom) -> None:
    await follow_everything(newsroom.database, newsroom.topics, newsroom.clock, CHATS)
    async with newsroom.database.writing() as work:
        channel = await work.channels.find(ChannelRef(platform="discord", id="1"))
        assert channel
        (held,) = await work.subscriptions.of(channel.id)
        await work.subscriptions.remove(channel.id, held.id)
        await work.commit()
    await follow_everything(newsroom.database, newsroom.topics, newsroom.clock, CHATS)
    assert await _following(newsroom) == {"-3", "-4"}


async def _following(newsroom: Newsroom) -> set[str]:
    found = set()
    async with newsroom.database.reading() as look:
        for chat in CHATS:
            channel = await look.channels.find(ChannelRef(platform=chat["platform"], id=chat["chat"]))
            if channel and [one.target for one in await look.subscriptions.of(channel.id)] == [Everything()]:
                found.add(chat["chat"])
    return found
