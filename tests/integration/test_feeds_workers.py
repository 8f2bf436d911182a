"""The worker processes: they parse, they may die of it, and nothing of them stays behind."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.feeds.parsed import ParsedFeed
from adapters.feeds.worker import PROGRAM, Worker
from adapters.feeds.worker_lane import WorkerLane
from adapters.feeds.workers import ParseWorkers
from bot.ports.reading import ReadingError
from tests.contract.reading.feed_server import ENDLESS
from tests.newsroom import small_catalogue

FEED = b'<rss version="2.0"><channel><title>T</title><item><title>One</title></item></channel></rss>'
ADDRESS = "https://feeds.example/feed.xml"


@pytest.fixture
async def workers() -> AsyncIterator[ParseWorkers]:
    pool = ParseWorkers()
    yield pool
    await pool.close()


async def parsed(workers: ParseWorkers, body: bytes = FEED) -> ParsedFeed:
    return await workers.parse(body, address=ADDRESS, charset=None)


def processes(workers: ParseWorkers) -> list[int]:
    """The process ids of all that run."""
    started = [worker._process for worker in workers._lane.workers]
    return [process.pid for process in started if process is not None and process.returncode is None]


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_nothing_is_started_before_the_first_document(workers: ParseWorkers) -> None:
    assert processes(workers) == []
    assert (await parsed(workers)).drafts[0].title == "One"
    assert len(processes(workers)) == 1


async def test_documents_one_after_the_other_share_a_process(workers: ParseWorkers) -> None:
    await parsed(workers)
    before = processes(workers)
    for _ in range(5):
        await parsed(workers)
    assert processes(workers) == before


async def test_many_documents_at_once_are_all_parsed_by_at_most_two_processes(workers: ParseWorkers) -> None:
    feeds = await asyncio.gather(*(parsed(workers) for _ in range(40)))
    assert [feed.title for feed in feeds] == ["T"] * 40
    assert 1 <= len(processes(workers)) <= 2


async def test_a_problem_of_the_document_is_told_and_the_process_goes_on(workers: ParseWorkers) -> None:
    await parsed(workers)
    before = processes(workers)
    with pytest.raises(ReadingError, match="web page, not a feed") as problem:
        await parsed(workers, b"<!doctype html>")
    assert problem.value.kind == "not_a_feed"
    await parsed(workers)
    assert processes(workers) == before


async def test_a_process_that_was_killed_is_replaced(workers: ParseWorkers) -> None:
    await parsed(workers)
    (first,) = processes(workers)
    os.kill(first, signal.SIGKILL)
    with suppress(ReadingError):  # the document that finds it dead may be lost, none after it
        await parsed(workers)
    assert (await parsed(workers)).title == "T"
    assert processes(workers) != [first]


async def test_a_worker_that_has_had_its_documents_is_lent_to_nobody_while_it_ends() -> None:
    workers = ParseWorkers(most=2, patience_s=0.0, documents_each=1)
    feeds = await asyncio.gather(*(parsed(workers) for _ in range(12)))
    assert [feed.title for feed in feeds] == ["T"] * 12
    await workers.close()


async def test_a_document_that_is_being_taken_apart_ends_with_its_worker() -> None:
    workers = ParseWorkers(most=1)
    slow = asyncio.create_task(parsed(workers, ENDLESS))
    while not any(worker.computed_s for worker in workers._lane.workers):  # noqa: ASYNC110  # another process's work
        await asyncio.sleep(0.01)
    await workers.close()
    with pytest.raises(ReadingError):
        await slow


async def test_a_document_that_computes_for_long_gives_way_and_is_given_up_in_its_own_time() -> None:
    workers = ParseWorkers(most=1, patience_s=0.1, cpu_s=1)
    slow = asyncio.create_task(parsed(workers, ENDLESS))
    await asyncio.sleep(0)
    other = await workers.parse(FEED, address="https://other.example/", charset=None)
    assert other.title == "T"
    assert not slow.done()
    with pytest.raises(ReadingError, match="too long") as problem:
        await slow
    assert problem.value.kind == "timeout"

    [others] = processes(workers)
    os.kill(others, signal.SIGSTOP)
    assert (await parsed(workers)).title == "T", "its host's next one is no burden to the others"
    await workers.close()


async def test_a_process_that_stands_still_is_killed_and_holds_nobody_up() -> None:
    workers = ParseWorkers(longest_s=2, patience_s=0.05)
    await parsed(workers)
    (stopped,) = processes(workers)
    os.kill(stopped, signal.SIGSTOP)
    stuck = asyncio.create_task(parsed(workers))
    await asyncio.sleep(0)
    assert (await parsed(workers)).title == "T"
    with pytest.raises(ReadingError, match="too long") as problem:
        await stuck
    assert problem.value.kind == "timeout"
    assert not is_running(stopped)
    await workers.close()


async def test_a_reading_that_is_given_up_takes_its_process_along(workers: ParseWorkers) -> None:
    await parsed(workers)
    (first,) = processes(workers)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await parsed(workers)
    assert not is_running(first)
    assert (await parsed(workers)).title == "T"


async def test_a_process_is_replaced_after_its_share_of_documents() -> None:
    workers = ParseWorkers(documents_each=3)
    seen = set()
    for _ in range(7):
        await parsed(workers)
        seen.update(processes(workers))
    await workers.close()
    assert len(seen) == 3


async def test_closing_leaves_no_process_behind(workers: ParseWorkers) -> None:
    await asyncio.gather(*(parsed(workers) for _ in range(4)))
    before = processes(workers)
    await workers.close()
    assert before
    assert not any(map(is_running, before))


async def test_a_document_that_needs_too_much_memory_is_refused(workers: ParseWorkers) -> None:
    hungry = b"<rss version='2.0'><channel>" + b"<item><a/></item>" * 600_000 + b"</channel></rss>"
    with pytest.raises(ReadingError) as problem:
        await parsed(workers, hungry)
    assert problem.value.kind in {"too_big", "not_a_feed"}
    assert (await parsed(workers)).title == "T"


async def test_the_loop_goes_on_while_a_large_feed_is_parsed(workers: ParseWorkers) -> None:
    paragraphs = b"&lt;p&gt;word word word word&lt;/p&gt;" * 150
    large = b"<rss version='2.0'><channel>" + (b"<item><description>" + paragraphs + b"</description></item>") * 150
    await parsed(workers)
    loop = asyncio.get_running_loop()
    gaps: list[float] = []

    async def watch() -> None:
        last = loop.time()
        while True:
            await asyncio.sleep(0)
            gaps.append(loop.time() - last)
            last = loop.time()

    watching = asyncio.create_task(watch())
    feed = await parsed(workers, large)
    watching.cancel()
    gaps.sort()
    assert len(feed.drafts) == 150
    assert gaps[int(len(gaps) * 0.99)] <= 0.02


def test_the_process_holds_no_secret_and_goes_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from adapters.feeds.workers import ParseWorkers
async def main():
    workers = ParseWorkers()
    await workers.parse({FEED!r}, address="https://a.example/", charset=None)
    print(*(worker._process.pid for worker in workers._lane.workers), flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    script = tmp_path / "parent.py"
    script.write_text(program, encoding="utf-8")
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "NEWSBOT_DISCORD_TOKEN": "a-secret-token"}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as parent:  # noqa: S603  # our own words
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert b"a-secret-token" not in Path(f"/proc/{child}/environ").read_bytes()
        watched = os.pidfd_open(child)
        parent.kill()
    with os.fdopen(watched) as process:
        has_ended, _, _ = select.select([process], [], [], 5)
    assert has_ended


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_process_whose_bot_is_killed_ends_without_a_word(*, is_cut: bool) -> None:
    body = FEED.replace(b"<item>", b"<item><title>Another</title></item>" * 5_000 + b"<item>")
    request = json.dumps({"work": "feed", "address": ADDRESS, "charset": None, "length": len(body)}).encode() + b"\n"
    told = request + body
    worker = subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", PROGRAM, "10", "10"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdout is not None
    worker.stdout.close()
    worker.stdout = None
    _, complaints = worker.communicate(told[: len(told) // 2] if is_cut else told)
    assert (worker.returncode, complaints) == (0, b"")


async def test_drafts_come_with_their_wording_where_topics_were_given() -> None:
    workers = ParseWorkers(topics=small_catalogue())
    try:
        feed = await parsed(workers, FEED.replace(b"One", b"Tokyo votes"))
        again = await parsed(workers, FEED.replace(b"One", b"Beijing votes"))
    finally:
        await workers.close()
    topics = [
        match.topic_id for told in (feed, again) for one in told.drafts if one.wording for match in one.wording.matches
    ]
    assert topics == ["japan", "china"]


async def test_without_topics_nobody_works_out_a_wording(workers: ParseWorkers) -> None:
    feed = await parsed(workers, FEED.replace(b"One", b"Tokyo votes"))
    assert [draft.wording for draft in feed.drafts] == [None]


async def test_a_second_worker_goes_when_it_could_be_spared_for_fifty_documents() -> None:
    lane = WorkerLane(
        lambda: Worker(cpu_s=1, niceness=0, topics=None), most=2, patience_s=0, documents_each=9, hurries=False
    )

    async def at_work(times: int, *, at_once: int) -> int:
        for _ in range(times):
            for worker in [await lane.take() for _ in range(at_once)]:
                await lane.give_back(worker)
        return len(lane.workers)

    assert await at_work(1, at_once=2) == 2
    assert await at_work(49, at_once=1) == 2
    assert await at_work(1, at_once=2) == 2
    assert await at_work(49, at_once=1) == 2
    assert await at_work(2, at_once=1) == 1
    assert await at_work(99, at_once=1) == 1
