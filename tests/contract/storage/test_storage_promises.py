"""What the port promises about making deliveries."""

from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId
from bot.domain.delivery import Buried, ChannelPaused, Claim, DeliveryKind, DeliveryState, Sent, Waiting
from bot.domain.subscription import Everything, FromSource, FromTopic
from bot.domain.topic import TopicId
from storage import Database
from tests import stored
from tests.builders import NOON, draft, receipt

_IRAN = FromTopic(topic_id=TopicId("iran"), label="Iran")
_JAPAN = FromTopic(topic_id=TopicId("japan"), label="Japan")
_SECOND = timedelta(seconds=1)


async def _count(storage: Database, state: DeliveryState) -> int:
    async with storage.reading() as look:
        return (await look.deliveries.counts())[state]


async def _shown(storage: Database) -> tuple[StoryId, Claim]:
    """A story whose card stands in one channel, and the claim that brought it there."""
    story_id = await stored.story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("7"))))
    return story_id, claim


async def test_who_follows_everything_a_topic_or_a_source_is_promised_the_headline(storage: Database) -> None:
    story_id = await stored.story(storage, topics=["iran", "gaza"])
    async with storage.writing() as work:
        source = await stored.source_at(work)
        other = await stored.source_at(work, "https://other.example/")
        wanted = [
            await stored.channel_in(work, "1", Everything()),
            await stored.channel_in(work, "2", _IRAN),
            await stored.channel_in(work, "3", FromSource(source_id=source.id, label="")),
            await stored.channel_in(work, "4", _JAPAN, _IRAN, Everything(), platform="telegram"),
        ]
        await stored.channel_in(work, "5", _JAPAN)
        await stored.channel_in(work, "6", FromSource(source_id=other.id, label=""))
        await stored.channel_in(work, "7")

        assert await work.deliveries.promise(story_id, now=NOON) == len(wanted)
        await work.commit()

    claims = await stored.claimed(storage)
    assert {claim.channel_id for claim in claims} == {channel.id for channel in wanted}
    assert {claim.channel for claim in claims} == {channel.ref for channel in wanted}
    assert {(claim.kind, claim.story_id) for claim in claims} == {(DeliveryKind.HEADLINE, story_id)}


async def test_a_promise_is_made_once_ever(storage: Database) -> None:
    story_id, _ = await _shown(storage)

    assert await stored.promised(storage, story_id) == 0
    await stored.channel(storage, "200")
    assert await stored.promised(storage, story_id) == 1
    assert await stored.promised(storage, story_id) == 0


async def test_a_second_source_promises_the_story_only_to_those_who_have_it_not(storage: Database) -> None:
    async with storage.writing() as work:
        second = await stored.source_at(work, "https://second.example/")
        await stored.channel_in(work, "1", Everything())
        late = await stored.channel_in(work, "2", FromSource(source_id=second.id, label=""))
        await work.commit()
    story_id = await stored.story(storage)
    assert await stored.promised(storage, story_id) == 1
    async with storage.writing() as work:
        await stored.told(work, story_id, draft("The same elsewhere"), by="https://second.example/")
        assert await work.deliveries.promise(story_id, now=NOON) == 1
        await work.commit()

    assert late.id in {claim.channel_id for claim in await stored.claimed(storage)}


async def test_a_promise_that_is_undone_with_its_article_leaves_nothing(storage: Database) -> None:
    await stored.channel(storage)
    async with storage.writing() as work:
        story_id = await work.stories.open(now=NOON)
        await stored.told(work, story_id, draft())
        assert await work.deliveries.promise(story_id, now=NOON) == 1

    async with storage.reading() as look:
        assert await look.stories.count() == 0
        assert set((await look.deliveries.counts()).values()) == {0}


async def test_each_promise_has_a_word_of_its_own_of_22_characters(storage: Database) -> None:
    for place in range(50):
        await stored.channel(storage, str(place))
    await stored.promised(storage, await stored.story(storage))

    words = [claim.once for claim in await stored.claimed(storage)]
    assert len(set(words)) == 50
    assert {len(word) for word in words} == {22}


async def test_stories_promised_to_one_channel_leave_in_the_order_given_and_each_once(storage: Database) -> None:
    stories = [await stored.story(storage, f"Story {number}") for number in range(4)]
    wanted = [stories[2], stories[0], stories[3]]
    async with storage.writing() as work:
        channel = await stored.channel_in(work, "100")
        assert await work.deliveries.promise_to(channel.id, wanted, now=NOON) == 3
        assert await work.deliveries.promise_to(channel.id, [stories[0], stories[1], stories[1]], now=NOON) == 1
        assert await work.deliveries.promise_to(channel.id, [], now=NOON) == 0
        assert await work.deliveries.promise_to(ChannelId(999), wanted, now=NOON) == 0
        await work.commit()

    left = []
    while claims := await stored.claimed(storage):
        [claim] = claims
        left.append(claim.story_id)
        await stored.settled(storage, (claim, Sent(receipt=receipt("1"))))
    assert left == [*wanted, stories[1]]


async def test_what_is_promised_to_a_paused_channel_waits_until_it_is_let_in_again(storage: Database) -> None:
    channel = await stored.channel(storage)
    await stored.promised(storage, await stored.story(storage, "First"))
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked")))

    second = await stored.story(storage, "Second")
    assert await stored.promised(storage, second) == 1
    async with storage.writing() as work:
        third = await work.stories.open(now=NOON)
        await stored.told(work, third, draft("Third"))
        assert await work.deliveries.promise_to(channel.id, [third], now=NOON) == 1
        await work.commit()

    assert await stored.claimed(storage) == []
    assert await _count(storage, DeliveryState.PAUSED) == 3
    async with storage.writing() as work:
        await work.channels.resume(channel.id, now=NOON)
        await work.commit()
    assert await _count(storage, DeliveryState.PENDING) == 3


