"""Those who look after a channel are told in private what happens to it, once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.channel import ChannelKind, Loss, Prefers
from bot.domain.delivery import DeliveryState
from bot.domain.subscription import Everything
from bot.messages.post import Post
from bot.messages.text import plain
from bot.ports.backups import RESTORED_AT
from bot.ports.platform import ChannelLostError, PostRefusedError, UncertainError
from bot.ports.reading import Reading, ReadingError
from bot.services.deliver import Deliverer
from bot.services.let_in import DoorKeeper
from bot.services.read_sources import SourceReader
from bot.services.topics import Topics
from storage import Database
from tests import stored
from tests.builders import channel_ref, draft, new_channel
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.feeds import FakeFeeds
from tests.fakes.platform import FakePlatform

_NEWS, _ADA = channel_ref("100"), channel_ref("@ada")
_FEED = "https://ada:secret@wire.example/feed"


class Watch:
    """A channel that Ada looks after, and what she sees of it."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database, self.clock = database, clock
        self.platform = FakePlatform()
        self.deliverer = Deliverer(database, {"discord": self.platform}, clock, FakeEvents())
        self.doors = DoorKeeper(database, clock, wake=self.deliverer.wake)
        self.feeds = FakeFeeds()
        self.reader = SourceReader(database, self.feeds, topics, clock, FakeEvents(), refresh_delay=timedelta(0))

    async def begin(self) -> None:
        async with self.database.writing() as work:
            news = await work.channels.meet(new_channel("100", title="#news"), now=self.clock.now())
            private = await work.channels.meet(new_channel("@ada", kind=ChannelKind.PRIVATE), now=self.clock.now())
            await work.subscriptions.add(news.id, Everything(), now=self.clock.now())
            await work.notices.keep(news.id, private.id, now=self.clock.now())
            await work.commit()
        await self.deliverer.connect("discord", await stored.leased(self.database, "discord"))

    async def posts(self, *titles: str) -> None:
        for title in titles:
            await stored.promised(self.database, await stored.story(self.database, title), now=self.clock.now())

    async def deliver(self, *, for_s: int = 10) -> None:
        for _ in range(for_s):
            while await self.deliverer.deliver_due():
                pass
            self.clock.pass_on(1)

    @property
    def told(self) -> list[Post]:
        return [post for to, post, _ in self.platform.sent if to == _ADA]

    @property
    def shown(self) -> list[str | None]:
        return [post.title for to, post, _ in self.platform.sent if to == _NEWS]


def _words(post: Post) -> str:
    return "\n".join((post.title or "", *(plain(block.text) for block in post.blocks)))


def _labels(post: Post) -> list[str]:
    return [control.label for row in post.controls for control in row]


def _raising(errors: Sequence[Exception]) -> Callable[[], None]:
    waiting = list(errors)

    def trouble() -> None:
        if waiting:
            raise waiting.pop(0)

    return trouble


@pytest.fixture
async def watch(database: Database, topics: Topics, clock: HeldClock) -> Watch:
    opened = Watch(database, topics, clock)
    await opened.begin()
    return opened


async def test_a_channel_that_shuts_us_out_is_called_once_and_told_of_once(watch: Watch) -> None:
    calls: list[None] = []

    def refuse() -> None:
        calls.append(None)
        raise ChannelLostError("Missing Access", loss=Loss.SHUT_OUT)

    watch.platform.trouble_at[_NEWS] = refuse
    await watch.posts("One", "Two", "Three")
    await watch.deliver()
    [told] = watch.told
    assert told.title == "Posting in #news is paused"
    assert "Invite me again" in _words(told)
    assert _labels(told) == ["Try again"]
    assert len(calls) == 1


async def test_what_is_over_when_it_could_be_told_is_not_told(watch: Watch) -> None:
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.doors.opened(_NEWS)
    await watch.deliver()
    assert watch.told == []


_PAUSED, _GOES_ON = "Posting in #news is paused", "Posting in #news goes on"


async def test_a_channel_that_closes_again_and_again_is_told_of_once_an_hour(watch: Watch) -> None:
    for _ in range(3):
        await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
        await watch.deliver()
        await watch.doors.opened(_NEWS)
        await watch.deliver()
    assert [post.title for post in watch.told] == [_PAUSED, _GOES_ON]
    watch.clock.pass_on(3600)
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver()
    assert [post.title for post in watch.told] == [_PAUSED, _GOES_ON, _PAUSED]


