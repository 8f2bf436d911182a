"""Several processes share the work on one database, and take it over from each other."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.background import in_background
from tests.many import Cluster, open_cluster
from tests.world import READER_1, Process

pytestmark = pytest.mark.postgres

SENDERS = ("--only", "discord", "--only", "telegram")
TAKEN_OVER_S = 15.0
FROZEN_S = 120.0


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


@pytest.mark.fault
async def test_a_stand_by_takes_over_from_a_sender_that_was_killed(tmp_path: Path, postgres_url: str) -> None:
    async with open_cluster(tmp_path, postgres_url) as cluster:
        killed, other = await two_senders(cluster)
        publishing = asyncio.create_task(cluster.publish_steadily("Bulletin", every_s=0.1))
        await cluster.world.until(lambda: shown_at_least(cluster, 40), "the first bulletins")
        await killed.end(signal.SIGKILL)
        began = time.monotonic()
        await senders_ready(other)
        taken_over_s = time.monotonic() - began
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        await cluster.publish("After the fall")
        await cluster.everywhere("After the fall")
        sent_again_s = time.monotonic() - began
        sys.stdout.write(f"\ntaken over after {taken_over_s:.1f} s, all caught up after {sent_again_s:.1f} s\n")
        assert taken_over_s <= TAKEN_OVER_S
        await kept(cluster, killed_sends=4)


@pytest.mark.fault
async def test_a_sender_that_was_frozen_sends_nothing_more(tmp_path: Path, postgres_url: str) -> None:
    async with open_cluster(tmp_path, postgres_url) as cluster:
        frozen, other = await two_senders(cluster)
        publishing = asyncio.create_task(cluster.publish_steadily("Bulletin", every_s=0.3))
        await cluster.world.until(lambda: shown_at_least(cluster, 20), "the first bulletins")
        frozen.freeze()
        began = time.monotonic()
        await senders_ready(other)
        assert time.monotonic() - began <= TAKEN_OVER_S
        await asyncio.sleep(FROZEN_S - (time.monotonic() - began))  # as long as the fault matrix asks for
        frozen.go_on()
        for task in ("discord", "telegram"):
            await frozen.line_with(f"lease lost task='{task}'")
        await asyncio.sleep(5)  # what it might still send
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        await cluster.publish("After the frost")
        await cluster.everywhere("After the frost")
        await kept(cluster, killed_sends=4)


@pytest.mark.fault
async def test_no_two_poll_telegram_however_many_run(tmp_path: Path, postgres_url: str) -> None:
    async with open_cluster(tmp_path, postgres_url) as cluster:
        for _ in range(3):
            process = await cluster.start("--only", "telegram")
            await process.line_with("task='telegram'")
        for _ in range(3):
            for process in cluster.processes:
                if any("platform ready" in line for line in process.lines) and process.process.returncode is None:
                    await process.end()
                    break
            await asyncio.sleep(3)  # the next one polls
        told = [line for process in cluster.processes for line in process.lines]
        assert sum("platform ready" in line for line in told) == 3, "each polled in its turn"
        assert not [line for line in told if "another program polls" in line]


@pytest.mark.fault
async def test_shards_answer_their_own_servers_and_one_of_them_sends(tmp_path: Path, postgres_url: str) -> None:
    async with open_cluster(tmp_path, postgres_url) as cluster:
        first = await cluster.start("--only", "discord", "--shards", "0/2")
        await first.line_with("platform ready")
        second = await cluster.start("--only", "discord", "--shards", "1/2")
        await second.line_with("standing by task='discord'")
        await cluster.publish("Ferries return")
        group = await cluster.world.chat("discord", "group", READER_1)
        card = await group.message_with("Ferries return")
        assert await group.press(card, "👍")
        await first.end(signal.SIGKILL)
        await second.line_with("platform ready")
        await cluster.publish("Harbour reopens")
        assert await group.message_with("Harbour reopens")


@pytest.mark.fault
async def test_two_whole_bots_on_one_database_by_mistake_post_nothing_twice_and_none_falls(
    tmp_path: Path, postgres_url: str
) -> None:
    """A minute in place of ten: nothing in it lasts longer than a lease of ten seconds. One ends and comes back."""
    async with open_cluster(tmp_path, postgres_url) as cluster:
        bots = [await cluster.start()]
        await senders_ready(bots[0])
        bots.append(await cluster.start())
        async with in_background(cluster.publish_steadily("Bulletin", every_s=0.3)):
            await asyncio.sleep(20)
            assert await bots[0].end() == 0
            await senders_ready(bots[1])
            bots.append(await cluster.start())
            await asyncio.sleep(40)
        await cluster.publish("At last")
        await cluster.everywhere("At last")
        assert await cluster.missing() == set()
        assert set((await cluster.copies()).values()) == {1}
        assert [bot.process.returncode for bot in bots] == [0, None, None]
        assert not [line for bot in bots for line in bot.lines if "ERROR" in line or "Traceback" in line]


@pytest.mark.fault
async def test_two_bots_of_one_token_on_two_databases_say_so_and_none_falls(tmp_path: Path, postgres_url: str) -> None:
    """Both poll Telegram, which lets one of them do so at a time (409)."""
    async with open_cluster(tmp_path, postgres_url) as cluster:
        mine = await cluster.start()
        await senders_ready(mine)
        elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"
        cluster.world.extra = {**cluster.world.extra, "NEWSBOT_DATABASE_URL": elsewhere}
        other = await cluster.start()
        await asyncio.sleep(30)
        told = [line for bot in (mine, other) for line in bot.lines]
        assert [line for line in told if "another program polls" in line]
        assert not [line for line in told if "Traceback" in line]
        await cluster.publish("All the same")
        await cluster.everywhere("All the same")
        assert await other.end() == 0
        group = await cluster.world.chat("telegram", "group", READER_1)
        assert await group.press(await group.message_with("All the same"), "👍")
        assert mine.process.returncode is None


async def two_senders(cluster: Cluster) -> tuple[Process, Process]:
    """The one that sends, and the one that stands by."""
    first = await cluster.start(*SENDERS)
    await senders_ready(first)
    second = await cluster.start(*SENDERS)
    for task in ("discord", "telegram"):
        await second.line_with(f"standing by task='{task}'")
    return first, second


async def shown_at_least(cluster: Cluster, number: int) -> bool:
    return len(await cluster.world.shown()) >= number


async def kept(cluster: Cluster, *, killed_sends: int) -> None:
    """Nothing is missing; nothing came twice on Discord, and on Telegram only what was under way, and that twice."""
    assert await cluster.missing() == set()
    assert await cluster.repeated("discord") == {}
    repeated = await cluster.repeated("telegram")
    assert len(repeated) <= killed_sends
    assert set(repeated.values()) <= {2}
