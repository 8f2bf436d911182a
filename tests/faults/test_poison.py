"""Articles and feeds that nobody can digest, and what else goes on beside them."""

import asyncio
import gzip
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.delivery import DeliveryState
from tests.contract.reading.feed_server import ENDLESS, Talk, answer
from tests.faults.machine import POISON, Machine
from tests.faults.papers import READ_EVERY_S, Paper, delays, opened, source_of
from tests.faults.stage import bot, counts, eventually
from tests.integration.test_feeds_hostile_at_once import endless, silent
from tests.many import Cluster, open_cluster
from tests.world import MODERATOR

pytestmark = pytest.mark.fault

_PARKED_S = 600.0
_MOST_TRIES = 5
_INTERVAL_S = 300.0
"""The shortest at which a feed is read that goes at its own pace."""

_DAY_S = 25 * 3600.0
_BESIDE_S = 1.0
"""By how much others may be later than without the poison."""


async def _spoil(cluster: Cluster, title: str) -> None:
    """Its text cannot be read any more."""
    async with cluster.storage.changing() as connection:
        await connection.execute(text("UPDATE articles SET paragraphs = '[' WHERE title = :title"), {"title": title})
        await connection.commit()


async def test_a_story_that_cannot_be_read_is_given_up_soon_and_the_next_one_is_posted_meanwhile(
    tmp_path: Path, url: str
) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        await (await bot(cluster)).end()
        await cluster.publish("Poison")
        await _spoil(cluster, "Poison")
        await cluster.publish("Next")
        running = await bot(cluster)

        async def posted() -> bool:
            return not {chat["chat"] for chat in cluster.chats} - {
                chat for _, chat, title in await cluster.world.shown() if title == "Next"
            }

        await eventually(posted, _INTERVAL_S, "the next one, which the poison stands before")

        async def given_up() -> bool:
            return (await counts(cluster)).get(DeliveryState.BURIED) == len(cluster.chats)

        await eventually(given_up, _PARKED_S, "the poison is given up in each chat")
        assert running.process.returncode is None
        async with cluster.storage.changing() as connection:
            tries = await connection.execute(text("SELECT attempt FROM deliveries WHERE state = 'buried'"))
            assert set(tries.scalars()) == {_MOST_TRIES}
        group = await cluster.world.chat("telegram", "group", MODERATOR)
        await group.say("/subscriptions")
        await group.message_with("could not be posted", "Poison: it failed on our side 5 times.")


async def test_an_article_that_cannot_be_taken_in_is_left_out_and_the_next_one_is_posted_at_once(
    tmp_path: Path, url: str
) -> None:
    async with open_cluster(tmp_path, url) as cluster, opened(cluster, "127.0.2.1") as [paper]:
        cluster.program = Machine(tmp_path / "machine.json").program
        await bot(cluster)
        await _read_once(cluster, paper)
        paper.print(POISON)
        paper.print("Beside it")
        await cluster.everywhere("Beside it")
        await asyncio.sleep(2 * READ_EVERY_S)
        paper.print("After it")
        await cluster.everywhere("After it")
        assert (
            max(delay for title, delay in (await delays(cluster, paper)).items() if "it" in title) <= 5 * READ_EVERY_S
        )
        assert (await source_of(cluster, paper)).trouble is None
        assert POISON not in {title for _, _, title in await cluster.world.shown()}


async def _read_once(cluster: Cluster, paper: Paper) -> None:
    async def read() -> bool:
        return (await source_of(cluster, paper)).last_read_at is not None

    await eventually(read, 30, "the paper was read once")


async def _gigabyte(writer: asyncio.StreamWriter) -> None:
    """As it stands on the disk of whoever sends it: a thousand times smaller."""
    body = gzip.compress(bytes(1 << 20), 9)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\n\r\n")
    for _ in range(1024):
        writer.write(body)
        await writer.drain()


_SAME_ID = "<item><guid isPermaLink='false'>same</guid><title>Same id {n}</title></item>"
_POISON: Mapping[str, bytes | Talk] = {
    "127.0.4.1": silent,
    "127.0.4.2": answer(gzip.compress(ENDLESS, 1), headers={"Content-Encoding": "gzip"}),
    "127.0.4.3": _gigabyte,
    "127.0.4.4": answer(
        f"<rss version='2.0'><channel>{''.join(_SAME_ID.format(n=n) for n in range(500))}</channel></rss>".encode()
    ),
    "127.0.4.5": endless,
}


async def _printed_steadily(cluster: Cluster, papers: list[Paper], name: str, for_s: float) -> list[float]:
    """How late each title was of those that all print meanwhile, one that is nowhere for ever."""
    until, number = time.monotonic() + for_s, 0
    while time.monotonic() < until:
        number += 1
        for paper in papers:
            paper.print(f"{name} {number} {paper.server.host}")
        await asyncio.sleep(READ_EVERY_S)
    await asyncio.sleep(3 * READ_EVERY_S)
    known = [(paper, await delays(cluster, paper)) for paper in papers]
    return sorted(
        found.get(title, float("inf")) for paper, found in known for title in paper.printed if title.startswith(name)
    )


async def test_feeds_that_hang_and_burst_hold_no_other_up_are_asked_less_and_less_and_told_of_once(
    tmp_path: Path, url: str
) -> None:
    """Five bad ones beside two good ones; the day after which moderators are told passes while the bot is away."""
    machine = Machine(tmp_path / "machine.json")
    async with (
        open_cluster(tmp_path, url) as cluster,
        opened(cluster, "127.0.3.1", "127.0.3.2", *_POISON) as [good, better, *bad],
    ):
        cluster.program = machine.program
        running = await bot(cluster)
        hanging = bad[0]
        group = await cluster.world.chat("telegram", "group", MODERATOR)
        private = await cluster.world.chat("telegram", "private", MODERATOR)
        for paper in (good, better, *bad):
            await _read_once(cluster, paper)
        await group.say(f"/subscribe {(await source_of(cluster, hanging)).title}")
        before = await _printed_steadily(cluster, [good, better], "Calm", 10)
        for paper in bad:
            paper.answer_with(_POISON[paper.server.host])
        asked_before = max(len(paper.server.asked) for paper in bad)
        during = await _printed_steadily(cluster, [good, better], "Poisoned", 30)
        assert during[-1] <= before[-1] + _BESIDE_S
        failing = {paper.server.host: await source_of(cluster, paper) for paper in bad}
        assert {"127.0.4.1", "127.0.4.3", "127.0.4.5"} <= {host for host, source in failing.items() if source.failures}
        asked = {host: len(paper.server.asked) for paper in bad if failing[host := paper.server.host].failures}
        assert max(asked.values()) <= asked_before + _MOST_TRIES, "each time later than the time before"
        for days in (1, 2):
            await running.end()
            await machine.turn(ahead_s=days * _DAY_S)
            known = len(hanging.server.asked)
            running = await bot(cluster)

            async def failed_again(known: int = known) -> bool:
                return len(hanging.server.asked) > known and (await source_of(cluster, hanging)).is_trouble_told

            await eventually(failed_again, 60, "it hangs another day")
            await private.message_with("cannot be read")
            await asyncio.sleep(5)
        told = Counter(one["title"] for one in await private.messages() if "cannot be read" in one["text"])
        assert set(told.values()) == {1}
