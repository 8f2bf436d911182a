"""What the port promises about subscriptions."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, text

from bot.domain.subscription import Everything, FromSource, FromTopic, SubscriptionId
from bot.domain.topic import TopicId, own_words
from storage import Database
from storage.tables import IS_OWN_WORDS, subscriptions
from tests import stored
from tests.builders import NOON

_LITERAL = {"literal_binds": True}


def _own(words: str) -> FromTopic:
    return FromTopic(topic_id=own_words(words).id, label=words)


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


async def test_own_words_are_told_in_the_order_of_following_and_other_subscriptions_not(storage: Database) -> None:
    wind, rail = _own("Wind power"), _own("rail_%")
    async with storage.writing() as work:
        await stored.channel_in(work, "100", wind, _topic("iran", "Iran"), Everything(), _topic("words", "Words"))
        await stored.channel_in(work, "200", _own("WIND POWER"), rail)
        told = await work.subscriptions.own_words(after=SubscriptionId(0), limit=9)
        assert [topic_id for _, topic_id in told] == [wind.topic_id, wind.topic_id, rail.topic_id]
        assert [number for number, _ in told] == sorted({number for number, _ in told})


async def test_own_words_are_told_on_from_the_last_one_that_was_told(storage: Database) -> None:
    async with storage.writing() as work:
        channel = await stored.channel_in(work, "100", *map(_own, ("wind", "rail", "ferry")))
        some = await work.subscriptions.own_words(after=SubscriptionId(0), limit=2)
        rest = await work.subscriptions.own_words(after=some[-1][0], limit=2)
        assert [topic_id for _, topic_id in (*some, *rest)] == ["words:wind", "words:rail", "words:ferry"]
        assert await work.subscriptions.own_words(after=rest[-1][0], limit=2) == []

        again, _ = await work.subscriptions.add(channel.id, _own("rail"), now=NOON)
        assert await work.subscriptions.own_words(after=rest[-1][0], limit=2) == [], "it was followed already"
        await work.subscriptions.remove(channel.id, again.id)
        anew, _ = await work.subscriptions.add(channel.id, _own("rail"), now=NOON)
        assert await work.subscriptions.own_words(after=rest[-1][0], limit=2) == [(anew.id, "words:rail")]


async def test_own_words_that_are_being_followed_hold_up_later_ones_and_none_is_missed(
    storage: Database, other_process: Database
) -> None:
    """Whoever saw the later of two before the earlier would never ask for the earlier again."""
    async with storage.writing() as work:
        mine, yours = await stored.channel_in(work, "100"), await stored.channel_in(work, "200")
        await work.commit()

    async def follow_later() -> None:
        async with other_process.writing() as work:
            await work.subscriptions.add(yours.id, _own("rail"), now=NOON)
            await work.commit()

    async with storage.writing() as work:
        await work.subscriptions.add(mine.id, _own("wind"), now=NOON)
        later = asyncio.create_task(follow_later())
        done, _ = await asyncio.wait({later}, timeout=0.2)
        assert not done
        await work.commit()
    await later
    async with storage.reading() as look:
        told = await look.subscriptions.own_words(after=SubscriptionId(0), limit=9)
    assert [topic_id for _, topic_id in told] == ["words:wind", "words:rail"]


async def test_own_words_are_looked_up_in_an_index_of_their_own(storage: Database) -> None:
    """However many follow a country, or words of long ago, what is new is found at once."""
    async with storage.changing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        new = select(subscriptions.c.id, subscriptions.c.subject).where(subscriptions.c.id > 5, IS_OWN_WORDS)
        asked = new.order_by(subscriptions.c.id).limit(9).compile(connection.sync_engine, compile_kwargs=_LITERAL)
        plan = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        rows = (await connection.execute(text(f"{plan} {asked}"))).all()
    assert "ix_subscriptions_own_words" in str(rows)


async def test_topics_are_followed_while_any_channel_is_subscribed_to_them(storage: Database) -> None:
    many = [TopicId(f"words:{number}") for number in range(2_500)]
    async with storage.writing() as work:
        mine = await stored.channel_in(work, "100", _own("wind"), _topic("iran", "Iran"), _topic(many[-1], "last"))
        await stored.channel_in(work, "200", _own("Wind"))
        asked = [*many, _own("wind").topic_id, TopicId("iran"), TopicId("iraq")]
        assert await work.subscriptions.followed(asked) == {"words:wind", "iran", many[-1]}
        assert await work.subscriptions.followed([]) == set()

        for subscription in await work.subscriptions.of(mine.id):
            await work.subscriptions.remove(mine.id, subscription.id)
        assert await work.subscriptions.followed(asked) == {"words:wind"}
