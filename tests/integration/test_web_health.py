"""What /healthz says is what ``newsbot health`` says, and what waits."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.served import QueueLook, health_mount
from bot.domain.subscription import Everything
from bot.ports.progress import Progress
from tests.builders import draft
from tests.newsroom import Newsroom, open_newsroom
from tests.web_door import served


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path) as opened:
        yield opened


async def test_a_bot_that_gets_on_is_well_and_says_what_waits(newsroom: Newsroom) -> None:
    await newsroom.follow(Everything())
    await newsroom.import_stories(draft("Under way"), title="Wire")
    progress = Progress(platforms=frozenset({"discord"}), connected={"discord"})
    progress.held, progress.standing_by = {"discord": 3}, {"telegram"}
    progress.note("deliveries", newsroom.clock.now())
    now = newsroom.clock.now().isoformat()
    mount = health_mount(progress, QueueLook(newsroom.database, newsroom.clock), newsroom.clock)
    async with served([mount]) as client, client.get("/healthz") as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert await answer.json() == {
            "is_well": True,
            "why": "All is well on discord.",
            "at": now,
            "platforms": ["discord"],
            "connected": ["discord"],
            "held": {"discord": 3},
            "standing_by": ["telegram"],
            "refused": {},
            "troubles": {},
            "loops": {"deliveries": now},
            "queues": [{"platform": "discord", "state": "pending", "count": 1, "oldest": now}],
        }


async def test_a_bot_that_stands_still_is_not_well_and_says_why(newsroom: Newsroom) -> None:
    progress = Progress(platforms=frozenset({"discord"}), connected={"discord"})
    progress.note("sources", newsroom.clock.now() - timedelta(minutes=6))
    mount = health_mount(progress, QueueLook(newsroom.database, newsroom.clock), newsroom.clock)
    async with served([mount]) as client, client.get("/healthz") as answer:
        assert answer.status == 503
        assert (await answer.json())["why"] == "Stuck for more than five minutes: sources."


async def test_a_database_that_does_not_answer_is_said_in_time(newsroom: Newsroom) -> None:
    progress = Progress(platforms=frozenset({"discord"}), connected={"discord"})
    outbox = QueueLook(newsroom.database, newsroom.clock, patience_s=0.05)
    mount = health_mount(progress, outbox, newsroom.clock)
    async with outbox._looking, served([mount]) as client:
        async with client.get("/healthz") as answer:
            assert answer.status == 503
            assert (await answer.json())["why"] == "The database does not answer."
        progress.note("sources", newsroom.clock.now() - timedelta(minutes=6))
        async with client.get("/healthz") as answer:
            stuck = "Stuck for more than five minutes: sources."
            assert (await answer.json())["why"] == f"The database does not answer. {stuck}"


async def test_what_waits_is_counted_every_five_seconds_and_not_for_each_who_asks(newsroom: Newsroom) -> None:
    await newsroom.follow(Everything())
    outbox = QueueLook(newsroom.database, newsroom.clock)
    assert await outbox.queues() == []
    await newsroom.import_stories(draft("Under way"), title="Wire")
    assert await outbox.queues() == []
    newsroom.clock.pass_on(5)
    assert [queue.count for queue in await outbox.queues()] == [1]
