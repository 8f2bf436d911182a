"""Articles' pages over HTTP: robots.txt is asked first and obeyed, and what a server does wrong has a kind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from ipaddress import ip_network

import pytest
import pytest_asyncio

from adapters.feeds.guard import WEB_PORTS, AddressPolicy
from adapters.feeds.http import USER_AGENT, FetchBounds
from adapters.feeds.pages import PagesReader
from adapters.feeds.workers import ParseWorkers
from bot.domain.full_text import PageText
from bot.ports.reading import ReadingError
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARAGRAPHS = tuple(
    f"Paragraph {number} of a report about the harbour, which is long enough to be one." for number in "123"
)
PAGE = (
    "<html><body><article>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "</article></body></html>"
).encode()


class Stand:
    """A reader of pages, its server, and a clock for what it remembers; ``rests`` is what each host was asked for."""

    def __init__(self, server: FeedServer, workers: ParseWorkers) -> None:
        self.server = server
        self.now = 0.0
        self.rests: list[tuple[str, float]] = []
        self.reader = PagesReader(
            AddressPolicy(allow=(ip_network("127.0.0.1/32"),), ports=WEB_PORTS),
            workers,
            bounds=FetchBounds(whole_s=10),
            user_agent=USER_AGENT,
            turn_at=self._turn_at,
            monotonic=lambda: self.now,
        )

    def _turn_at(self, host: str, rest_s: float) -> AbstractAsyncContextManager[None]:
        self.rests.append((host, rest_s))
        return nullcontext()

    def publishes(self, path: str = "/news/1", body: bytes = PAGE) -> str:
        return self.server.serve(path, answer(body, headers={"Content-Type": "text/html; charset=utf-8"}))

    def says_to_robots(self, *lines: str, status: str = "200 OK") -> None:
        self.server.serve("/robots.txt", answer("\n".join(lines).encode(), status=status))

    def asked(self, path: str) -> int:
        return sum(head.split()[1] == path for head in self.server.asked)

    async def kind(self, address: str) -> str:
        with pytest.raises(ReadingError) as refused:
            await self.reader.read(address)
        assert str(refused.value).endswith(".")
        return refused.value.kind


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[ParseWorkers]:
    """Shared by all tests, since each process loads what takes pages apart."""
    pool = ParseWorkers()
    yield pool
    await pool.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stand(workers: ParseWorkers) -> AsyncIterator[Stand]:
    async with running_feed_server() as server:
        opened = Stand(server, workers)
        yield opened
        await opened.reader.close()


async def test_a_page_gives_its_article(stand: Stand) -> None:
    assert await stand.reader.read(stand.publishes()) == PageText(paragraphs=PARAGRAPHS)


async def test_robots_txt_is_asked_before_the_first_page_and_once_a_day(stand: Stand) -> None:
    stand.says_to_robots("User-agent: *", "Disallow: /private")
    for number in range(3):
        await stand.reader.read(stand.publishes(f"/news/{number}"))
    assert stand.server.asked[0].startswith("GET /robots.txt ")
    assert stand.asked("/robots.txt") == 1
    stand.now = 24 * 3600 + 1
    await stand.reader.read(stand.publishes())
    assert stand.asked("/robots.txt") == 2


async def test_pages_asked_for_at_once_ask_for_robots_txt_once(stand: Stand) -> None:
    stand.says_to_robots("User-agent: *", "Allow: /")
    await asyncio.gather(*(stand.reader.read(stand.publishes(f"/news/{number}")) for number in range(4)))
    assert stand.asked("/robots.txt") == 1


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        (("User-agent: *", "Disallow: /"), "/news/1", False),
        (("User-agent: newsbot", "Disallow: /"), "/news/1", False),
        (("User-agent: otherbot", "Disallow: /"), "/news/1", True),
        (("User-agent: *", "Disallow: /", "", "User-agent: newsbot", "Allow: /"), "/news/1", True),
        (("User-agent: *", "Disallow: /news/", "Allow: /news/1"), "/news/1", True),
        (("User-agent: *", "Disallow: /*?page="), "/news?page=2", False),
        (("User-agent: *", "Disallow: /news/1$"), "/news/12", True),
        (("User-agent: *", "Disallow:"), "/news/1", True),
        (("<html>no robots here</html>",), "/news/1", True),
        (("\ufeffUser-agent: *", "Disallow: /news"), "/news/1", False),
    ],
)
async def test_robots_txt_is_obeyed(stand: Stand, rules: tuple[str, ...], path: str, *, is_allowed: bool) -> None:
    stand.says_to_robots(*rules)
    address = stand.publishes(path)
    if is_allowed:
        await stand.reader.read(address)
    else:
        assert await stand.kind(address) == "robots"
    assert stand.asked(path) == is_allowed


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
async def test_a_site_without_robots_txt_may_be_read(stand: Stand, status: str) -> None:
    stand.says_to_robots(status=status)
    assert (await stand.reader.read(stand.publishes())).paragraphs == PARAGRAPHS


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Too Many Requests"])
async def test_a_site_that_cannot_say_is_not_read_and_asked_again_after_ten_minutes(stand: Stand, status: str) -> None:
    stand.says_to_robots(status=status)
    address = stand.publishes()
    assert [await stand.kind(address), await stand.kind(address)] == ["status", "status"]
    assert (stand.asked("/robots.txt"), stand.asked("/news/1")) == (1, 0)
    stand.now = 601
    stand.says_to_robots("User-agent: *", "Allow: /")
    await stand.reader.read(address)


@pytest.mark.parametrize(("told", "rest_s"), [("3", 3.0), ("0.5", 0.5), ("86400", 10.0), ("soon", 0.0)])
async def test_a_site_is_left_alone_for_as_long_as_it_asks_and_ten_seconds_at_most(
    stand: Stand, told: str, rest_s: float
) -> None:
    stand.says_to_robots("User-agent: *", f"Crawl-delay: {told}", "Allow: /")
    await stand.reader.read(stand.publishes())
    assert stand.rests == [("127.0.0.1", rest_s)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("403 Forbidden", "refused"),
        ("401 Unauthorized", "refused"),
        ("402 Payment Required", "paywall"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("429 Too Many Requests", "status"),
        ("503 Busy", "status"),
    ],
)
async def test_a_refusal_that_stays_is_told_from_one_that_may_pass(stand: Stand, status: str, kind: str) -> None:
    assert await stand.kind(stand.server.serve("/news/1", answer(b"", status=status))) == kind


async def test_a_page_of_ten_megabytes_is_refused_as_too_big(stand: Stand) -> None:
    assert await stand.kind(stand.publishes(body=b"<p>" + b"words " * 1_700_000)) == "too_big"


async def test_a_page_nested_ten_thousand_deep_is_refused_and_the_next_one_read(stand: Stand) -> None:
    assert await stand.kind(stand.publishes("/deep", b"<div>" * 10_000 + PAGE)) == "not_a_page"
    await stand.reader.read(stand.publishes())


async def test_a_robots_txt_made_to_last_comes_to_an_end() -> None:
    workers = ParseWorkers(cpu_s=1)
    async with running_feed_server() as server:
        stand = Stand(server, workers)
        stand.says_to_robots("User-agent: *", "Disallow: /" + "*a" * 2_000 + "b")
        async with asyncio.timeout(20):
            with suppress(ReadingError):
                await stand.reader.read(stand.publishes("/" + "a" * 1_500))
        await stand.reader.close()
    await workers.close()


async def test_a_page_that_moved_to_a_closed_part_of_another_site_is_not_taken(stand: Stand) -> None:
    async with running_feed_server("127.0.0.1") as other:
        other.serve("/robots.txt", answer(b"User-agent: *\nDisallow: /"))
        moved = answer(b"", status="302 Found", headers={"Location": other.serve("/news/1", answer(PAGE))})
        assert await stand.kind(stand.server.serve("/old", moved)) == "robots"


async def test_a_page_that_leads_to_the_front_page_of_another_site_is_no_article(stand: Stand) -> None:
    async with running_feed_server("127.0.0.1") as other:
        moved = answer(b"", status="302 Found", headers={"Location": other.serve("/", answer(PAGE))})
        assert await stand.kind(stand.server.serve("/old", moved)) == "no_text"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "javascript:alert(1)", "ftp://news.example/1", "http://10.0.0.1/news"]
)
async def test_an_address_that_is_no_article_or_not_allowed_is_refused(stand: Stand, address: str) -> None:
    assert await stand.kind(address) in {"no_text", "address"}
