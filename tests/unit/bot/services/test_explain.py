"""Every "why?" has an answer: what asked for a story, what held it up, and where it is now."""

from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.channel import Channel
from bot.domain.delivery import RateLimit, Waited
from bot.domain.errors import UnknownChannelError
from bot.domain.subscription import Everything, FromSource, FromTopic, Target
from bot.domain.topic import TopicId
from bot.messages.text import plain
from bot.ports.platform import ChannelLostError, PostRefusedError, TryLaterError, UncertainError
from bot.services.deliver import Deliverer
from bot.services.explain import channel_asked_for, explain
from bot.services.publish import publish
from bot.services.topics import Topics
from bot.views.why import why, why_sentences
from storage import Database
from tests import stored
from tests.builders import channel_ref, draft, new_channel, new_source
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.platform import FakePlatform

JAPAN = FromTopic(topic_id=TopicId("japan"), label="Japan")
CHINA = FromTopic(topic_id=TopicId("china"), label="China")
SOURCE_ADDRESS = "https://wire.example/feed"


class Asked:
    """A channel on a platform that does as told, and somebody in it who asks why."""

    def __init__(self, database: Database, topics: Topics, clock: HeldClock) -> None:
        self.database, self.topics, self.clock = database, topics, clock
        self.platform = FakePlatform()
        self.deliverer = Deliverer(database, {"discord": self.platform}, clock, FakeEvents())

    async def follow(self, *targets: Target) -> Channel:
        async with self.database.writing() as work:
            channel = await work.channels.meet(new_channel(), now=self.clock.now())
            for target in targets:
                await work.subscriptions.add(channel.id, target, now=self.clock.now())
            await work.commit()
        return channel

    async def publish(
        self, title: str = "Tokyo votes on a harbour", *paragraphs: str, announce: int = 9, is_told_later: bool = False
    ) -> StoryId:
        async with self.database.writing() as work:
            source = await work.sources.at(SOURCE_ADDRESS) or await work.sources.add(
                new_source(SOURCE_ADDRESS), now=self.clock.now()
            )
            drafts = [draft(title, *paragraphs, guid=title)]
            told = await publish(
                work,
                self.topics,
                source,
                drafts,
                now=self.clock.now(),
                announce=announce,
                rest_since=self.clock.now() - timedelta(days=1) if is_told_later else None,
                refresh_delay=timedelta(0),
            )
            await work.commit()
        return told.new[0]

    async def send(self, *troubles: BaseException) -> None:
        """Send what is due; the first attempts fail so."""
        waiting = list(troubles)

        def trouble() -> None:
            if waiting:
                raise waiting.pop(0)

        self.platform.trouble = trouble
        await self.deliverer.connect("discord", await stored.leased(self.database))
        await self.deliverer.deliver_due()

    async def why(self, story_id: StoryId) -> str:
        async with self.database.reading() as look:
            story = await look.stories.find(story_id)
            channel = await look.channels.find(channel_ref())
            assert story
            assert channel
            explained = await explain(look, self.topics, channel, story, now=self.clock.now())
        return "\n".join(map(plain, why_sentences(explained)))


@pytest.fixture
def asked(database: Database, topics: Topics, clock: HeldClock) -> Asked:
    return Asked(database, topics, clock)