async def test_a_refresh_goes_to_every_channel_that_shows_the_story(storage: Database) -> None:
    story_id, other = await stored.story(storage), await stored.story(storage, "Other")
    for place in ("1", "2", "3", "4"):
        await stored.channel(storage, place)
    await stored.promised(storage, story_id)
    claims = await stored.claimed(storage, limit=3)
    shown, refused, nowhere = claims
    await stored.settled(
        storage,
        (shown, Sent(receipt=receipt("7", "8", place=shown.channel.id))),
        (refused, Buried(reason="too rude")),
        (nowhere, Sent(receipt=None)),
    )

    assert await stored.refreshed(storage, other) == 0
    assert await stored.refreshed(storage, story_id, due=NOON + 30 * _SECOND) == 1
    await stored.claimed(storage)  # the fourth headline
    assert await stored.claimed(storage, now=NOON + 29 * _SECOND) == []
    [refresh] = await stored.claimed(storage, now=NOON + 30 * _SECOND)
    assert (refresh.kind, refresh.channel_id) == (DeliveryKind.REFRESH, shown.channel_id)
    assert refresh.receipt == receipt("7", "8", place=shown.channel.id)
    assert refresh.once != shown.once


async def test_twenty_wishes_while_one_waits_make_one_edit_at_the_earliest_time(storage: Database) -> None:
    story_id, _ = await _shown(storage)
    for number in range(20):
        await stored.refreshed(storage, story_id, due=NOON + (30 + number) * _SECOND)
    await stored.refreshed(storage, story_id, due=NOON + 20 * _SECOND)

    async with storage.reading() as look:
        assert await look.deliveries.next_due(["discord"]) == NOON + 20 * _SECOND
    [refresh] = await stored.claimed(storage, now=NOON + 20 * _SECOND)
    await stored.settled(storage, (refresh, Sent(receipt=refresh.receipt)))
    assert await stored.claimed(storage, now=NOON + timedelta(days=1)) == []


async def test_a_wish_during_a_refresh_is_followed_by_another(storage: Database) -> None:
    story_id, _ = await _shown(storage)
    await stored.refreshed(storage, story_id)
    [first] = await stored.claimed(storage)
    await stored.refreshed(storage, story_id, due=NOON + 30 * _SECOND)
    await stored.settled(storage, (first, Sent(receipt=first.receipt)))

    assert await stored.claimed(storage, now=NOON + 29 * _SECOND) == []
    [second] = await stored.claimed(storage, now=NOON + 30 * _SECOND)
    assert (second.id, second.attempt, second.uncertain) == (first.id, 1, 0)
    assert second.revision > first.revision
    assert second.once != first.once
    assert second.first_attempt_at == NOON + 30 * _SECOND
    await stored.settled(storage, (second, Sent(receipt=second.receipt)))
    assert await _count(storage, DeliveryState.PENDING) == 0


async def test_a_wish_after_a_refresh_starts_a_new_one(storage: Database) -> None:
    story_id, _ = await _shown(storage)
    await stored.refreshed(storage, story_id)
    [first] = await stored.claimed(storage)
    await stored.settled(storage, (first, Sent(receipt=first.receipt)))

    await stored.refreshed(storage, story_id, due=NOON + 60 * _SECOND)
    [second] = await stored.claimed(storage, now=NOON + 60 * _SECOND)
    assert (second.attempt, second.first_attempt_at) == (1, NOON + 60 * _SECOND)
    assert second.once != first.once


async def test_a_wish_shortens_no_wait_that_the_platform_asked_for(storage: Database) -> None:
    story_id, _ = await _shown(storage)
    await stored.refreshed(storage, story_id)
    [refresh] = await stored.claimed(storage)
    await stored.settled(storage, (refresh, Waiting(not_before=NOON + 60 * _SECOND, reason="429")))
    await stored.refreshed(storage, story_id, due=NOON + 30 * _SECOND)

    assert await stored.claimed(storage, now=NOON + 59 * _SECOND) == []
    [again] = await stored.claimed(storage, now=NOON + 60 * _SECOND)
    assert again.revision > refresh.revision


async def test_a_card_that_is_gone_is_refreshed_no_more(storage: Database) -> None:
    story_id, _ = await _shown(storage)
    await stored.refreshed(storage, story_id)
    [refresh] = await stored.claimed(storage)
    await stored.settled(storage, (refresh, Buried(reason="Unknown Message")))

    assert await stored.refreshed(storage, story_id) == 0
    assert await stored.claimed(storage) == []


async def test_a_headline_that_is_just_being_sent_is_refreshed_once_it_stands(storage: Database) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)
    [headline] = await stored.claimed(storage)
    assert await stored.refreshed(storage, story_id) == 1

    assert await stored.claimed(storage) == []
    await stored.settled(storage, (headline, Sent(receipt=receipt("7"))))
    [refresh] = await stored.claimed(storage)
    assert (refresh.kind, refresh.receipt) == (DeliveryKind.REFRESH, receipt("7"))


async def test_a_headline_that_nobody_tried_yet_needs_no_refresh(storage: Database) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)

    assert await stored.refreshed(storage, story_id) == 0


@pytest.mark.parametrize("outcome", [Buried(reason="refused"), Sent(receipt=None)])
async def test_a_refresh_whose_headline_never_came_is_dropped(storage: Database, outcome: Buried | Sent) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)
    [headline] = await stored.claimed(storage)
    await stored.refreshed(storage, story_id)
    await stored.settled(storage, (headline, outcome))

    assert await _count(storage, DeliveryState.PENDING) == 0
    async with storage.reading() as look:
        assert await look.deliveries.next_due(["discord"]) is None