async def test_what_closes_again_within_the_hour_and_stays_so_is_told_when_the_hour_is_over(watch: Watch) -> None:
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver()
    await watch.doors.opened(_NEWS)
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver()
    assert [post.title for post in watch.told] == [_PAUSED], "it is paused, as they were told"
    watch.clock.pass_on(3600)
    await watch.deliver()
    assert [post.title for post in watch.told] == [_PAUSED, _PAUSED]


async def test_who_was_told_of_a_pause_hears_that_it_is_over_beside_the_question_in_the_channel(watch: Watch) -> None:
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver()
    await watch.posts(*(f"Story {number}" for number in range(12)))
    await watch.doors.opened(_NEWS)
    await watch.deliver()
    assert [post.title for post in watch.told] == [_PAUSED, _GOES_ON]
    assert watch.shown == [_GOES_ON]


async def test_who_could_not_be_told_of_a_pause_hears_nothing_of_its_end(watch: Watch) -> None:
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.doors.opened(_NEWS)
    await watch.deliver()
    assert watch.told == []


@pytest.mark.parametrize("back_s", [3600, 86400])
async def test_a_clock_set_back_keeps_nobody_from_hearing_or_trying(watch: Watch, back_s: int) -> None:
    for _ in range(2):
        await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
        await watch.deliver()
        async with watch.database.reading() as look:
            channel = await look.channels.find(_NEWS)
        assert channel
        watch.clock.pass_on(-back_s)
        assert await watch.doors.try_again(channel), "nobody tried just now"
    assert [post.title for post in watch.told] == [_PAUSED] * 2


async def test_doubtful_posts_are_told_together_with_what_can_be_done(watch: Watch) -> None:
    watch.platform.trouble_at[_NEWS] = _raising([UncertainError("cut")] * 4)
    await watch.posts("One", "Two")
    await watch.deliver(for_s=20)
    [told] = watch.told
    assert told.title == "2 posts may be missing in #news"
    assert "One" in _words(told)
    assert "Two" in _words(told)
    assert _labels(told) == ["Resend all 2", "Leave them"]


async def test_posts_that_a_restore_parked_are_told_of_once_when_a_sender_begins(watch: Watch) -> None:
    await watch.posts("One", "Two")
    now = watch.clock.now()
    async with watch.database.changing() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET state = 'parked', settled_at = ?", (now.strftime("%Y-%m-%d %H:%M:%S.%f"),)
        )
        await connection.commit()
    async with watch.database.writing() as work:
        await work.notes.write(RESTORED_AT, now.isoformat())
        await work.commit()
    for _ in range(2):
        await watch.deliverer.connect("discord", await stored.leased(watch.database, "discord"))
        await watch.deliver()
    [told] = watch.told
    assert told.title == "2 posts may be missing in #news"
    assert "backup was restored" in _words(told)
    assert _labels(told) == ["Resend all 2", "Leave them"]


async def test_a_channel_that_wants_nothing_twice_has_its_moderator_asked_at_once(watch: Watch) -> None:
    async with watch.database.writing() as work:
        news = await work.channels.find(_NEWS)
        assert news
        await work.channels.prefer(news.id, Prefers.NO_DUPLICATE)
        await work.commit()
    tries: list[None] = []

    def cut() -> None:
        tries.append(None)
        raise UncertainError("cut")

    watch.platform.trouble_at[_NEWS] = cut
    await watch.posts("One")
    await watch.deliver()
    [told] = watch.told
    assert _labels(told) == ["Resend", "Leave it"]
    assert len(tries) == 1


async def test_what_a_channels_own_rules_refuse_is_told_once_a_day(watch: Watch) -> None:
    def refuse() -> None:
        raise PostRefusedError("Discord says: link filter", by_rules=True)

    watch.platform.trouble_at[_NEWS] = refuse
    await watch.posts("One", "Two")
    await watch.deliver()
    [told] = watch.told
    assert told.title == "A story was refused in #news"
    assert "link filter" in _words(told)
    watch.clock.pass_on(86400)
    await watch.posts("Three")
    await watch.deliver()
    assert len(watch.told) == 2


