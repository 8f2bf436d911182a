"""Fifty people a second are answered in time while five hundred feeds are read again and again (R8)."""

import asyncio
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.source import NewSource, SourceKind
from storage import Database
from storage.tables import sources
from tests.bench.feed_farm import running_farm
from tests.builders import NOON
from tests.faults.stage import bot, eventually
from tests.many import Cluster, open_cluster
from tests.world import READER_1, READER_2, Chat, Json

pytestmark = pytest.mark.fault

_FEEDS = 500
_READ_EVERY_S = 60.0
_PEOPLE_PER_S = 50.0
_PRESSES = 10_000
_STORIES = 12
_FIRST_READ_S = 240.0
_P99_MS, _LONGEST_MS = 1_000.0, 2_500.0


class People:
    """Come at their own pace, whether those before them were answered or not."""

    def __init__(self, chats: Sequence[Chat], cards: dict[str, list[Json]]) -> None:
        self._chats = chats
        self._cards = cards
        self._dice = random.Random(1)
        self.first_ms: list[float] = []
        self.late = 0

    async def come(self, number: int) -> None:
        """So many, at chance moments."""
        async with asyncio.TaskGroup() as coming:
            for _ in range(number):
                coming.create_task(self._press())
                await asyncio.sleep(self._dice.expovariate(_PEOPLE_PER_S))

    async def _press(self) -> None:
        chat = self._dice.choice(self._chats)
        seen = await chat.press(self._dice.choice(self._cards[chat.platform]), self._dice.choice(("Read", "👍", "👎")))
        if seen["first_answer_ms"] is None:
            self.late += 1
        else:
            self.first_ms.append(seen["first_answer_ms"])


async def test_ten_thousand_presses_are_answered_within_a_second_and_none_too_late(tmp_path: Path, url: str) -> None:
    async with open_cluster(tmp_path, url) as cluster, running_farm(_FEEDS) as (_, addresses):
        await bot(cluster)
        for number in range(_STORIES):
            await cluster.publish(f"Harbour {number}")
        await cluster.everywhere(f"Harbour {_STORIES - 1}")
        await _read_for_ever(cluster.storage, addresses)
        await eventually(lambda: _are_read(cluster.storage), _FIRST_READ_S, "every feed read once", look_s=1)
        people = await _people(cluster)
        await people.come(_PRESSES)
        assert people.late == 0
        assert statistics.quantiles(people.first_ms, n=100)[-1] <= _P99_MS
        assert max(people.first_ms) <= _LONGEST_MS


async def _people(cluster: Cluster) -> People:
    chats = [
        await cluster.world.chat(platform, "group", person)
        for platform in ("discord", "telegram")
        for person in (READER_1, READER_2)
    ]
    return People(chats, {chat.platform: await _cards(chat) for chat in chats})


async def _cards(chat: Chat) -> list[Json]:
    return [one for one in await chat.messages() if any(button["label"] == "Read" for button in one["buttons"])]


async def _are_read(storage: Database) -> bool:
    count = select(func.count()).where(sources.c.last_read_at.is_not(None), sources.c.address.like("http://127.0.1.%"))
    async with storage.looking() as connection:
        return (await connection.execute(count)).scalar_one() >= _FEEDS


async def _read_for_ever(storage: Database, addresses: Sequence[str]) -> None:
    """All are due now, and then each minute."""
    async with storage.writing() as work:
        for address in addresses:
            source = NewSource(
                kind=SourceKind.FEED,
                address=address,
                title=address,
                interval_s=_READ_EVERY_S,
                keeps_interval=True,
                fetches_full_text=False,
            )
            await work.sources.add(source, now=NOON)
        await work.commit()
