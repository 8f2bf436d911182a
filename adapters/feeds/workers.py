"""Worker processes that take documents apart, so that none can stop, slow or fill the bot."""

import asyncio
import functools
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.feeds.parsed import (
    PageLinks,
    ParsedFeed,
    Problem,
    RobotsSay,
    Work,
    read_drafts,
    read_head,
    read_links,
    read_page,
    read_robots,
)
from adapters.feeds.topic_list import write_topics
from adapters.feeds.worker import GaveWayError, Receive, Worker, WorkerDiedError
from adapters.feeds.worker_lane import WorkerLane
from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.topic import Topic
from bot.ports.reading import ReadingError

_NICENESS, _NICENESS_BESIDE = 10, 19
"""People wait for the bot, nobody for a document, and least of all for one that takes long."""

_SLOW_FOR_S = 3600.0
_MOST_SLOW_HOSTS = 1000

_Result = TypeVar("_Result")


class ParseWorkers:
    """Takes documents apart, one at a time in each process.

    The first process starts with the first document. Another one starts when a document has waited ``patience_s`` for
    it, and goes when it could be spared for fifty in a row. A process that dies, or needs more than ``longest_s`` by
    the clock or ``cpu_s`` of computing for one document, is replaced, and so is each after ``documents_each``, since
    parsers lose memory.

    A document that needs more than ``patience_s`` of computing while others wait gives way: it begins anew in one of
    as many processes that are kept for such, and for an hour all documents of its host begin there.

    With ``topics`` the drafts of feeds come with their wording.
    """

    def __init__(
        self,
        *,
        most: int = 2,
        patience_s: float = 0.5,
        longest_s: float = 20.0,
        cpu_s: int = 10,
        documents_each: int = 500,
        topics: Iterable[Topic] | None = None,
    ) -> None:
        self._longest_s = longest_s
        make = functools.partial(Worker, cpu_s=cpu_s, topics=None if topics is None else write_topics(topics))
        lane = functools.partial(WorkerLane, most=most, patience_s=patience_s, documents_each=documents_each)
        self._lane = lane(functools.partial(make, niceness=_NICENESS), hurries=True)
        self._slow_lane = lane(functools.partial(make, niceness=_NICENESS_BESIDE), hurries=False)
        self._slow_hosts: dict[str, float] = {}

    async def parse(
        self, body: bytes, *, address: str, charset: str | None, news_since: datetime | None = None
    ) -> ParsedFeed:
        """What the feed's document says, with the wording of what came out after ``news_since``, or may have; None:
        of everything. Raises ReadingError. When cancelled, it takes the process along.
        """
        since = news_since.isoformat() if news_since else None
        about = {"address": address, "charset": charset, "news_since": since}
        return await self._done(Work.FEED, body, about, _receive_feed)

    async def text_of(self, body: bytes, *, address: str, charset: str | None) -> PageText:
        """The article that the web page holds. Raises ReadingError. When cancelled, it takes the process along."""
        return await self._done(Work.PAGE, body, {"address": address, "charset": charset}, _receive_page)

    async def robots(self, body: bytes, *, address: str, agent: str) -> RobotsSay:
        """What a robots.txt says of the address. Raises ReadingError. When cancelled, it takes the process along."""
        return await self._done(Work.ROBOTS, body, {"address": address, "agent": agent}, _receive_robots)

    async def links(self, body: bytes, *, address: str, charset: str | None) -> PageLinks:
        """The feeds that the web page names. Raises ReadingError. When cancelled, it takes the process along."""
        return await self._done(Work.LINKS, body, {"address": address, "charset": charset}, _receive_links)

    async def close(self) -> None:
        """End all processes. Documents that are being taken apart end with theirs."""
        await asyncio.gather(self._lane.close(), self._slow_lane.close())

    async def _done(
        self, work: Work, body: bytes, about: Mapping[str, str | None], receive: Receive[_Result]
    ) -> _Result:
        host = (about["address"] or "").partition("://")[2].partition("/")[0]
        if self._slow_hosts.get(host, 0.0) <= time.monotonic():
            try:
                return await self._done_by(self._lane, work, body, about, receive)
            except GaveWayError:
                self._note_slow(host)
        return await self._done_by(self._slow_lane, work, body, about, receive)

    async def _done_by(
        self, lane: WorkerLane, work: Work, body: bytes, about: Mapping[str, str | None], receive: Receive[_Result]
    ) -> _Result:
        worker = await lane.take()
        try:
            async with asyncio.timeout(self._longest_s):
                result = await worker.ask(work, body, about, receive)
        except TimeoutError:
            await worker.kill()
            raise _too_slow(work) from None
        except WorkerDiedError as error:
            if error.signal == signal.SIGXCPU:
                raise _too_slow(work) from None
            raise ReadingError(f"That {work} broke the parser, so it cannot be read.", kind=f"not_a_{work}") from None
        except BaseException:
            await worker.kill()
            raise
        finally:
            await lane.give_back(worker)
        if isinstance(result, Problem):
            raise ReadingError(result.message, kind=result.kind)
        return result

    def _note_slow(self, host: str) -> None:
        self._slow_hosts.pop(host, None)
        self._slow_hosts[host] = time.monotonic() + _SLOW_FOR_S
        if len(self._slow_hosts) > _MOST_SLOW_HOSTS:
            del self._slow_hosts[next(iter(self._slow_hosts))]


async def _receive_feed(answers: asyncio.StreamReader) -> ParsedFeed | Problem:
    head = read_head(await answers.readuntil())
    if isinstance(head, Problem):
        return head
    feed, count = head
    drafts: list[Draft] = []
    for _ in range(count):
        drafts += read_drafts(await answers.readuntil())
        await asyncio.sleep(0)  # a line that has already come does not wait by itself
    return replace(feed, drafts=tuple(drafts))


async def _receive_page(answers: asyncio.StreamReader) -> PageText | Problem:
    return read_page(await answers.readuntil())


async def _receive_robots(answers: asyncio.StreamReader) -> RobotsSay | Problem:
    return read_robots(await answers.readuntil())


async def _receive_links(answers: asyncio.StreamReader) -> PageLinks | Problem:
    return read_links(await answers.readuntil())


def _too_slow(work: Work) -> ReadingError:
    return ReadingError(f"That {work} takes too long to take apart.", kind="timeout")
