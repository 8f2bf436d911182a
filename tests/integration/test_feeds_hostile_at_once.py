"""Servers of every bad kind at the same time: each ends in a reason or a feed, and the others' news comes meanwhile."""

import asyncio
import gzip
import itertools
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from adapters.feeds.http import FetchBounds
from adapters.feeds.reader import FeedsReader
from adapters.feeds.workers import ParseWorkers
from adapters.machine.clock import SystemClock
from bot.domain.source import Source
from bot.ports.reading import ReadingError
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database
from tests.builders import new_source
from tests.contract.reading.feed_server import FEED, Talk, answer, running_feed_server
from tests.fakes.database import fresh_database
from tests.fakes.events import FakeEvents
from tests.newsroom import small_catalogue

MIB = 1024 * 1024
QUICK = FetchBounds(connect_s=1, silence_s=1, whole_s=3, slow_window_s=0.5, slow_bytes=1000)
RSS = "<rss version='2.0'><channel><title>Odd</title>{}</channel></rss>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def item(inside: str) -> bytes:
    return RSS.format(f"<item><title>One</title>{inside}</item>").encode()


def dripping(beginning: bytes) -> Talk:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    return drip


async def silent(writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status=status, headers={"Location": location})


async def tagged_anew(writer: asyncio.StreamWriter) -> None:
    writer.write(answer(headers={"ETag": f'"{time.perf_counter_ns()}"'}))
    await writer.drain()


async def identified_anew(writer: asyncio.StreamWriter) -> None:
    writer.write(answer(item(f"<guid>{time.perf_counter_ns()}</guid><link>https://odd.example/1</link>")))
    await writer.drain()


_PLACES = itertools.count()


async def moved_elsewhere(writer: asyncio.StreamWriter) -> None:
    writer.write(redirect(f"/{next(_PLACES)}", "301 Moved"))
    await writer.drain()


HOSTILE: Mapping[str, tuple[bytes | Talk, set[str | None]]] = {
    "bomb": (answer(gzip.compress(bytes(200 * MIB)), headers={"Content-Encoding": "gzip"}), {"too_big"}),
    "slow header": (dripping(b"HTTP/1.1 200 OK\r\nX: "), {"timeout"}),
    "slow body": (dripping(b"HTTP/1.1 200 OK\r\n\r\n<rss>"), {"timeout"}),
    "silence": (silent, {"timeout"}),
    "endless chunks": (endless, {"too_big"}),
    "wrong length": (answer(length=len(FEED) + 10), {"unreachable"}),
    "redirect loop": (redirect("/"), {"status"}),
    "redirect to a private address": (redirect("http://10.0.0.1/feed"), {"address"}),
    "redirect to another scheme": (redirect("file:///etc/passwd"), {"address"}),
    "header of a megabyte": (answer(headers={"X-Large": "x" * MIB}), {"unreachable"}),
    "304 without having asked": (answer(b"", status="304 Not Modified"), {"status"}),
    "a page": (answer(b"<!doctype html><title>Checking your browser</title>"), {"not_a_feed"}),
    "false charset": (answer("<rss/>".encode("utf-16"), headers={"Content-Type": "text/xml; charset=ascii"}), {None}),
    "gzip in gzip": (answer(gzip.compress(gzip.compress(FEED)), headers={"Content-Encoding": "gzip"}), {"not_a_feed"}),
    "cut gzip": (answer(gzip.compress(FEED)[:-9], headers={"Content-Encoding": "gzip"}), {"not_a_feed"}),
    "refresh": (answer(b"<html></html>", headers={"Refresh": "0; url=/feed"}), {"not_a_feed"}),
    "cookies": (answer().replace(b"\r\n\r\n", b"\r\n" + b"Set-Cookie: a=b\r\n" * 90 + b"\r\n", 1), {None}),
    "ETag flips": (tagged_anew, {None}),
    "ids at random": (identified_anew, {None}),
    "Retry-After below zero": (answer(b"", status="503 Busy", headers={"Retry-After": "-9"}), {"status"}),
    "Retry-After for ever": (answer(b"", status="429 Slow down", headers={"Retry-After": "9" * 30}), {"status"}),
    "date 99999": (answer(item("<pubDate>99999-01-01T00:00:00Z</pubDate>")), {None}),
    "NUL": (answer(item("<guid>a\x00b</guid>")), {None}),
    "UTF-7": (answer(item("+ADw-script+AD4-"), headers={"Content-Type": "text/xml; charset=utf-7"}), {None}),
    "DTD": (answer(b"<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>" + item("")), {"not_a_feed"}),
    "billion laughs": (answer(f"<!DOCTYPE rss [{LAUGHS}]>".encode() + item("&l9;")), {"not_a_feed"}),
    "nesting": (
        answer(item(f"<description>{'<div>' * 10_000}{'</div>' * 10_000}</description>")),
        {None, "not_a_feed"},
    ),
    "100,000 entries": (answer(RSS.format("<item><a/></item>" * 100_000).encode()), {"too_big"}),
    "author of 40 kB": (  # the comment makes the fast parser find too little
        answer(b"<rss version='2.0'><channel><item><author>" + b"a." * 20_000 + b"</author></item><!-- <item > -->"),
        {None},
    ),
    "moved elsewhere each time": (moved_elsewhere, {"status"}),
}
"""What each server does, and the kinds of trouble that its source's health may show; None for a feed that was read."""


