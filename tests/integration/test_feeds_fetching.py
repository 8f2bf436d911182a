"""Reading feeds from servers, kind ones and hostile ones: each reading ends soon, in a feed or in a sentence."""

import asyncio
import gzip
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import pytest_asyncio

from adapters.feeds.http import FetchBounds
from adapters.feeds.inflate import SizeBounds
from adapters.feeds.reader import FeedsReader
from bot.domain.source import NO_VALIDATORS, Validators
from bot.ports.reading import Reading, ReadingError, Unchanged
from tests.contract.reading.feed_server import ENDLESS, FEED, FeedServer, answer, running_feed_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE_HOST = ip_network("127.0.0.1/32")
IMPATIENT = FetchBounds(connect_s=1, silence_s=0.1, whole_s=3, slow_window_s=0.1, slow_bytes=1000)
MIB = 1024 * 1024


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with running_feed_server() as feeds:
        yield feeds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[FeedsReader]:
    """May read from this machine's first loopback address alone, and is quick to lose patience; shared by all tests."""
    feeds = FeedsReader([ONE_HOST], bounds=IMPATIENT)
    yield feeds
    await feeds.close()


async def read(reader: FeedsReader, address: str, validators: Validators = NO_VALIDATORS) -> Reading:
    """The feed, which is there and new."""
    reading = await reader.read(address, validators)
    assert isinstance(reading, Reading)
    return reading


async def refusal(reader: FeedsReader, address: str) -> ReadingError:
    """Why the feed is not read."""
    with pytest.raises(ReadingError) as refused:
        await reader.read(address)
    assert re.fullmatch(r"[A-Z][^\n]{10,150}\.", str(refused.value)), "a sentence for people"
    assert "127.0.0.1" not in str(refused.value)
    return refused.value


async def test_a_feed_is_asked_for_politely_and_without_traces(reader: FeedsReader, server: FeedServer) -> None:
    address = server.serve("/feed", answer(headers={"Set-Cookie": "who=you", "ETag": '"a"'}))
    await read(reader, address)
    await read(reader, address)
    for head in server.asked:
        assert "User-Agent: newsbot" in head
        assert "Accept-Encoding: gzip, deflate\r\n" in head
        assert "Cookie" not in head
        assert "If-None-Match" not in head


