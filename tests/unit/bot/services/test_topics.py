"""Articles are matched to the catalogue's topics and to what readers follow in their own words."""

from dataclasses import replace

import pytest

from bot.domain.article import Draft
from bot.domain.matching import Matcher
from bot.domain.subscription import FromTopic, Subscription
from bot.domain.topic import own_words
from bot.domain.weighing import weighed
from bot.services.topics import Topics
from storage import Database
from tests.builders import draft, new_channel
from tests.fakes.clocks import HeldClock


async def follow(database: Database, clock: HeldClock, words: str, place: str = "1") -> Subscription:
    async with database.writing() as work:
        channel = await work.channels.meet(new_channel(place), now=clock.now())
        target = FromTopic(topic_id=own_words(words).id, label=words)
        subscription, _ = await work.subscriptions.add(channel.id, target, now=clock.now())
        await work.commit()
    return subscription


async def stop(database: Database, subscription: Subscription) -> None:
    async with database.writing() as work:
        await work.subscriptions.remove(subscription.channel_id, subscription.id)
        await work.commit()


async def learn(database: Database, topics: Topics) -> None:
    async with database.reading() as look:
        await topics.refresh(look)


async def touched(database: Database, topics: Topics, *told: str) -> list[str]:
    async with database.reading() as look:
        return [match.topic_id for match in await topics.touched_by(look, draft(*told))]


async def test_catalogue_topics_are_known_from_the_start(topics: Topics, database: Database) -> None:
    assert await touched(database, topics, "A vote", "It was held in Tokyo.") == ["japan"]


async def test_a_teaser_speaks_where_there_are_no_paragraphs(topics: Topics, database: Database) -> None:
    async with database.reading() as look:
        matches = await topics.touched_by(look, Draft(title="A vote", teaser="In Beijing."))
    assert [match.topic_id for match in matches] == ["china"]


async def test_own_words_count_from_when_they_are_learnt_until_nobody_follows_them(
    topics: Topics, database: Database, clock: HeldClock
) -> None:
    assert await touched(database, topics, "The ferry is back") == []
    mine = await follow(database, clock, "ferry")
    yours = await follow(database, clock, "Ferry", place="2")
    await learn(database, topics)
    assert await touched(database, topics, "The ferry is back") == ["words:ferry"]
    await stop(database, mine)
    assert await touched(database, topics, "The ferry is back") == ["words:ferry"], "somebody still follows it"
    await stop(database, yours)
    assert await touched(database, topics, "The ferry is back") == []


async def test_own_words_that_are_followed_again_count_again(
    topics: Topics, database: Database, clock: HeldClock
) -> None:
    for _ in range(2):
        mine = await follow(database, clock, "ferry")
        await learn(database, topics)
        assert await touched(database, topics, "The ferry is back to Japan") == ["words:ferry", "japan"]
        await stop(database, mine)
        await learn(database, topics)
        assert await touched(database, topics, "The ferry is back to Japan") == ["japan"]


async def test_what_is_learnt_is_learnt_once_and_what_is_new_later(
    topics: Topics, database: Database, clock: HeldClock
) -> None:
    await follow(database, clock, "ferry")
    for _ in range(2):
        await learn(database, topics)
    await follow(database, clock, "harbour")
    assert await touched(database, topics, "The ferry is in the harbour") == ["words:ferry"]
    await learn(database, topics)
    assert await touched(database, topics, "The ferry is in the harbour") == ["words:ferry", "words:harbour"]


async def test_more_own_words_than_are_read_at_a_time_are_all_learnt(
    topics: Topics, database: Database, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.topics._AT_ONCE", 2)
    words = ("ferry", "harbour", "pilot", "anchor")
    for word in words:
        await follow(database, clock, word)
    await learn(database, topics)
    assert await touched(database, topics, " ".join(words)) == [f"words:{word}" for word in words]


def test_a_name_is_a_catalogue_topic_before_it_is_words(topics: Topics) -> None:
    assert topics.named("JAPAN").id == "japan"
    assert topics.named("green tea").id == "words:green tea"


def test_nearly_a_topic_s_name_suggests_it_and_the_name_itself_nothing(topics: Topics) -> None:
    assert [topic.id for topic in topics.meant(topics.named("japn"))] == ["japan"]
    assert topics.meant(topics.named("Japan")) == ()
    assert topics.meant(topics.named("green tea")) == ()


async def test_topics_that_were_worked_out_before_are_the_same(topics: Topics, database: Database) -> None:
    [told] = weighed([draft("A vote", "It was held in Tokyo.")], Matcher(topics.catalogue))
    async with database.reading() as look:
        assert await topics.touched_by(look, told) == await topics.touched_by(look, replace(told, wording=None))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("harbour bridge", "The harbour bridges are closed."),
        ("yeni liman", "Səhər yeni limandan keçmək mümkün olmayıb, körpü isə hələ açılmayıb."),
        ("baby", "Two babies were born there."),
        ("пожар", "Пожары тушат вторые сутки."),
        ("py_test", "It was written with py_test, they say."),
        ("___", "The password is ___ and nothing else."),
    ],
)
async def test_own_words_are_found_though_other_topics_were_worked_out_before(
    topics: Topics, database: Database, clock: HeldClock, words: str, text: str
) -> None:
    await follow(database, clock, words)
    await learn(database, topics)
    [told] = weighed([draft("Nothing", text)], Matcher(topics.catalogue))
    async with database.reading() as look:
        assert [match.topic_id for match in await topics.touched_by(look, told)] == [own_words(words).id]
