"""A channel follows what a wish names, once, and stops it."""

import pytest

from bot.domain.channel import Channel
from bot.domain.subscription import Everything, FromSource, FromTopic, Subscription, SubscriptionId
from bot.domain.topic import TopicError, TopicId
from bot.services.subscribe import Followed, Unfollowed, follow, unfollow, unfollow_named, wish_for
from bot.services.topics import Topics
from storage import Database
from tests.builders import new_channel, new_source
from tests.fakes.clocks import HeldClock


class Reader:
    """One channel and what it follows."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock, channel: Channel) -> None:
        self.database, self.topics, self.clock, self.channel = database, topics, clock, channel

    async def follow(self, wish: str) -> Followed:
        return await follow(self.database, self.topics, self.clock, self.channel, wish)

    async def stop(self, wish: str) -> Unfollowed | None:
        return await unfollow_named(self.database, self.topics, self.channel, wish)

    async def list(self) -> list[Subscription]:
        async with self.database.reading() as look:
            return await look.subscriptions.of(self.channel.id)


@pytest.fixture
async def reader(database: Database, topics: Topics, clock: HeldClock) -> Reader:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel("1"), now=clock.now())
        await work.sources.add(new_source(title="The Wire"), now=clock.now())
        await work.commit()
    return Reader(database, topics, clock, channel)


@pytest.mark.parametrize(
    ("wish", "target"),
    [
        ("Japan", FromTopic(topic_id=TopicId("japan"), label="Japan")),
        ("  JAPAN ", FromTopic(topic_id=TopicId("japan"), label="Japan")),
        ("Everything", Everything()),
        ("her  şey", Everything()),
        ("tea   with milk", FromTopic(topic_id=TopicId("words:tea with milk"), label="tea with milk")),
    ],
)
async def test_a_wish_is_everything_a_topic_or_one_s_own_words(reader: Reader, wish: str, target: object) -> None:
    assert (await reader.follow(wish)).subscription.target == target


@pytest.mark.parametrize("wish", ["the wire", "https://wire.example/feed", "HTTPS://WIRE.EXAMPLE/FEED"])
async def test_a_source_is_followed_by_title_or_address(reader: Reader, wish: str) -> None:
    target = (await reader.follow(wish)).subscription.target
    assert isinstance(target, FromSource)
    assert target.label == "The Wire"


async def test_a_topic_goes_before_a_source_of_the_same_name(reader: Reader) -> None:
    async with reader.database.writing() as work:
        await work.sources.add(new_source("https://japan.example/feed", title="Japan"), now=reader.clock.now())
        await work.commit()
    assert isinstance((await reader.follow("Japan")).subscription.target, FromTopic)


async def test_following_twice_changes_nothing(reader: Reader) -> None:
    first, again = await reader.follow("Japan"), await reader.follow("japan")
    assert (first.is_new, again.is_new) == (True, False)
    assert await reader.list() == [first.subscription]


@pytest.mark.parametrize("wish", ["!", "x" * 61, "one two three four five six"])
async def test_a_wish_that_nothing_can_be_found_by_is_refused_and_not_stored(reader: Reader, wish: str) -> None:
    with pytest.raises(TopicError):
        await reader.follow(wish)
    assert await reader.list() == []


@pytest.mark.parametrize("wish", ["everything", "Japan", "The Wire", "tea with milk"])
async def test_the_wish_for_a_target_leads_back_to_it(reader: Reader, wish: str) -> None:
    followed = await reader.follow(wish)
    stopped = await reader.stop(wish_for(followed.subscription.target))
    assert stopped == Unfollowed(target=followed.subscription.target, left=())
    assert await reader.list() == []


async def test_stopping_what_is_not_followed_stops_nothing(reader: Reader) -> None:
    held = await reader.follow("Japan")
    assert await reader.stop("China") is None
    assert await unfollow(reader.database, reader.channel, SubscriptionId(999)) is None
    assert await reader.list() == [held.subscription]


async def test_one_channel_cannot_stop_what_another_follows(reader: Reader) -> None:
    held = await reader.follow("Japan")
    async with reader.database.writing() as work:
        other = await work.channels.meet(new_channel("2"), now=reader.clock.now())
        await work.commit()
    assert await unfollow(reader.database, other, held.subscription.id) is None
    assert await unfollow_named(reader.database, reader.topics, other, "Japan") is None
    assert await reader.list() == [held.subscription]


@pytest.mark.parametrize("wish", ["everything", "The Wire"])
async def test_nobody_is_told_that_all_or_a_source_brought_nothing(reader: Reader, wish: str) -> None:
    assert (await reader.follow(wish)).recent is None


async def test_a_topic_without_stories_says_that_it_brought_none(reader: Reader) -> None:
    assert (await reader.follow("Japan")).recent == 0


@pytest.mark.parametrize("wish", ["https://other.example/feed.xml", " HTTP://other.example ", "www.other.example"])
async def test_an_address_that_is_not_read_is_no_words_to_follow(reader: Reader, wish: str) -> None:
    with pytest.raises(TopicError, match="Nothing is read from that address yet"):
        await reader.follow(wish)
    assert await reader.list() == []
