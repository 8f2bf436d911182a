"""Platforms in distress: they slow us down, fail half-way or are gone; shortened to tens of seconds."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryState
from tests.background import in_background
from tests.faults.stage import (
    PLATFORMS,
    SENDS,
    all_told,
    answered_in_time,
    bot,
    calls,
    calm,
    counts,
    no_more_than_twice,
    nothing_twice,
    order,
    settled,
    too_early,
)
from tests.many import open_cluster

pytestmark = pytest.mark.fault

_SEND = "POST /channels/{id}/messages"
_STORM_S, _LONG_S = 20.0, 150.0


@pytest.mark.parametrize("wait_s", [1, 5])
async def test_told_to_wait_by_every_send_it_sends_nothing_before_the_wait_is_over_and_people_are_answered(
    tmp_path: Path, url: str, wait_s: int
) -> None:
    """Twenty seconds in place of ten minutes; the longest wait of a minute is a matter of the clock alone."""
    async with open_cluster(tmp_path, url) as cluster:
        await bot(cluster)
        await cluster.publish("Before")
        await cluster.everywhere("Before")
        await order(cluster.world, "discord", "rate_limit", for_s=_STORM_S, seconds=wait_s, call=_SEND)
        for chat in cluster.chats:
            if chat["platform"] == "telegram":
                await order(
                    cluster.world, "telegram", "rate_limit", for_s=_STORM_S, retry_after=wait_s, chat=chat["chat"]
                )
        for number in range(5):
            await cluster.publish(f"Storm {number}")
        await asyncio.sleep(2)
        await answered_in_time(cluster)
        await asyncio.sleep(_STORM_S - 5)
        await answered_in_time(cluster)
        await all_told(cluster)
        await nothing_twice(cluster)
        for platform in PLATFORMS:
            sends = await calls(cluster.world, platform, *SENDS)
            assert any(send["status"] == 429 for send in sends)
            assert not too_early(sends, wait_s)


async def test_told_to_wait_as_a_whole_discord_gets_nothing_until_the_wait_is_over(tmp_path: Path, url: str) -> None:
    async with open_cluster(tmp_path, url) as cluster:
        await bot(cluster)
        await order(cluster.world, "discord", "rate_limit", for_s=10, share=0.3, seconds=2, scope="global", call=_SEND)
        for number in range(6):
            await cluster.publish(f"Storm {number}")
        await all_told(cluster)
        await nothing_twice(cluster)
        sends = [send | {"chat": "all"} for send in await calls(cluster.world, "discord", *SENDS)]
        in_flight = len(cluster.chats)
        assert len(too_early(sends, 2)) <= in_flight * sum(send["status"] == 429 for send in sends)


async def test_a_platform_that_fails_after_half_of_the_sends_loses_nothing_and_discord_repeats_nothing(
    tmp_path: Path, url: str
) -> None:
    """Half of the calls fail before they take effect, half of the others after it, for longer than a claim's lease and
    than Discord knows a nonce again.
    """
    async with open_cluster(tmp_path, url) as cluster:
        await bot(cluster)
        for platform in PLATFORMS:
            await order(cluster.world, platform, "error_before", for_s=_LONG_S, share=0.5)
            await order(cluster.world, platform, "error_after", for_s=_LONG_S, share=0.5)
        async with in_background(cluster.publish_steadily("Storm", 3)):
            await asyncio.sleep(_LONG_S)
        await calm(cluster.world)
        await settled(cluster, 120)
        missing, parked = await cluster.missing(), (await counts(cluster)).get(DeliveryState.PARKED, 0)
        assert len(missing) <= parked, "what nobody saw is put before a moderator"
        assert all(platform == "telegram" for platform, _, _ in missing)
        await no_more_than_twice(cluster)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_platform_that_only_fails_is_left_alone_within_ten_seconds_and_hardly_any_post_is_left_in_doubt(
    tmp_path: Path, url: str, platform: str
) -> None:
    """Without the breaker each of the hundred would be tried again and again on Discord, and on Telegram twice, to wait
    for a moderator then.
    """
    async with open_cluster(tmp_path, url) as cluster:
        await bot(cluster)
        await order(cluster.world, platform, "error_before", for_s=600)
        for number in range(50):
            await cluster.publish(f"Storm {number:02}")
        await asyncio.sleep(35)
        tries = [one["at"] for one in await calls(cluster.world, platform, *SENDS)]
        assert sum(at > tries[0] + 10 for at in tries) <= 2, "one try each half minute"
        await calm(cluster.world)
        await settled(cluster, 90)
        parked = (await counts(cluster)).get(DeliveryState.PARKED, 0)
        assert parked <= (20 if platform == "telegram" else 0)
        assert len(await cluster.missing()) <= parked
        await no_more_than_twice(cluster)
