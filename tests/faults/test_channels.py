"""Chats that go away while a hundred posts wait for them."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from tests.faults.stage import SENDS, bot, calls, counts, eventually, nothing_twice, settled
from tests.many import Cluster, open_cluster
from tests.world import MODERATOR, Chat, Json

pytestmark = pytest.mark.fault

_WAITING = 100
_MOST_REFUSED = 3


async def _publish_many(cluster: Cluster) -> None:
    for number in range(_WAITING):
        await cluster.publish(f"Waiting {number:03}")


async def _refused(cluster: Cluster, chat: Chat, since: int) -> list[Json]:
    """Calls to that chat that the platform refused, other than for their rate."""
    made = await calls(cluster.world, chat.platform, *SENDS, since=since)
    return [one for one in made if one["chat"] == chat.id and one["status"] >= 400 and one["status"] != 429]


@pytest.mark.parametrize(
    ("platform", "kind", "shut", "opened"),
    [
        ("telegram", "group", "remove", "add"),
        ("telegram", "group", "mute", "unmute"),
        ("telegram", "channel", "remove", "add"),
        ("discord", "group", "remove", "add"),
        ("discord", "group", "mute", "unmute"),
    ],
)
async def test_a_chat_that_shuts_us_out_is_asked_three_times_at_most_and_keeps_every_row(
    tmp_path: Path, url: str, platform: str, kind: str, shut: str, opened: str
) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        chat = await cluster.world.chat(platform, kind, MODERATOR)
        await running.end()
        await _publish_many(cluster)
        await chat.change_bot(shut)
        since = len(await cluster.world.ledger())
        await bot(cluster)
        await settled(cluster)
        assert len(await _refused(cluster, chat, since)) <= _MOST_REFUSED
        kept = Counter(await counts(cluster))
        assert kept[DeliveryState.PAUSED] >= _WAITING - 1
        assert sum(kept.values()) >= _WAITING * len(cluster.chats)
        others = {place for place in await cluster.missing() if place[0] != platform}
        assert not others, "the other platform has nothing to do with it"
        await chat.change_bot(opened)

        async def told() -> bool:
            await cluster.publish(f"Afterwards {len(cluster.told)}")  # before we heard of it, it waits with the others
            await asyncio.sleep(1)
            return any((message["title"] or "").startswith("Afterwards") for message in await chat.messages())

        await eventually(told, 60, "a new story where we were let in again")
        await nothing_twice(cluster)


async def test_a_channel_that_was_deleted_is_asked_three_times_at_most(tmp_path: Path, url: str) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        chat = await cluster.world.chat("discord", "group", MODERATOR)
        await running.end()
        await _publish_many(cluster)
        await chat.change_bot("delete")
        since = len(await cluster.world.ledger())
        await bot(cluster)
        await settled(cluster)
        assert len(await _refused(cluster, chat, since)) <= _MOST_REFUSED
        assert (await counts(cluster))[DeliveryState.PAUSED] == _WAITING
        assert {place[1] for place in await cluster.missing()} == {chat.id}


async def test_a_group_that_became_a_supergroup_gets_all_that_waits_for_it_once(tmp_path: Path, url: str) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        chat = await cluster.world.chat("telegram", "group", MODERATOR)
        await running.end()
        await _publish_many(cluster)
        await chat.change_bot("upgrade")
        since = len(await cluster.world.ledger())
        await bot(cluster)
        await settled(cluster, 120)
        assert len(await _refused(cluster, chat, since)) <= _MOST_REFUSED
        moved = await cluster.world.chat("telegram", "group", MODERATOR)
        told = Counter(title for platform, place, title in await cluster.world.shown() if place == moved.id)
        assert told == Counter(cluster.told)
        assert (await counts(cluster)).keys() == {DeliveryState.SENT}
