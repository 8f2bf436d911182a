"""Newspapers that print what a test tells them to, each on a host of its own."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.source import NewSource, Source, SourceKind
from tests.contract.reading.feed_server import FeedServer, Talk, answer, running_feed_server
from tests.many import Cluster

READ_EVERY_S = 1.0

_RSS = "<rss version='2.0'><channel><title>The Wire</title><link>https://wire.example/</link>{}</channel></rss>"
_ITEM = (
    "<item><guid isPermaLink='false'>{title}</guid><title>{title}</title>"
    "<description>{title} is told. {text}</description></item>"
)
_IN_A_DOCUMENT = 20


def document(titles: Sequence[str], *, text: str = "") -> bytes:
    """The whole HTTP answer; the last title is the newest, and every article says the text."""
    items = "".join(_ITEM.format(title=title, text=text) for title in reversed(titles[-_IN_A_DOCUMENT:]))
    return answer(_RSS.format(items).encode(), headers={"Content-Type": "application/rss+xml"})


@dataclass(slots=True, kw_only=True)
class Paper:
    """A feed. ``printed`` are its titles, and when each came out by the clock of all."""

    server: FeedServer
    printed: dict[str, float] = field(default_factory=dict)

    def print(self, title: str) -> None:
        """From now on the feed holds this title too."""
        self.printed[title] = time.time()
        self.server.serve("/feed", document(list(self.printed)))

    def answer_with(self, what: bytes | Talk) -> None:
        """From now on this is what is there in place of a feed."""
        self.server.serve("/feed", what)


@asynccontextmanager
async def opened(
    cluster: Cluster, *hosts: str, name: str | None = None, every_s: float = READ_EVERY_S
) -> AsyncIterator[list[Paper]]:
    """A paper at each of these addresses of this machine, with one title, read as often as that.

    The bot knows them by the name, where there is one.
    """
    cluster.world.extra = {**cluster.world.extra, "NEWSBOT_FETCH_ALLOW": "127.0.0.0/8"}
    async with AsyncExitStack() as stack:
        papers = [Paper(server=await stack.enter_async_context(running_feed_server(host))) for host in hosts]
        async with cluster.storage.writing() as work:
            for paper in papers:
                paper.print(f"First of {paper.server.host}")
                address = paper.server.url("/feed")
                await work.sources.add(
                    NewSource(
                        kind=SourceKind.FEED,
                        address=address.replace(paper.server.host, name) if name else address,
                        title=f"The Wire of {paper.server.host}",
                        interval_s=every_s,
                        keeps_interval=True,
                        fetches_full_text=False,
                    ),
                    now=datetime.now(UTC),  # noqa: TID251  # a test's own clock
                )
            await work.commit()
        yield papers


async def source_of(cluster: Cluster, paper: Paper) -> Source:
    """The paper as the bot knows it."""
    async with cluster.storage.reading() as look:
        return next(one for one in await look.sources.all() if str(paper.server.port) in one.address)


async def delays(cluster: Cluster, paper: Paper) -> dict[str, float]:
    """How many seconds after it was printed each title stood in a chat first, for those that do."""
    shown: dict[str, float] = {}
    for entry in await cluster.world.ledger():
        if entry["kind"] == "shown" and entry["title"] in paper.printed:
            shown.setdefault(entry["title"], entry["at"] - paper.printed[entry["title"]])
    return shown
