"""Chats that go away while a hundred posts wait for them."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from adapters.sandbox.contract import DISCORD_TOKEN
from bot.domain.delivery import DeliveryState
from bot.domain.subscription import Everything
from tests import stored
from tests.faults.stage import (
    SENDS,
    all_told,
    bot,
    calls,
    counts,
    eventually,
    nothing_twice,
    order,
    settled,
    too_early,
)
from tests.many import Cluster, open_cluster
from tests.world import MODERATOR, READER_1, Chat, Json

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


async def _on_discord(cluster: Cluster, method: str, path: str, body: Json) -> Json:
    """What Discord answers to somebody else with the bot's token."""
    url = f"{cluster.world.addresses['discord_api']}{path}"
    async with cluster.world.client.request(
        method, url, json=body, headers={"Authorization": f"Bot {DISCORD_TOKEN}"}
    ) as answer:
        assert answer.ok, await answer.text()
        return await answer.json()


async def _thread(cluster: Cluster) -> Chat:
    """One in the server channel that follows everything too."""
    under = await cluster.world.chat("discord", "group", MODERATOR)
    opened = await _on_discord(cluster, "POST", f"/channels/{under.id}/threads", {"name": "ferries", "type": 11})
    thread = Chat(world=cluster.world, platform="discord", id=opened["id"], person=MODERATOR)
    async with cluster.storage.writing() as work:
        await stored.channel_in(work, under.id, Everything(), platform="discord", thread=thread.id)
        await work.commit()
    cluster.chats.append({"platform": "discord", "chat": thread.id, "kind": "thread"})
    return thread


async def _archive(cluster: Cluster, thread: Chat) -> None:
    await _on_discord(cluster, "PATCH", f"/channels/{thread.id}", {"archived": True})


async def test_a_thread_that_went_to_sleep_gets_all_that_waits_and_is_woken_for_an_edit(
    tmp_path: Path, url: str
) -> None:
    """50083 is what an edit there meets; sends wake the thread by themselves."""
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        thread = await _thread(cluster)
        await running.end()
        await _publish_many(cluster)
        await _archive(cluster, thread)
        since = len(await cluster.world.ledger())
        await bot(cluster)
        await all_told(cluster, 120)
        assert await _refused(cluster, thread, since) == []
        await settled(cluster)
        await _archive(cluster, thread)
        group = await cluster.world.chat("discord", "group", READER_1)
        await group.press(await group.message_with(cluster.told[0]), "👍")

        async def edited() -> bool:
            since_then = await cluster.world.ledger(since)
            return any(entry["kind"] == "edited" and entry["chat"] == thread.id for entry in since_then)

        await eventually(edited, 30, "the card in the thread is brought up to date")
        edits = [one for one in await calls(cluster.world, "discord", "PATCH", since=since) if one["chat"] == thread.id]
        assert 1 <= len([one for one in edits if one["status"] >= 400]) <= _MOST_REFUSED
        await nothing_twice(cluster)


async def test_a_thread_that_was_locked_is_asked_three_times_at_most_and_goes_on_when_it_is_unlocked(
    tmp_path: Path, url: str
) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        thread = await _thread(cluster)
        await running.end()
        await _publish_many(cluster)
        await thread.change_bot("lock")
        since = len(await cluster.world.ledger())
        await bot(cluster)
        await settled(cluster, 120)
        assert len(await _refused(cluster, thread, since)) <= _MOST_REFUSED
        assert (await counts(cluster))[DeliveryState.PAUSED] == _WAITING
        assert {place[1] for place in await cluster.missing()} == {thread.id}
        await thread.change_bot("unlock")

        async def told() -> bool:
            await cluster.publish(f"Afterwards {len(cluster.told)}")
            await asyncio.sleep(1)
            return any(place == thread.id for _, place, _ in await cluster.world.shown())

        await eventually(told, 60, "a new story in the thread that was unlocked")
        await nothing_twice(cluster)


async def test_slow_mode_is_waited_for_with_a_hundred_posts_and_loses_none(tmp_path: Path, url: str) -> None:
    """20016, for a quarter of a minute, in every channel of the platform that knows it."""
    wait_s = 6
    async with open_cluster(tmp_path, url) as cluster:
        running = await bot(cluster)
        await running.end()
        await _publish_many(cluster)
        since = len(await cluster.world.ledger())
        await order(cluster.world, "discord", "slow_mode", for_s=15, seconds=wait_s)
        await bot(cluster)
        await all_told(cluster, 120)
        sends = await calls(cluster.world, "discord", *SENDS, since=since)
        told_to_wait = Counter(send["chat"] for send in sends if send["status"] == 429)
        assert told_to_wait, "the fault has struck"
        assert max(told_to_wait.values()) <= _MOST_REFUSED
        assert too_early(sends, wait_s) == []
        await nothing_twice(cluster)
