"""Worker processes that take documents apart, so that none can stop, slow or fill the bot."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.feeds.parsed import (
    TOPICS,
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
from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.topic import Topic
from bot.ports.reading import ReadingError

_LONGEST_LINE = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_PROGRAM = "from adapters.feeds.parse_process import main; main()"

_Result = TypeVar("_Result")
_Receive = Callable[[asyncio.StreamReader], Awaitable[_Result | Problem]]
"""Reads a worker's answer. Raises EOFError when the worker ends before its answer does."""


class WorkerDiedError(Exception):
    """A worker ended in the middle of a document; ``signal`` is what killed it, if anything did."""

    def __init__(self, returncode: int | None) -> None:
        super().__init__(f"the parser ended with {returncode}")
        self.signal = -returncode if returncode and returncode < 0 else None


class ParseWorkers:
    """Takes documents apart, one at a time in each process.

    The first process starts with the first document. Another one starts when a document has waited ``patience_s`` for
    it, and goes when both are idle. A process that dies, or needs more than ``longest_s`` by the clock or ``cpu_s`` of
    computing for one document, is replaced, and so is each after ``documents_each``, since parsers lose memory.

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
        self._most = most
        self._patience_s = patience_s
        self._longest_s = longest_s
        self._cpu_s = cpu_s
        self._documents_each = documents_each
        self._topics = None if topics is None else write_topics(topics)
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers: set[_Worker] = set()

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

    async def _done(
        self, work: Work, body: bytes, about: Mapping[str, str | None], receive: _Receive[_Result]
    ) -> _Result:
        worker = await self._take()
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
            await self._give_back(worker)
        if isinstance(result, Problem):
            raise ReadingError(result.message, kind=result.kind)
        return result

    async def close(self) -> None:
        """End all processes. Documents that are being parsed end with theirs."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def _take(self) -> "_Worker":
        if self._idle.empty() and self._workers:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience_s):
                    return await self._idle.get()
        if self._idle.empty() and len(self._workers) < self._most:
            worker = _Worker(cpu_s=self._cpu_s, topics=self._topics)
            self._workers.add(worker)
            return worker
        return await self._idle.get()

    async def _give_back(self, worker: "_Worker") -> None:
        if self._idle.empty():
            is_spent = worker.documents >= self._documents_each
            self._idle.put_nowait(worker)
            if is_spent:
                await worker.stop()
        else:
            self._workers.discard(worker)
            await worker.stop()


class _Worker:
    """One process, started when there is a document for it, and again after it ended."""

    def __init__(self, *, cpu_s: int, topics: bytes | None) -> None:
        self.documents = 0
        self._cpu_s = cpu_s
        self._topics = topics
        self._process: asyncio.subprocess.Process | None = None

    async def ask(
        self, work: Work, body: bytes, about: Mapping[str, str | None], receive: _Receive[_Result]
    ) -> _Result | Problem:
        """What came of the work. Raises WorkerDiedError."""
        is_new = self._process is None or self._process.returncode is not None
        if self._process is None or is_new:
            self._process = await _started(self._cpu_s)
            self.documents = 0
        self.documents += 1
        try:
            if is_new and self._topics is not None:
                await _send(self._process, self._topics, {"work": TOPICS, "length": len(self._topics)})
            await _send(self._process, body, {"work": work, **about, "length": len(body)})
            assert self._process.stdout is not None  # noqa: S101  # it was started with a pipe
            return await receive(self._process.stdout)
        except (EOFError, ConnectionError):
            raise WorkerDiedError(await self._process.wait()) from None

    async def stop(self) -> None:
        """End the process in peace, or after a second without."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._process.communicate()
                return
        await self.kill()

    async def kill(self) -> None:
        """End the process now."""
        if self._process is None:
            return
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.communicate()


async def _started(cpu_s: int) -> asyncio.subprocess.Process:
    """A process with nothing of ours but the way to the code: no token in its environment, no file, no terminal."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-c",
        _PROGRAM,
        str(cpu_s),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        start_new_session=True,
        limit=_LONGEST_LINE,
    )


async def _send(process: asyncio.subprocess.Process, body: bytes, request: Mapping[str, str | int | None]) -> None:
    assert process.stdin is not None  # noqa: S101  # it was started with a pipe
    process.stdin.write(json.dumps(request).encode() + b"\n")
    for start in range(0, len(body), _CHUNK):
        process.stdin.write(body[start : start + _CHUNK])
        await process.stdin.drain()


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