async def test_validators_go_back_as_they_came(reader: FeedsReader, server: FeedServer) -> None:
    headers = {"ETag": 'W/"a b"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
    reading = await read(reader, server.serve("/feed", answer(headers=headers)))
    address = server.serve("/feed", answer(b"", status="304 Not Modified", headers={"Cache-Control": "max-age=900"}))
    assert await reader.read(address, reading.validators) == Unchanged(ttl=timedelta(minutes=30))
    assert 'If-None-Match: W/"a b"\r\n' in server.asked[1]
    assert "If-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT\r\n" in server.asked[1]


async def test_the_rest_that_a_document_asks_for_holds_until_there_is_another(
    reader: FeedsReader, server: FeedServer
) -> None:
    reading = await read(reader, server.serve("/feed", answer(headers={"ETag": '"1"'})))
    for cache_control, ttl in (("max-age=900", timedelta(minutes=30)), ("max-age=7200", timedelta(hours=2))):
        same = answer(b"", status="304 Not Modified", headers={"Cache-Control": cache_control})
        assert await reader.read(server.serve("/feed", same), reading.validators) == Unchanged(ttl=ttl)
    restless = FEED.replace(b"<ttl>30</ttl>", b"")
    again = await reader.read(server.serve("/feed", answer(restless)), reading.validators)
    assert isinstance(again, Reading)
    assert again.ttl is None


async def test_the_same_document_again_is_not_taken_apart(reader: FeedsReader, server: FeedServer) -> None:
    reading = await read(reader, server.serve("/feed", answer(headers={"ETag": '"1"'})))
    address = server.serve("/feed", answer(headers={"ETag": '"2"', "Cache-Control": "max-age=7200"}))
    again = await reader.read(address, reading.validators)
    left = replace(reading.validators, etag='"2"')
    assert again == Unchanged(ttl=timedelta(hours=2), validators=left)
    assert await reader.read(address, left) == again


async def test_the_same_document_in_other_letters_or_at_another_address_is_taken_apart_anew(
    reader: FeedsReader, server: FeedServer
) -> None:
    known = (await read(reader, server.serve("/feed", answer()))).validators
    server.serve("/new", answer())
    moved = server.serve("/feed", answer(b"", status="301 Moved", headers={"Location": "/new"}))
    reading = await reader.read(moved, known)
    assert isinstance(reading, Reading)
    again = await reader.read(moved, reading.validators)
    assert again == Unchanged(ttl=timedelta(minutes=30), validators=reading.validators, moved_to=server.url("/new"))
    other = server.serve("/feed", answer(headers={"Content-Type": "text/xml; charset=koi8-r"}))
    assert isinstance(await reader.read(other, known), Reading)


async def test_a_server_that_says_unchanged_without_being_asked_is_refused(
    reader: FeedsReader, server: FeedServer
) -> None:
    refused = await refusal(reader, server.serve("/feed", answer(b"", status="304 Not Modified")))
    assert refused.kind == "status"


@pytest.mark.parametrize(
    ("cache_control", "ttl"),
    [
        ("max-age=60", timedelta(minutes=30)),
        ("public, max-age=7200", timedelta(hours=2)),
        ("max-age=99999999999999999999", timedelta(hours=12)),
        ("max-age=-5", timedelta(minutes=30)),
        ("no-cache", timedelta(minutes=30)),
    ],
)
async def test_the_longer_of_the_feeds_and_the_servers_wait_is_kept_within_half_a_day(
    reader: FeedsReader, server: FeedServer, cache_control: str, ttl: timedelta
) -> None:
    address = server.serve("/feed", answer(headers={"Cache-Control": cache_control}))
    assert (await read(reader, address)).ttl == ttl


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("identity", FEED),
    ],
    ids=["gzip", "deflate", "identity"],
)
async def test_packed_feeds_are_read(reader: FeedsReader, server: FeedServer, coding: str, body: bytes) -> None:
    address = server.serve("/feed", answer(body, headers={"Content-Encoding": coding}))
    assert (await read(reader, address)).title == "The Herald"


async def test_the_servers_charset_counts_where_the_document_says_nothing(
    reader: FeedsReader, server: FeedServer
) -> None:
    body = "<rss version='2.0'><channel><title>Вести</title></channel></rss>".encode("windows-1251")
    address = server.serve("/feed", answer(body, headers={"Content-Type": "text/xml; charset=windows-1251"}))
    assert (await read(reader, address)).title == "Вести"
    address = server.serve("/feed", answer(headers={"Content-Type": "text/html; charset=utf-7"}))
    assert (await read(reader, address)).title == "The Herald"


async def test_redirects_are_followed_five_times_and_links_resolve_against_the_end(
    reader: FeedsReader, server: FeedServer
) -> None:
    for hop, status in enumerate(("301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent")):
        server.serve(f"/{hop}", answer(b"", status=status, headers={"Location": f"/{hop + 1}"}))
    body = b"<rss version='2.0'><channel><item><title>t</title><link>story</link></item></channel></rss>"
    server.serve("/5", answer(body))
    reading = await read(reader, server.url("/0"))
    assert reading.drafts[0].link == server.url("/story")


async def test_a_redirect_loop_ends(reader: FeedsReader, server: FeedServer) -> None:
    refused = await refusal(reader, server.serve("/a", answer(b"", status="302 Found", headers={"Location": "/a"})))
    assert refused.kind == "status"
    assert server.connections == 6


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://127.0.0.2:{port}/secret",
            "http://127.2:{port}/",
            "http://[::1]:{port}/",
            "http://0x7f000002:{port}/",
        ),
        *("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "http://0/"),
        *("http://user:word@127.0.0.1:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "javascript:x"),
        *("http://[broken", "http://8.8.8.8:22/"),
    ],
)
async def test_a_redirect_leads_nowhere_that_the_guard_forbids(
    reader: FeedsReader, server: FeedServer, location: str
) -> None:
    async with running_feed_server("127.0.0.2") as canary:
        headers = {"Location": location.format(port=canary.port)}
        refused = await refusal(reader, server.serve("/feed", answer(b"", status="302 Found", headers=headers)))
        assert refused.kind == "address"
        assert canary.connections == 0


