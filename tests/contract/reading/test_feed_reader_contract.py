"""What every reader of feeds promises: the real one over HTTP and the fake that stands in for it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from ipaddress import ip_network
from typing import Protocol

import pytest

from adapters.feeds.reader import FeedsReader
from bot.domain.article import Draft
from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import FeedReader, Reading, ReadingError, Unchanged
from tests.contract.reading.feed_server import FEED, FeedServer, answer, running_feed_server
from tests.fakes.feeds import FakeFeeds

KNOWN = Validators(etag='"one"', last_modified="Mon, 23 Nov 2026 10:00:00 GMT")


class Stand(Protocol):
    """A reader and its world, in which a test can have feeds stand."""

    reader: FeedReader

    def publishes(self) -> str:
        """The address of a feed with two entries and validators."""
        ...

    def has_nothing_new(self) -> str:
        """The address of a feed that has not changed since KNOWN."""
        ...

    def refuses(self) -> str:
        """The address of a feed whose server asks to come back in two minutes."""
        ...


class RealStand:
    """The real reader and a server on this machine."""

    def __init__(self, reader: FeedReader, server: FeedServer) -> None:
        self.reader = reader
        self._server = server

    def publishes(self) -> str:
        headers = {"ETag": KNOWN.etag or "", "Last-Modified": KNOWN.last_modified or ""}
        return self._server.serve("/feed", answer(FEED, headers=headers))

    def has_nothing_new(self) -> str:
        return self._server.serve("/same", answer(b"", status="304 Not Modified"))

    def refuses(self) -> str:
        return self._server.serve("/busy", answer(b"", status="503 Busy", headers={"Retry-After": "120"}))


class FakeStand:
    """The fake reader, which is told the results."""

    def __init__(self) -> None:
        self._feeds = FakeFeeds()
        self.reader: FeedReader = self._feeds

    def publishes(self) -> str:
        drafts = (Draft(title="Second"), Draft(title="First"))
        return self._stands("feed", Reading(title="The Herald", drafts=drafts, validators=KNOWN))

    def has_nothing_new(self) -> str:
        return self._stands("same", Unchanged())

    def refuses(self) -> str:
        busy = ReadingError("The server is busy.", kind="status", retry_after=timedelta(minutes=2))
        return self._stands("busy", busy)

    def _stands(self, address: str, what: Reading | Unchanged | ReadingError) -> str:
        self._feeds.pages[address] = what
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


async def test_a_feed_is_read_newest_first_with_its_validators(stand: Stand) -> None:
    reading = await stand.reader.read(stand.publishes())
    assert isinstance(reading, Reading)
    assert reading.title == "The Herald"
    assert [draft.title for draft in reading.drafts] == ["Second", "First"]
    validators = reading.validators
    assert (validators.etag, validators.last_modified) == (KNOWN.etag, KNOWN.last_modified)


async def test_a_feed_that_has_not_changed_is_a_result_and_no_error(stand: Stand) -> None:
    assert isinstance(await stand.reader.read(stand.has_nothing_new(), KNOWN), Unchanged)


async def test_a_refusal_is_a_reading_error_with_a_kind_a_sentence_and_the_wait_that_was_asked_for(
    stand: Stand,
) -> None:
    with pytest.raises(ReadingError) as refused:
        await stand.reader.read(stand.refuses(), NO_VALIDATORS)
    assert refused.value.kind == "status"
    assert refused.value.retry_after == timedelta(minutes=2)
    assert str(refused.value).endswith(".")


async def test_reading_twice_gives_the_same(stand: Stand) -> None:
    address = stand.publishes()
    assert await stand.reader.read(address) == await stand.reader.read(address)
