"""Connections that listen are dropped again and again, and what people do has its effect once."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.background import in_background
from tests.faults.stage import all_told, answered, bot, eventually, nothing_twice, order, sqlite_url
from tests.many import Cluster, open_cluster
from tests.world import READER_1, READER_2

pytestmark = pytest.mark.fault

_ANSWERED_S = 10.0


async def _drop_the_gateway(cluster: Cluster) -> None:
    """Each two seconds, each way in turn, until cancelled."""
    while True:
        for kind, options in (("close", {"code": 1000}), ("invalid_session", {}), ("reconnect", {}), ("close", {})):
            await order(cluster.world, "discord", kind, for_s=1.5, **options)
            await asyncio.sleep(2)


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_however_often_it_is_dropped_and_repeats_itself_each_press_counts_once(
    tmp_path: Path, url: str, platform: str
) -> None:
    """Dropped each two seconds for sixteen, in place of each thirty for half an hour; each event comes twice."""
    async with open_cluster(tmp_path, url) as cluster:
        await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        chats = [await cluster.world.chat(platform, "group", person) for person in (READER_1, READER_2)]
        card = await chats[0].message_with("Before")
        kind = "repeat_events" if platform == "discord" else "repeat_update"
        await order(cluster.world, platform, kind, for_s=600)
        private = await cluster.world.chat(platform, "private", READER_1)
        async with in_background(_drop_the_gateway(cluster)):
            began = time.monotonic()
            while time.monotonic() - began < 16:
                for chat in chats:
                    await chat.press(card, "👍")
                await cluster.publish(f"Dropped {time.monotonic() - began:.2f}")
                await asyncio.sleep(1)
        took, _ = await answered(private)
        assert took <= _ANSWERED_S
        for chat, button in ((chats[0], "👎"), (chats[1], "👎"), (chats[1], "👍")):
            await chat.press(card, button)  # counted twice, it would be taken back at once

        async def counted() -> bool:
            shown = await chats[0].message_with("Before")
            return {"👍 1", "👎 1"} <= {button["label"] for button in shown["buttons"]}

        await eventually(counted, _ANSWERED_S, "one opinion of each")
        await all_told(cluster)
        await nothing_twice(cluster)


async def test_another_program_that_polls_with_our_token_is_waited_for(tmp_path: Path) -> None:
    """409 (R19): no crash, and people are heard again when the other is gone."""
    async with open_cluster(tmp_path, sqlite_url(tmp_path)) as cluster:
        running = await bot(cluster)
        private = await cluster.world.chat("telegram", "private", READER_1)
        await order(cluster.world, "telegram", "conflict", for_s=12)
        await private.say("/help")  # ends the poll that is under way
        await running.line_with("another program polls")
        await cluster.publish("Meanwhile")
        await cluster.everywhere("Meanwhile")
        assert running.process.returncode is None
        took, _ = await answered(private, "/topics")
        assert took <= 30