async def test_a_redirect_without_a_place_to_go_is_refused(reader: FeedsReader, server: FeedServer) -> None:
    assert (await refusal(reader, server.serve("/feed", answer(b"", status="301 Moved")))).kind == "status"


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
async def test_nothing_private_is_connected_to_unless_the_operator_allows_it(server: FeedServer, spelling: str) -> None:
    stranger = FeedsReader(ports=[server.port])
    address = server.serve("/feed", answer()).replace("127.0.0.1", spelling)
    refused = await refusal(stranger, address)
    await stranger.close()
    assert refused.kind == "address"
    assert server.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "herald.example",
            "ftp://herald.example/feed",
            "file:///etc/passwd",
            "https://",
            "http://user@a.example/",
        ),
        *("http://:secret@a.example/", "http://[::1", "http://a.example:99999/", "http://a b/", "http://" + "a" * 3000),
        "http://\udc00.example/",
    ],
)
async def test_what_is_no_address_of_the_web_is_refused_before_anything_is_asked(
    reader: FeedsReader, address: str
) -> None:
    refused = await refusal(reader, address)
    assert refused.kind == "address"
    assert "secret" not in str(refused)


async def test_a_server_that_is_not_there_is_unreachable(reader: FeedsReader) -> None:
    async with running_feed_server() as gone:
        address = gone.url("/feed")
    assert (await refusal(reader, address)).kind == "unreachable"


async def test_a_server_that_does_not_speak_tls_is_unreachable(reader: FeedsReader) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as mail:
        port = mail.sockets[0].getsockname()[1]
        assert (await refusal(reader, f"https://127.0.0.1:{port}/")).kind == "unreachable"


async def test_a_feed_that_takes_its_time_to_be_parsed_is_given_up_with_its_process(server: FeedServer) -> None:
    endless = answer(gzip.compress(ENDLESS, 1), headers={"Content-Encoding": "gzip"})
    reader = FeedsReader([ONE_HOST], bounds=replace(IMPATIENT, whole_s=1))
    assert (await refusal(reader, server.serve("/feed", endless))).kind == "timeout"
    assert (await read(reader, server.serve("/feed", answer()))).title == "The Herald"
    await reader.close()


@pytest.mark.parametrize(
    ("status", "headers", "retry_after"),
    [
        ("404 Not Found", {}, None),
        ("410 Gone", {}, None),
        ("401 Unauthorized", {"WWW-Authenticate": "Basic"}, None),
        ("403 Forbidden", {}, None),
        ("204 No Content", {}, None),
        ("418 Teapot", {}, None),
        ("429 Slow down", {"Retry-After": "90"}, timedelta(seconds=90)),
        ("503 Busy", {"Retry-After": "99999999999999999999999"}, timedelta(hours=24)),
        ("503 Busy", {"Retry-After": "-5"}, None),
        ("503 Busy", {"Retry-After": "soon"}, None),
        ("503 Busy", {"Retry-After": "Mon, 23 Nov 2026 10:05:00 GMT"}, None),
        (
            "503 Busy",
            {"Retry-After": "Mon, 23 Nov 2026 10:05:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"},
            timedelta(minutes=5),
        ),
        (
            "503 Busy",
            {"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"},
            None,
        ),
    ],
)
async def test_a_servers_refusal_is_told_with_the_wait_that_it_asks_for(
    reader: FeedsReader, server: FeedServer, status: str, headers: dict[str, str], retry_after: timedelta | None
) -> None:
    refused = await refusal(reader, server.serve("/feed", answer(b"", status=status, headers=headers)))
    assert (refused.kind, refused.retry_after) == ("gone" if status == "410 Gone" else "status", retry_after)
    assert status[:3] in str(refused)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (answer(b"<!DOCTYPE html><html><body>Checking your browser</body></html>"), "not_a_feed"),
        (answer(b"just words"), "not_a_feed"),
        (answer(b""), "not_a_feed"),
        (answer(b"\x89PNG\r\n\x1a\n\x00\x00"), "not_a_feed"),
        (answer(b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>'), "not_a_feed"),
        (answer(gzip.compress(gzip.compress(FEED)), headers={"Content-Encoding": "gzip"}), "not_a_feed"),
        (answer(gzip.compress(FEED), headers={"Content-Encoding": "gzip, gzip"}), "not_a_feed"),
        (answer(gzip.compress(FEED)[:-9], headers={"Content-Encoding": "gzip"}), "not_a_feed"),
        (answer(FEED, headers={"Content-Encoding": "gzip"}), "not_a_feed"),
        (answer(FEED, headers={"Content-Encoding": "br"}), "not_a_feed"),
        (answer(gzip.compress(bytes(100 * MIB)), headers={"Content-Encoding": "gzip"}), "too_big"),
        (answer(length=3 * MIB), "too_big"),
        (answer(headers={f"X-{number}": "x" * 4000 for number in range(20)}), "too_big"),
        (answer(headers={"X-Large": "x" * MIB}), "unreachable"),
        (answer(headers={f"X-{number}": "x" for number in range(3000)}), "unreachable"),
        (answer(length=len(FEED) + 10), "unreachable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", "unreachable"),
        (b"", "unreachable"),
    ],
    ids=[
        *("page", "words", "empty", "picture", "dtd", "gzip-in-gzip", "two-layers", "cut-gzip", "no-gzip", "brotli"),
        *(
            "bomb",
            "long",
            "wide-headers",
            "large-header",
            "many-headers",
            "wrong-length",
            "ssh",
            "bad-chunks",
            "silence",
        ),
    ],
)
async def test_a_hostile_answer_ends_in_a_sentence(
    reader: FeedsReader, server: FeedServer, sent: bytes, kind: str
) -> None:
    assert (await refusal(reader, server.serve("/feed", sent))).kind == kind


