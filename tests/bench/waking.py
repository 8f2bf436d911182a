"""How soon a story that one process commits is sent by another, on PostgreSQL with the sandbox."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench.figure import Row, median, percentile
from tests.many import Cluster, open_cluster
from tests.postgres import running_server

LIMIT_S: Final = 0.2
_STORIES = 60
_WARM_UP = 10
_APART_S = 0.15


async def measure() -> list[Row]:
    """From the commit until the platform has shown it in the first chat, both clocks this machine's."""
    with tempfile.TemporaryDirectory() as home, running_server() as server, server.database() as name:
        async with open_cluster(Path(home), server.url(name)) as cluster:
            sender = await cluster.start("--only", "discord", "--only", "telegram")
            for platform in ("discord", "telegram"):
                await sender.line_with(f"platform ready platform='{platform}'")
            committed = await _committed(cluster)
            waits = await _waits(cluster, committed)
    late = percentile(waits, 0.99)
    return [
        Row(
            figure="commit in one process to first message from another",
            ours=f"{median(waits) * 1000:.0f} ms, p99 {late * 1000:.0f} ms",
            reference="1 s between two looks",
            ratio=late,
            bound=f"p99 ≤ {LIMIT_S * 1000:.0f} ms",
            is_ok=late <= LIMIT_S,
        )
    ]


async def _committed(cluster: Cluster) -> dict[str, float]:
    """When each story was, by title."""
    times: dict[str, float] = {}
    for number in range(_STORIES):
        title = f"Bulletin {number:03}"
        await cluster.publish(title)
        times[title] = time.time()
        await asyncio.sleep(_APART_S)
    await cluster.everywhere(cluster.told[-1])
    return dict(list(times.items())[_WARM_UP:])


async def _waits(cluster: Cluster, committed: dict[str, float]) -> list[float]:
    first: dict[str, float] = {}
    for entry in await cluster.world.ledger():
        if entry["kind"] == "shown" and entry["title"] in committed:
            first.setdefault(entry["title"], entry["at"])
    return [max(first[title] - at, 0.0) for title, at in committed.items()]