async def test_what_is_refused_for_an_error_of_ours_is_not_for_moderators(watch: Watch) -> None:
    watch.platform.trouble_at[_NEWS] = _raising([PostRefusedError("Invalid Form Body")])
    await watch.posts("One")
    await watch.deliver()
    assert watch.told == []


async def test_a_notice_of_unknown_outcome_is_repeated_once_and_brings_no_notice_of_its_own(watch: Watch) -> None:
    watch.platform.trouble_at[_ADA] = _raising([UncertainError("cut")] * 5)
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver(for_s=30)
    assert watch.told == []
    async with watch.database.reading() as look:
        counts = await look.deliveries.counts()
    assert counts[DeliveryState.PARKED] == 1
    assert sum(counts.values()) == 1


async def test_a_moderator_who_takes_no_messages_keeps_nothing_from_the_channel(watch: Watch) -> None:
    def refuse() -> None:
        raise ChannelLostError("closed", loss=Loss.BLOCKED)

    watch.platform.trouble_at[_ADA] = refuse
    await watch.doors.closed([_NEWS], reason="removed", loss=Loss.SHUT_OUT)
    await watch.deliver()
    await watch.doors.opened(_NEWS)
    await watch.posts("One")
    await watch.deliver()
    assert watch.shown == ["One"]


async def test_a_source_that_is_gone_is_told_of_at_once_and_once_and_asked_twice_a_day(watch: Watch) -> None:
    watch.feeds.pages[_FEED] = Reading(title="The Wire", drafts=(draft("One", guid="1"),))
    await watch.reader.add(_FEED, title="The Wire", interval_s=600)
    watch.feeds.pages[_FEED] = ReadingError("It was taken away for good (410).", kind="gone")
    watch.clock.pass_on(3600)
    await watch.reader.read_due()
    await watch.deliver(for_s=1)
    [gone] = watch.told
    assert gone.title == "The Wire cannot be read"
    assert "more than a day" not in _words(gone)
    assert "taken away for good" in _words(gone)
    for _ in range(48):
        watch.clock.pass_on(3600)
        await watch.reader.read_due()
        await watch.deliver(for_s=1)
    assert len(watch.told) == 1
    assert len(watch.feeds.asked) <= 6


async def test_a_source_that_has_moved_for_good_is_told_of_once_with_its_new_address(watch: Watch) -> None:
    there = "https://new.example/feed?key=s3cret"
    reading = Reading(title="The Wire", drafts=(draft("One", guid="1"),))
    watch.feeds.pages[_FEED] = replace(reading, moved_to=there)
    watch.feeds.pages[there] = reading
    await watch.reader.add(_FEED, title="The Wire", interval_s=600)
    for _ in range(30):
        watch.clock.pass_on(3600 * 12)
        await watch.reader.read_due()
        await watch.deliver(for_s=1)
    [moved] = watch.told
    assert moved.title == "The Wire has moved"
    assert "https://new.example/feed?key=…" in _words(moved)
    assert "s3cret" not in _words(moved)
    assert watch.feeds.asked[-1][0] == there


async def test_a_source_that_fails_for_a_day_is_told_of_once_and_once_when_it_is_back(watch: Watch) -> None:
    watch.feeds.pages[_FEED] = Reading(title="The Wire", drafts=(draft("One", guid="1"),))
    await watch.reader.add(_FEED, title="The Wire", interval_s=600)
    watch.feeds.pages[_FEED] = ReadingError("The server said no.", kind="status")
    for _ in range(30):
        watch.clock.pass_on(3600 * 4)
        await watch.reader.read_due()
        await watch.deliver(for_s=1)
    [fails] = watch.told
    assert fails.title == "The Wire cannot be read"
    assert "The server said no." in _words(fails)
    assert "secret" not in _words(fails)
    async with watch.database.reading() as look:
        assert await look.sources.at(_FEED), "never given up"

    watch.feeds.pages[_FEED] = Reading(title="The Wire", drafts=(draft("One", guid="1"),))
    for _ in range(10):
        watch.clock.pass_on(3600 * 12)
        await watch.reader.read_due()
        await watch.deliver(for_s=1)
    assert [post.title for post in watch.told] == ["The Wire cannot be read", "The Wire can be read again"]
