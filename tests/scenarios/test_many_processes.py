"""Several processes share the work on one database, and take it over from each other."""

import time
from pathlib import Path

import pytest

from tests.many import open_cluster
from tests.world import READER_1, Process

pytestmark = pytest.mark.postgres

SENDERS = ("--only", "discord", "--only", "telegram")
TAKEN_OVER_S = 15.0


async def senders_ready(process: Process) -> None:
    for platform in ("discord", "telegram"):
        await process.line_with(f"platform ready platform='{platform}'")


async def test_what_one_process_publishes_another_sends_at_once_and_a_second_sender_stands_by(
    tmp_path: Path, postgres_url: str
) -> None:
    async with open_cluster(tmp_path, postgres_url) as cluster:
        sender = await cluster.start(*SENDERS)
        await senders_ready(sender)
        await cluster.publish("Ferries return")
        await cluster.everywhere("Ferries return")
        other = await cluster.start(*SENDERS)
        for task in ("discord", "telegram"):
            await other.line_with(f"standing by task='{task}'")
        assert await sender.end() == 0
        began = time.monotonic()
        await senders_ready(other)
        assert time.monotonic() - began < TAKEN_OVER_S / 3, "it was given back"
        await cluster.publish("Harbour reopens")
        await cluster.everywhere("Harbour reopens")
        group = await cluster.world.chat("telegram", "group", READER_1)
        seen = await group.press(await group.message_with("Ferries return"), "👍")
        assert seen, "the one that stood by answers now"
        assert set((await cluster.copies()).values()) == {1}
