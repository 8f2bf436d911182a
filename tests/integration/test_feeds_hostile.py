"""What hostile servers do beside what ``test_feeds_fetching`` holds them to: a feed, or a sentence, and soon."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import pytest
import pytest_asyncio

from adapters.feeds.http import FetchBounds
from adapters.feeds.reader import FeedsReader
from adapters.feeds.turns import HostTurns
from bot.domain.source import Validators
from bot.ports.reading import Reading, ReadingError, Unchanged
from tests.contract.reading.feed_server import FEED, FeedServer, answer, running_feed_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE_HOST = ip_network("127.0.0.1/32")
BOUNDS = FetchBounds(connect_s=1, silence_s=2, whole_s=25, slow_window_s=1, slow_bytes=1000)
RSS = "<rss version='2.0'><channel><title>The Herald</title>{}</channel></rss>"


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with running_feed_server() as feeds:
        yield feeds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[FeedsReader]:
    """Shared by all tests, as a bot shares one among its feeds."""
    feeds = FeedsReader([ONE_HOST], bounds=BOUNDS)
    yield feeds
    await feeds.close()


async def read(reader: FeedsReader, address: str, validators: Validators | None = None) -> Reading:
    reading = await reader.read(address, validators or Validators())
    assert isinstance(reading, Reading)
    return reading


async def kind_of_refusal(reader: FeedsReader, address: str) -> str:
    with pytest.raises(ReadingError) as refused:
        await reader.read(address)
    return refused.value.kind


@pytest.mark.parametrize(
    "sent",
    [
        answer(b"<html><meta http-equiv='refresh' content='0;url=/feed'></html>"),
        answer(b"<html></html>", headers={"Refresh": "0; url=/feed"}),
    ],
    ids=["in the page", "in a header"],
)
async def test_a_refresh_is_no_redirect(reader: FeedsReader, server: FeedServer, sent: bytes) -> None:
    server.serve("/feed", answer())
    assert await kind_of_refusal(reader, server.serve("/", sent)) == "not_a_feed"
    assert server.connections == 1


async def test_a_flood_of_cookies_is_neither_kept_nor_in_the_way(reader: FeedsReader, server: FeedServer) -> None:
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"x" * 200) for number in range(90))
    address = server.serve("/feed", answer().replace(b"\r\n\r\n", b"\r\n" + cookies + b"\r\n", 1))
    for _ in range(2):
        assert (await read(reader, address)).title == "The Herald"
    assert not any("cookie" in head.lower() for head in server.asked)


async def test_an_etag_that_is_another_each_time_is_sent_back_and_the_same_feed_is_no_news(
    reader: FeedsReader, server: FeedServer
) -> None:
    validators = (await read(reader, server.serve("/feed", answer(headers={"ETag": '"0"'})))).validators
    for number in (1, 2):
        address = server.serve("/feed", answer(headers={"ETag": f'"{number}"'}))
        unchanged = await reader.read(address, validators)
        assert isinstance(unchanged, Unchanged)
        assert unchanged.validators is not None
        validators = unchanged.validators
    assert [f'If-None-Match: "{number}"' in server.asked[number + 1] for number in (0, 1)] == [True, True]


@pytest.mark.parametrize("date", ["99999-01-01T00:00:00Z", "Mon, 32 Foo 99999 99:99:99 GMT", "0" * 5000])
async def test_an_impossible_date_is_none(reader: FeedsReader, server: FeedServer, date: str) -> None:
    item = f"<item><title>One</title><guid>1</guid><pubDate>{date}</pubDate></item>"
    [draft] = (await read(reader, server.serve("/feed", answer(RSS.format(item).encode())))).drafts
    assert (draft.title, draft.published_at) == ("One", None)


async def test_nul_and_control_characters_are_left_out(reader: FeedsReader, server: FeedServer) -> None:
    body = RSS.format("<item><title>One\x00 \x01two\x1f</title><guid>1\x00</guid></item>").encode()
    [draft] = (await read(reader, server.serve("/feed", answer(body)))).drafts
    assert draft.title.split() == ["One", "two"]
    assert draft.guid == "1"


async def test_utf_7_is_text_and_no_markup(reader: FeedsReader, server: FeedServer) -> None:
    body = RSS.format("<item><title>+ADw-script+AD4-</title></item>").encode()
    address = server.serve("/feed", answer(body, headers={"Content-Type": "text/xml; charset=utf-7"}))
    [draft] = (await read(reader, address)).drafts
    assert "<" not in draft.title


@pytest.mark.parametrize("name", ["a", "div", "item", "description"])
async def test_nesting_ten_thousand_deep_ends_soon_and_the_next_feed_is_read(
    reader: FeedsReader, server: FeedServer, name: str
) -> None:
    nested = f"<item><title>One</title><description>{f'<{name}>' * 10_000}{f'</{name}>' * 10_000}</description></item>"
    async with asyncio.timeout(25):
        try:
            await reader.read(server.serve("/deep", answer(RSS.format(nested).encode())))
        except ReadingError as error:
            assert error.kind in {"not_a_feed", "too_big", "timeout"}  # noqa: PT017  # a feed is as good an end
    assert (await read(reader, server.serve("/feed", answer()))).title == "The Herald"


@pytest.mark.parametrize(
    "body",
    [
        RSS.format("<item><a/></item>" * 100_000),
        '{"version": "https://jsonfeed.org/version/1.1", "items": [' + '{"id": "1"},' * 100_000 + '{"id": "2"}]}',
    ],
    ids=["RSS", "JSON"],
)
async def test_a_hundred_thousand_entries_are_refused_before_they_are_taken_apart(
    reader: FeedsReader, server: FeedServer, body: str
) -> None:
    assert await kind_of_refusal(reader, server.serve("/feed", answer(body.encode()))) == "too_big"


async def test_a_permanent_redirect_is_told_and_a_chain_with_another_in_it_is_not(
    reader: FeedsReader, server: FeedServer
) -> None:
    server.serve("/feed", answer())
    server.serve("/308", answer(b"", status="308 Permanent", headers={"Location": "/feed"}))
    server.serve("/302", answer(b"", status="302 Found", headers={"Location": "/308"}))
    for_good = server.serve("/301", answer(b"", status="301 Moved", headers={"Location": "/308"}))
    assert (await read(reader, for_good)).moved_to == server.url("/feed")
    for_now = server.serve("/mixed", answer(b"", status="301 Moved", headers={"Location": "/302"}))
    assert (await read(reader, for_now)).moved_to is None
    assert (await read(reader, server.url("/feed"))).moved_to is None


async def test_a_name_that_is_bound_anew_leads_nowhere_forbidden(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_to = "127.0.0.1"

    async def looked_up(_host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (bound_to, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    server.serve("/feed", answer(FEED))
    address = f"http://rebound.example:{server.port}/feed"
    reader = FeedsReader([ONE_HOST], bounds=BOUNDS)
    assert (await read(reader, address)).title == "The Herald"
    await reader.close()

    bound_to = "127.0.0.2"
    async with running_feed_server(bound_to) as canary:
        again = FeedsReader([ONE_HOST], bounds=BOUNDS, turns=HostTurns(rest_s=0))
        assert await kind_of_refusal(again, f"http://rebound.example:{canary.port}/feed") == "address"
        await again.close()
        assert canary.connections == 0