class Desk:
    """A reader of sources as the bot has it, with the hostile servers and a good one."""

    def __init__(self, database: Database, bounds: FetchBounds, addresses: Mapping[str, str], good: str) -> None:
        self.database, self.addresses, self.good = database, addresses, good
        self.feeds = FeedsReader([ip_network("127.0.0.0/8")], bounds=bounds)
        topics, clock = Topics(small_catalogue()), SystemClock()
        self.events = FakeEvents()
        self.reader = SourceReader(
            database, self.feeds, topics, clock, self.events, refresh_delay=timedelta(seconds=30)
        )

    async def sources(self) -> Mapping[str, Source]:
        async with self.database.reading() as look:
            return {source.address: source for source in await look.sources.all()}

    async def read_all(self) -> tuple[float, float]:
        """Until each was read once: after how many seconds the good one was, and all."""
        began = time.perf_counter()
        good_after = asyncio.create_task(self._good_is_read())
        while True:
            await self.reader.read_due()
            sources = await self.sources()
            if all(source.last_read_at or source.trouble for source in sources.values()):
                return await good_after - began, time.perf_counter() - began

    async def _good_is_read(self) -> float:
        while not (await self.sources())[self.good].last_read_at:  # noqa: ASYNC110  # what is stored tells nobody
            await asyncio.sleep(0.02)
        return time.perf_counter()


@pytest.fixture
async def desk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        addresses = {}
        for number, (name, (what, _)) in enumerate(HOSTILE.items()):
            server = await stack.enter_async_context(running_feed_server(f"127.0.2.{number + 1}"))
            addresses[name] = server.serve("/", what)
            server.otherwise = what
        good = await stack.enter_async_context(running_feed_server("127.0.3.1"))
        database = await fresh_database(tmp_path)
        stack.push_async_callback(database.close)
        desk = Desk(database, request.param, addresses, good.serve("/feed", answer()))
        stack.push_async_callback(desk.feeds.close)
        stack.push_async_callback(desk.reader.close)
        async with database.writing() as work:
            for address in (*addresses.values(), desk.good):
                await work.sources.add(new_source(address), now=SystemClock().now() - timedelta(minutes=1))
            await work.commit()
        yield desk


def memory_mb(what: str, process: int | str = "self") -> float:
    """Of the process, in the words of proc(5): VmRSS now, VmHWM at most since it began or was asked to forget."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def forget_the_most_memory(process: int | str = "self") -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


@pytest.mark.parametrize(
    "desk", [QUICK, pytest.param(FetchBounds(), marks=pytest.mark.fault)], indirect=True, ids=["quick", "as documented"]
)
async def test_every_kind_of_hostile_server_at_once_ends_in_time_and_holds_no_other_up(desk: Desk) -> None:
    before = memory_mb("VmRSS")
    forget_the_most_memory()
    good_after, all_after = await desk.read_all()
    grown = memory_mb("VmHWM") - before

    sources = await desk.sources()
    troubles = {name: sources[address].trouble for name, address in desk.addresses.items()}
    kinds = {name: trouble and trouble.kind for name, trouble in troubles.items()}
    assert {name: kind for name, kind in kinds.items() if kind not in HOSTILE[name][1]} == {}
    assert all(source.trouble.message.endswith(".") for source in sources.values() if source.trouble)
    assert desk.events.troubles == []
    assert sources[desk.good].trouble is None
    assert grown <= 64
    assert all_after <= 35
    assert good_after <= 3


async def test_no_hostile_document_takes_more_than_64_mb_where_it_is_taken_apart() -> None:
    sent = {name: what for name, (what, _) in HOSTILE.items() if isinstance(what, bytes) and b" 200 OK" in what[:20]}
    workers, grown = ParseWorkers(most=1), {}
    for name, what in sent.items():
        await workers.parse(FEED, address="https://good.example/", charset=None)
        [worker] = workers._lane.workers
        assert worker._process
        process = worker._process.pid
        before = memory_mb("VmRSS", process)
        forget_the_most_memory(process)
        with suppress(ReadingError):
            await workers.parse(what.partition(b"\r\n\r\n")[2], address="https://odd.example/", charset=None)
        assert worker._process.pid == process, name
        grown[name] = memory_mb("VmHWM", process) - before
    await workers.close()
    assert len(grown) >= 15
    assert {name: mb for name, mb in grown.items() if mb > 64} == {}