async def test_a_web_page_is_called_one(reader: FeedsReader, server: FeedServer) -> None:
    refused = await refusal(reader, server.serve("/", answer(b"<!doctype html><title>Herald</title>")))
    assert str(refused).startswith("That address is a web page, not a feed.")


async def test_a_body_without_end_is_given_up(reader: FeedsReader, server: FeedServer) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()

    assert (await refusal(reader, server.serve("/feed", endless))).kind == "too_big"


async def test_a_server_that_never_answers_is_given_up(reader: FeedsReader, server: FeedServer) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    assert (await refusal(reader, server.serve("/feed", silent))).kind == "timeout"


@pytest.mark.parametrize("beginning", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n"], ids=["body", "headers"])
async def test_a_server_that_only_drips_is_given_up(server: FeedServer, beginning: bytes) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    reader = FeedsReader([ONE_HOST], bounds=replace(IMPATIENT, whole_s=0.5))
    assert (await refusal(reader, server.serve("/feed", drip))).kind == "timeout"
    await reader.close()


async def test_one_slow_server_holds_no_other_feed_up(server: FeedServer) -> None:
    release = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(answer())

    reader = FeedsReader([ONE_HOST])
    waiting = asyncio.create_task(read(reader, server.serve("/late", late)))
    assert (await read(reader, server.serve("/feed", answer()))).title == "The Herald"
    assert not waiting.done()
    release.set()
    assert (await waiting).title == "The Herald"
    await reader.close()


async def test_the_bounds_are_the_documented_ones() -> None:
    assert FetchBounds() == FetchBounds(
        connect_s=10,
        silence_s=15,
        whole_s=30,
        slow_window_s=10,
        slow_bytes=10 * 1024,
        headers=32 * 1024,
        redirects=5,
        size=SizeBounds(wire=2 * MIB, decoded=10 * MIB, ratio=100),
    )


async def test_broken_validators_are_not_kept(reader: FeedsReader, server: FeedServer) -> None:
    sent = answer(headers={"Last-Modified": "x" * 600}).replace(b"\r\n\r\n", b'\r\nETag: "\xff\xfe"\r\n\r\n', 1)
    validators = (await read(reader, server.serve("/feed", sent))).validators
    assert (validators.etag, validators.last_modified) == (None, None)


async def test_a_closed_reader_has_let_go_of_everything(server: FeedServer) -> None:
    reader = FeedsReader([ONE_HOST])
    await reader.close()
    await read(reader, server.serve("/feed", answer()))
    await reader.close()
    await reader.close()
