"""What the port promises about subscriptions."""

from datetime import timedelta

from bot.domain.subscription import Everything, FromSource, FromTopic, SubscriptionId
from bot.domain.topic import TopicId, own_words
from storage import Database
from tests import stored
from tests.builders import NOON


def _topic(topic_id: str, label: str) -> FromTopic:
    return FromTopic(topic_id=TopicId(topic_id), label=label)


async def test_asking_twice_changes_nothing(storage: Database) -> None:
    channel = await stored.channel(storage)
    async with storage.writing() as work:
        first, is_new = await work.subscriptions.add(channel.id, _topic("iran", "Иран"), now=NOON)
        assert is_new
        later = NOON + timedelta(days=1)
        again, is_new = await work.subscriptions.add(channel.id, _topic("iran", "Iran"), now=later)
        assert not is_new
        assert again == first


async def test_every_kind_of_target_comes_back_oldest_first(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        targets = (_topic("iran", "İran"), FromSource(source_id=source.id, label="The Wire"), Everything())
        channel = await stored.channel_in(work, "100", *targets)
        other = await stored.channel_in(work, "200", Everything())

        listed = await work.subscriptions.of(channel.id)
        assert tuple(subscription.target for subscription in listed) == targets
        assert {subscription.channel_id for subscription in listed} == {channel.id}
        assert len(await work.subscriptions.of(other.id)) == 1


async def test_a_channel_takes_away_only_what_is_its_own(storage: Database) -> None:
    async with storage.writing() as work:
        mine = await stored.channel_in(work, "100", Everything())
        other = await stored.channel_in(work, "200", Everything())
        [subscription] = await work.subscriptions.of(mine.id)

        assert await work.subscriptions.remove(other.id, subscription.id) is None
        assert await work.subscriptions.remove(mine.id, SubscriptionId(10**30)) is None
        assert await work.subscriptions.remove(mine.id, subscription.id) == subscription
        assert await work.subscriptions.remove(mine.id, subscription.id) is None
        assert await work.subscriptions.of(mine.id) == []


async def test_an_old_button_never_takes_away_a_newer_subscription(storage: Database) -> None:
    async with storage.writing() as work:
        channel = await stored.channel_in(work, "100", Everything())
        [subscription] = await work.subscriptions.of(channel.id)
        await work.subscriptions.remove(channel.id, subscription.id)
        await work.subscriptions.add(channel.id, _topic("iran", "Iran"), now=NOON)

        assert await work.subscriptions.remove(channel.id, subscription.id) is None


async def test_readers_own_words_are_told_once_each_and_catalogue_topics_not(storage: Database) -> None:
    wind = FromTopic(topic_id=own_words("Wind power").id, label="Wind power")
    async with storage.writing() as work:
        await stored.channel_in(work, "100", wind, _topic("iran", "Iran"), Everything())
        await stored.channel_in(work, "200", FromTopic(topic_id=wind.topic_id, label="WIND POWER"))
        rail = await stored.channel_in(work, "300", FromTopic(topic_id=own_words("rail_%").id, label="rail_%"))

        assert await work.subscriptions.own_words() == [
            (wind.topic_id, "Wind power"),
            (own_words("rail_%").id, "rail_%"),
        ]
        [subscription] = await work.subscriptions.of(rail.id)
        await work.subscriptions.remove(rail.id, subscription.id)
        assert await work.subscriptions.own_words() == [(wind.topic_id, "Wind power")]
