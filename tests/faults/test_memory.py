"""A small machine: a quarter of a gigabyte for a bot that reads five hundred feeds."""

import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.source import Source
from tests.faults.papers import Paper, document, opened
from tests.faults.stage import PLATFORMS, answered_in_time, eventually
from tests.many import Cluster, open_cluster
from tests.world import Process

pytestmark = pytest.mark.fault

_FEEDS = 500
_IN_EACH = 20
_EVERY_S = 20.0
_MB = 1 << 20
_MOST_MB = 256
_AS_IN_THE_IMAGE = {"MALLOC_ARENA_MAX": "1"}


def _address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _fill(paper: Paper, number: int) -> None:
    """Twenty articles of some kilobytes, as most feeds have them, none of them about what another is about."""
    text = " ".join(f"said{number}of{word}" for word in range(300))
    paper.answer_with(document([f"What{number}of{one} was{number}of{one}" for one in range(_IN_EACH)], text=text))


def _resident_mb(process: Process) -> float:
    """The most that the bot and its helpers had in memory, added up; what they share counts for each."""
    pid = process.process.pid
    helpers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_most_mb(one) for one in (str(pid), *helpers))


def _most_mb(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


async def _all_read_since(cluster: Cluster, moment: datetime) -> None:
    async def read() -> bool:
        sources = await _sources(cluster)
        return all(source.last_read_at and source.last_read_at >= moment for source in sources)

    try:
        await eventually(read, 300, "each feed was read")
    except AssertionError as error:
        left = [one for one in await _sources(cluster) if not one.last_read_at or one.last_read_at < moment]
        lines = "\n".join(cluster.processes[-1].lines[-30:])
        raise AssertionError(f"{error}\n{len(left)} left, such as {left[0]}\n{lines}") from None


async def _sources(cluster: Cluster) -> list[Source]:
    async with cluster.storage.reading() as look:
        return list(await look.sources.all())


async def test_five_hundred_feeds_are_read_within_256_mb_of_address_space(tmp_path: Path, url: str) -> None:
    """The limit holds for the bot and for each of its helpers by itself, and all that is resident is less together."""
    async with (
        open_cluster(tmp_path, url, **_AS_IN_THE_IMAGE) as cluster,
        opened(cluster, *map(_address, range(_FEEDS)), every_s=_EVERY_S) as papers,
    ):
        for number, paper in enumerate(papers):
            _fill(paper, number)
        running = await _small(cluster)
        for _ in range(2):
            await _all_read_since(cluster, datetime.now(UTC))  # noqa: TID251  # a test's own clock
        await answered_in_time(cluster)
        sources = await _sources(cluster)
        assert [source.trouble for source in sources if source.trouble] == []
        ours = {paper.server.url("/feed") for paper in papers}
        assert {source.entries for source in sources if source.address in ours} == {_IN_EACH}
        assert await cluster.world.shown()
        assert running.process.returncode is None
        assert not [line for line in running.lines if "MemoryError" in line or "cannot allocate" in line.lower()]
        assert _resident_mb(running) <= _MOST_MB


async def _small(cluster: Cluster) -> Process:
    """A bot that has no more from its first moment on."""
    running = await cluster.start()
    resource.prlimit(running.process.pid, resource.RLIMIT_AS, (_MOST_MB * _MB, _MOST_MB * _MB))
    for platform in PLATFORMS:
        await running.line_with(f"platform ready platform='{platform}'")
    return running