async def test_why_did_it_come_by_which_word_and_where_that_stands(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    asked.clock.pass_on(0.5)
    await asked.send()
    told = await asked.why(story)
    assert "The Wire told it first, seen 23 Nov 2026, 12:00 UTC." in told
    assert "as the topic Japan is followed here: “Tokyo” stands in the headline, “Tokyo votes on a harbour”." in told
    assert told.endswith("It was posted 23 Nov 2026, 12:00 UTC, 0.5 s after it was first seen.")


@pytest.mark.parametrize(("seconds", "is_told"), [(0.04, False), (0.4, True)])
async def test_only_a_wait_that_anybody_could_notice_is_told(asked: Asked, seconds: float, *, is_told: bool) -> None:
    await asked.follow(JAPAN)
    asked.platform.waited = Waited(limit=RateLimit.OVERALL, seconds=seconds)
    story = await asked.publish()
    await asked.send()
    assert ("of that it waited" in await asked.why(story)) is is_told


async def test_the_words_around_a_word_are_quoted_whole(asked: Asked) -> None:
    await asked.follow(FromTopic(topic_id=TopicId("words:storm tide"), label="storm tide"))
    long = (
        "Engineers who had worked on the old quays said that the storm tide of this winter was the highest since the "
    )
    story = await asked.publish(
        "Harbour reopens", "The first ferries left.", long + "records of the port began in 1902."
    )
    told = await asked.why(story)
    assert "the words “storm tide” are followed here: “storm tide” stands in paragraph 2, “… " in told
    assert (
        "on the old quays said that the storm tide of this winter was the highest since the records of the …”." in told
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [(Everything(), "everything is followed here"), (None, "the source The Wire is followed here")],
)
async def test_a_source_and_everything_need_no_word(asked: Asked, target: Target | None, said: str) -> None:
    async with asked.database.writing() as work:
        source = await work.sources.add(new_source(SOURCE_ADDRESS), now=asked.clock.now())
        await work.commit()
    await asked.follow(target or FromSource(source_id=source.id, label="The Wire"))
    assert said in await asked.why(await asked.publish())


async def test_why_did_it_not_come_when_nobody_follows_what_it_is_about(asked: Asked) -> None:
    await asked.follow(CHINA)
    story = await asked.publish()
    assert "Nobody here follows any of its topics: Japan. Follow one with /subscribe." in await asked.why(story)


async def test_other_readers_own_words_are_told_to_nobody(asked: Asked) -> None:
    async with asked.database.writing() as work:
        other = await work.channels.meet(new_channel("200"), now=asked.clock.now())
        secret = FromTopic(topic_id=TopicId("words:harbour"), label="harbour")
        await work.subscriptions.add(other.id, secret, now=asked.clock.now())
        await work.commit()
    await asked.follow(CHINA)
    story = await asked.publish("A harbour far away")
    told = await asked.why(story)
    assert "harbour" not in told
    assert "It touches no topic that I know" in told


async def test_why_did_it_not_come_when_nothing_is_followed(asked: Asked) -> None:
    await asked.follow()
    assert "Nothing is followed here, so nothing is posted." in await asked.why(await asked.publish())


async def test_why_did_it_not_come_when_it_was_not_among_the_newest(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish(announce=0)
    assert "It was not posted: it was not among the newest when The Wire was first read" in await asked.why(story)


async def test_why_did_it_come_in_a_digest(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish(announce=0, is_told_later=True)
    await asked.send()
    told = await asked.why(story)
    assert "More had come while we were away than is posted one by one, so it stands in one post with others." in told
    assert "It was posted 23 Nov 2026, 12:00 UTC" in told


async def test_why_did_it_not_come_when_it_was_there_before_it_was_followed(asked: Asked) -> None:
    story = await asked.publish()
    asked.clock.pass_on(60)
    await asked.follow(JAPAN)
    assert "That was first followed here 23 Nov 2026, 12:01 UTC, and it came before." in await asked.why(story)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            TryLaterError("asked for a pause", wait_s=7.5, limit=RateLimit.ASKED),
            "it had to wait 7.5 s, as the platform asked us to pause.",
        ),
        (
            TryLaterError("used up", wait_s=40, limit=RateLimit.CHANNEL),
            "it had to wait 40 s, as the platform takes only so many posts in one channel.",
        ),
        (
            TryLaterError("Discord cannot be reached", wait_s=5),
            "it could not be sent (Discord cannot be reached); tried again after 5 s.",
        ),
        (
            UncertainError("the connection broke"),
            "nobody knew whether it had arrived (the connection broke); we looked again after 1 s.",
        ),
    ],
)
async def test_why_was_it_late(asked: Asked, error: BaseException, said: str) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    await asked.send(error)
    assert said in await asked.why(story)
    assert "It leaves in " in await asked.why(story)
    asked.clock.pass_on(61)
    await asked.deliverer.deliver_due()
    told = await asked.why(story)
    assert said in told
    assert "1 min 1 s after it was first seen" in told


