"""What every reader of pages promises: the real one over HTTP and the fake that stands in for it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from ipaddress import ip_network
from typing import Protocol

import pytest

from adapters.feeds.reader import FeedsReader
from bot.domain.full_text import PageText
from bot.ports.reading import PageReader, ReadingError
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server
from tests.fakes.pages import FakePages

TEXT = tuple(f"Paragraph {number} tells what happened in the harbour on that long and windy day." for number in "123")


class Stand(Protocol):
    """A reader and its world, in which a test can have pages stand."""

    reader: PageReader

    def publishes(self) -> str:
        """The address of a page with an article."""
        ...

    def hides(self) -> str:
        """The address of a page that is for subscribers only."""
        ...


class RealStand:
    """The real reader and a server on this machine."""

    def __init__(self, reader: PageReader, server: FeedServer) -> None:
        self.reader = reader
        self._server = server

    def publishes(self) -> str:
        return self._stands("/open", "".join(f"<p>{text}</p>" for text in TEXT))

    def hides(self) -> str:
        return self._stands("/closed", "<p>This article is only for subscribers.</p>")

    def _stands(self, path: str, told: str) -> str:
        return self._server.serve(path, answer(f"<html><body><article>{told}</article></body></html>".encode()))


class FakeStand:
    """The fake reader, which is told the results."""

    def __init__(self) -> None:
        self._pages = FakePages()
        self.reader: PageReader = self._pages

    def publishes(self) -> str:
        return self._stands("open", PageText(paragraphs=TEXT))

    def hides(self) -> str:
        return self._stands("closed", ReadingError("That page is for subscribers only.", kind="paywall"))

    def _stands(self, address: str, what: PageText | ReadingError) -> str:
        self._pages.pages[address] = what
        return address


@pytest.fixture(params=["real", "fake"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    if request.param == "fake":
        yield FakeStand()
        return
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running_feed_server())
        reader = FeedsReader([ip_network("127.0.0.1/32")])
        stack.push_async_callback(reader.close)
        yield RealStand(reader, server)


async def test_a_page_gives_its_paragraphs_in_order(stand: Stand) -> None:
    assert await stand.reader.read_page(stand.publishes()) == PageText(paragraphs=TEXT)


async def test_a_page_without_an_article_is_a_reading_error_with_a_kind_and_a_sentence(stand: Stand) -> None:
    with pytest.raises(ReadingError) as refused:
        await stand.reader.read_page(stand.hides())
    assert refused.value.kind == "paywall"
    assert str(refused.value).endswith(".")


async def test_reading_a_page_twice_gives_the_same(stand: Stand) -> None:
    address = stand.publishes()
    assert await stand.reader.read_page(address) == await stand.reader.read_page(address)
