"""Databases that are locked, stopped, cut off at COMMIT or out of room."""

import asyncio
import contextlib
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from bot.views.notices import LATER
from tests.fakes.commit_cutter import CommitCutter, laid
from tests.faults.stage import (
    ANSWERED_S,
    SENDS,
    all_told,
    answered,
    bot,
    calls,
    calm,
    counts,
    eventually,
    no_more_than_twice,
    nothing_twice,
    order,
    sqlite_url,
)
from tests.many import Cluster, open_cluster
from tests.postgres import PostgresServer, running_server
from tests.world import READER_1

pytestmark = pytest.mark.fault

_GONE_S = 60.0
_RESUMED_S = 10.0


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Nobody else can write into that file."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


async def _slow_sends_in_flight(cluster: Cluster) -> None:
    """Each chat is being sent something whose answer comes after the database has gone."""
    await order(cluster.world, "discord", "slow", for_s=600, seconds=2)
    await order(cluster.world, "telegram", "slow", for_s=600, delay_s=2)
    await cluster.publish("In flight")

    async def flying() -> bool:
        return (await counts(cluster)).get(DeliveryState.SENDING, 0) >= len(cluster.chats)

    await eventually(flying, 10, "a send in each chat", look_s=0.02)


async def _told_later(cluster: Cluster) -> None:
    """On Telegram, where nothing is taken before it can be kept."""
    took, said = await answered(await cluster.world.chat("telegram", "private", READER_1), "/headlines")
    assert took <= ANSWERED_S
    assert said == LATER


async def test_a_locked_file_is_waited_for_and_what_was_answered_meanwhile_is_written_down(tmp_path: Path) -> None:
    async with open_cluster(tmp_path, sqlite_url(tmp_path)) as cluster:
        running = await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        group = await cluster.world.chat("discord", "group", READER_1)
        card = await group.message_with("Before")
        await _slow_sends_in_flight(cluster)
        with _locked(tmp_path / "newsbot.db"):
            await calm(cluster.world)
            async with asyncio.timeout(2.5):
                seen = await group.press(card, "👍")
            assert "try again in a minute" in str(seen)
            await _told_later(cluster)
            await asyncio.sleep(_GONE_S)
            assert running.process.returncode is None
        await cluster.publish("After")
        assert await all_told(cluster, 3 * _RESUMED_S) <= _RESUMED_S
        await nothing_twice(cluster)


@pytest.mark.postgres
async def test_a_server_that_is_stopped_and_started_again_costs_nothing(tmp_path: Path) -> None:
    with running_server() as server, server.database() as name:
        async with open_cluster(tmp_path, server.url(name)) as cluster:
            running = await bot(cluster)
            await cluster.publish("Before")
            await cluster.everywhere("Before")
            await _slow_sends_in_flight(cluster)
            with server.stopped():
                await calm(cluster.world)
                took, said = await answered(await cluster.world.chat("discord", "private", READER_1), "/headlines")
                assert took <= 2.5
                assert "try again in a minute" in said
                await asyncio.sleep(_GONE_S)
                await _told_later(cluster)
                assert running.process.returncode is None
            await cluster.publish("After")
            assert await all_told(cluster, 4 * _RESUMED_S) <= 2 * _RESUMED_S
            await no_more_than_twice(cluster)


async def test_with_the_disk_full_nothing_is_sent_that_cannot_be_remembered_and_it_goes_on_alone(
    tmp_path: Path,
) -> None:
    async with open_cluster(tmp_path, sqlite_url(tmp_path)) as cluster:
        running = await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        pid = running.process.pid
        free = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, free[1]))
        since = len(await cluster.world.ledger())
        for number in range(5):
            await cluster.publish(f"Full {number}")
        await asyncio.sleep(10)
        assert await calls(cluster.world, "discord", *SENDS, since=since) == []
        assert await calls(cluster.world, "telegram", *SENDS, since=since) == []
        assert running.process.returncode is None
        resource.prlimit(pid, resource.RLIMIT_FSIZE, free)
        assert await all_told(cluster, 3 * _RESUMED_S) <= _RESUMED_S
        await nothing_twice(cluster)
        with contextlib.closing(sqlite3.connect(tmp_path / "newsbot.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert await running.end() == 0


@pytest.mark.postgres
async def test_a_connection_that_is_cut_at_commit_is_as_harmless_as_a_kill(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """One commit in ten, half of them before the server had it."""
    cutter = CommitCutter(postgres_server.directory)
    with postgres_server.database() as name, tempfile.TemporaryDirectory() as socket:
        url = postgres_server.url(name)
        async with open_cluster(tmp_path, url) as cluster, laid(cutter, Path(socket)):
            through = url.replace(str(postgres_server.directory), socket)
            cluster.world.extra = {**cluster.world.extra, "NEWSBOT_DATABASE_URL": through}
            running = await bot(cluster)
            cutter.share = 0.1
            for number in range(40):
                await cluster.publish(f"Cut {number:02}")
                await asyncio.sleep(0.25)
            cutter.share = 0.0
            assert cutter.cuts >= 5
            await all_told(cluster)
            assert running.process.returncode is None
            await nothing_twice(cluster, "discord")
            extra = await cluster.repeated("telegram")
            assert set(extra.values()) <= {2}
            assert len(extra) <= cutter.cuts * len(cluster.chats)