async def test_why_was_it_late_behind_another_post(asked: Asked) -> None:
    await asked.follow(JAPAN)
    await asked.publish("Tokyo, the first")
    second = await asked.publish("Tokyo, the second")
    await asked.send(TryLaterError("used up", wait_s=30, limit=RateLimit.CHANNEL))
    asked.clock.pass_on(30)
    while await asked.deliverer.deliver_due():
        pass
    told = await asked.why(second)
    assert "It waited 30 s behind an earlier post, which could not leave: the platform takes only so many posts" in told


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ChannelLostError("the bot was kicked"), "It is kept until this place takes posts again (the bot was kicked)."),
        (PostRefusedError("harmful link"), "It is not tried again: harmful link."),
    ],
)
async def test_what_stands_in_its_way_is_told_and_what_to_do(asked: Asked, error: BaseException, said: str) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    await asked.send(error)
    assert said in await asked.why(story)


async def test_what_may_have_arrived_is_left_to_a_moderator(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    await asked.send(UncertainError("cut"), UncertainError("cut again"))
    asked.clock.pass_on(2)
    await asked.deliverer.deliver_due()
    assert "It may or may not have arrived (cut again): only a moderator can have it sent again." in await asked.why(
        story
    )


async def test_what_has_not_been_tried_says_so(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    assert "It leaves as soon as the bot is connected" in await asked.why(story)
    asked.clock.pass_on(3600)
    assert "It waited 1 h for its turn" in await asked.why(story)


async def test_a_hundred_tries_are_few_sentences(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story = await asked.publish()
    await asked.send(*[TryLaterError("used up", wait_s=1, limit=RateLimit.CHANNEL) for _ in range(20)])
    for _ in range(19):
        asked.clock.pass_on(1)
        await asked.deliverer.deliver_due()
    told = await asked.why(story)
    assert "14 more tries" in told
    assert len(told.splitlines()) < 12


async def test_the_answer_is_a_post_that_fits(asked: Asked) -> None:
    await asked.follow(JAPAN)
    story_id = await asked.publish("Tokyo " + "x" * 900)
    async with asked.database.reading() as look:
        story = await look.stories.find(story_id)
        channel = await look.channels.find(channel_ref())
        assert story
        assert channel
        post = why(await explain(look, asked.topics, channel, story, now=asked.clock.now()))
    assert post.title
    assert len(post.title) < 200


@pytest.mark.parametrize("name", ["discord:100", "1", "#news"])
async def test_a_channel_is_asked_for_by_address_number_or_title(asked: Asked, name: str) -> None:
    channel = await asked.follow(JAPAN)
    async with asked.database.reading() as look:
        assert (await channel_asked_for(look, name)).id == channel.id


async def test_a_channel_is_found_by_its_name_as_people_write_it(asked: Asked) -> None:
    async with asked.database.writing() as work:
        channel = await work.channels.meet(new_channel(title="world-news"), now=asked.clock.now())
        await work.commit()
    async with asked.database.reading() as look:
        assert (await channel_asked_for(look, "#world-news")).id == channel.id


@pytest.mark.parametrize(
    ("name", "said"),
    [("telegram:100", "There is no channel"), ("99", "There is no channel"), ("#news", r"1 \(discord:100\), 2 \(")],
)
async def test_a_channel_that_is_not_clear_is_asked_for_again(asked: Asked, name: str, said: str) -> None:
    await asked.follow(JAPAN)
    async with asked.database.writing() as work:
        await work.channels.meet(new_channel("200", thread="5"), now=asked.clock.now())
        await work.commit()
    async with asked.database.reading() as look:
        with pytest.raises(UnknownChannelError, match=said):
            await channel_asked_for(look, name)


async def test_what_was_held_back_for_a_closed_place_waits_for_a_moderator_once_it_is_open(asked: Asked) -> None:
    channel = await asked.follow(JAPAN)
    story = await asked.publish()
    await asked.send(ChannelLostError("the bot was kicked"))
    async with asked.database.writing() as work:
        await work.channels.resume(channel.id, now=asked.clock.now(), most=0)
        await work.commit()
    assert "It is held back, as this place took no posts when it came" in await asked.why(story)
