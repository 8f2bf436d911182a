"""What the bot does is counted, and told in Prometheus' text format."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.served import QueueLook, metrics_mount
from adapters.web.metrics import Metrics
from bot.domain.subscription import Everything
from bot.ports.measures import Answering, FeedReading, Matching, Sending, SlowedDown
from bot.ports.platform import TryLaterError
from bot.ports.progress import Progress
from bot.ports.reading import Reading, ReadingError, Unchanged
from bot.services.deliver import Deliverer
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from tests.builders import NOON, draft
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds
from tests.fakes.platform import FakePlatform
from tests.newsroom import Newsroom, open_newsroom, small_catalogue
from tests.stored import leased
from tests.web_door import served


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path) as opened:
        yield opened


def figures(page: str) -> Mapping[str, float]:
    """Every sample that is not of this process in general, as it is written."""
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name.startswith("newsbot") and not sample.name.endswith(("_created", "_bucket"))
    }


async def test_the_page_tells_what_was_measured_and_how_it_stands(newsroom: Newsroom) -> None:
    metrics, progress = Metrics(), Progress(connected={"discord"}, refused={"telegram": "wrong token"})
    metrics(Sending(platform="discord", kind="headline", outcome="sent", took_s=0.2, waited_s=0.1))
    metrics(Sending(platform="discord", kind="headline", outcome="waiting", took_s=0.1))
    metrics(Answering(platform="telegram", request="press", took_s=0.01))
    metrics(FeedReading(result="unchanged", took_s=0.3))
    metrics(Matching(took_s=0.001))
    metrics(SlowedDown(platform="telegram"))
    await newsroom.follow(Everything())
    await newsroom.import_stories(draft("Under way"), title="Wire")
    progress.note("sources", newsroom.clock.now())
    newsroom.clock.pass_on(90)
    mount = metrics_mount(progress, QueueLook(newsroom.database, newsroom.clock), newsroom.clock, figures=metrics.page)
    async with served([mount]) as client, client.get("/metrics") as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
        page = await answer.text()
    assert "process_resident_memory_bytes" in page
    assert figures(page) == {
        "newsbot_sends_total kind=headline outcome=sent platform=discord": 1,
        "newsbot_sends_total kind=headline outcome=waiting platform=discord": 1,
        "newsbot_send_seconds_count platform=discord": 2,
        "newsbot_send_seconds_sum platform=discord": pytest.approx(0.3),
        "newsbot_send_wait_seconds_count platform=discord": 1,
        "newsbot_send_wait_seconds_sum platform=discord": 0.1,
        "newsbot_answer_seconds_count platform=telegram request=press": 1,
        "newsbot_answer_seconds_sum platform=telegram request=press": 0.01,
        "newsbot_feed_reading_seconds_count result=unchanged": 1,
        "newsbot_feed_reading_seconds_sum result=unchanged": 0.3,
        "newsbot_matching_seconds_count": 1,
        "newsbot_matching_seconds_sum": 0.001,
        "newsbot_rate_limited_total platform=telegram": 1,
        "newsbot_queue_deliveries platform=discord state=pending": 1,
        "newsbot_queue_oldest_seconds platform=discord": 90,
        "newsbot_loop_idle_seconds loop=sources": 90,
        "newsbot_platform_connected platform=discord": 1,
        "newsbot_platform_connected platform=telegram": 0,
    }


def test_two_bots_in_one_process_count_apart_and_what_is_over_is_not_told() -> None:
    one, other, progress = Metrics(), Metrics(), Progress(connected={"discord"})
    one(SlowedDown(platform="discord"))
    assert "newsbot_rate_limited_total{" not in other.page([], progress, NOON).decode()
    progress.connected.clear()
    assert "newsbot_platform_connected{" not in one.page([], progress, NOON).decode()


async def test_a_send_is_measured_from_when_it_was_wanted_and_a_second_try_is_not(newsroom: Newsroom) -> None:
    platform = FakePlatform()
    deliverer = Deliverer(newsroom.database, {"discord": platform}, newsroom.clock, newsroom.events)
    await deliverer.connect("discord", await leased(newsroom.database, "discord"))
    await newsroom.follow(Everything())
    await newsroom.import_stories(draft("Under way"), title="Wire")
    newsroom.clock.pass_on(3)

    def slow_down() -> None:
        raise TryLaterError("slow down", wait_s=5)

    platform.trouble = slow_down
    await deliverer.deliver_due()
    platform.trouble = lambda: None
    newsroom.clock.pass_on(5)
    await deliverer.deliver_due()
    sendings = [one for one in newsroom.events.measured if isinstance(one, Sending)]
    assert [(one.platform, one.kind, one.outcome, one.waited_s) for one in sendings] == [
        ("discord", "headline", "waiting", 3.0),
        ("discord", "headline", "sent", None),
    ]


async def test_answers_and_readings_are_measured_by_what_they_were(newsroom: Newsroom) -> None:
    await newsroom.command("help")
    await newsroom.suggest("headlines", "topic", "ja")
    answers = [one for one in newsroom.events.measured if isinstance(one, Answering)]
    assert [(one.platform, one.request) for one in answers] == [("discord", "command"), ("discord", "suggest")]
    feeds, address = FakeFeeds(), "https://wire.example/feed"
    reader = SourceReader(
        newsroom.database, feeds, newsroom.topics, newsroom.clock, newsroom.events, refresh_delay=timedelta(0)
    )
    feeds.pages[address] = Reading(title="Wire", drafts=())
    source = (await reader.add(address)).source
    for page in (feeds.pages[address], Unchanged(), ReadingError("Too slow.", kind="timeout")):
        feeds.pages[address] = page
        await reader.read(source)
    readings = [one.result for one in newsroom.events.measured if isinstance(one, FeedReading)]
    assert readings == ["changed", "unchanged", "timeout"]


async def test_finding_topics_is_measured(newsroom: Newsroom) -> None:
    events = FakeEvents()
    topics = Topics(small_catalogue(), measure=events.measure)
    async with newsroom.database.reading() as look:
        await topics.touched_by(look, draft("Tokyo votes"))
    assert [type(one) for one in events.measured] == [Matching]
