"""What the port promises about stories that are told together."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.delivery import ChannelPaused, Claim, DeliveryKind, DeliveryState, Sent, Waiting
from bot.domain.digest import DigestId
from bot.domain.subscription import Everything, FromSource, FromTopic
from bot.domain.topic import TopicId
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, receipt

WIRE, HERALD = "https://wire.example/feed", "https://herald.example/feed"
JAPAN = FromTopic(topic_id=TopicId("japan"), label="Japan")


async def promised(storage: Database, *story_ids: StoryId, by: str = WIRE, due: timedelta = timedelta(0)) -> int:
    """How many digests of these stories, the newest first, were made."""
    async with storage.writing() as work:
        source = await stored.source_at(work, by)
        made = await work.digests.promise(source.id, story_ids, now=NOON, due=NOON + due)
        await work.commit()
    return made


async def told(storage: Database, claims: Sequence[Claim]) -> dict[str, list[str]]:
    """The titles that each channel is told."""
    titles = {}
    async with storage.reading() as look:
        for claim in claims:
            assert (claim.kind, claim.story_id, claim.receipt) == (DeliveryKind.DIGEST, None, None)
            assert claim.digest_id
            titles[claim.channel.id] = [story.title for story in await look.digests.stories(claim.digest_id, limit=9)]
    return titles


async def test_each_channel_is_told_what_it_follows_newest_first_and_the_others_nothing(storage: Database) -> None:
    museum = await stored.story(storage, "Museum", by=WIRE)
    tokyo = await stored.story(storage, "Tokyo", topics=["japan"], by=WIRE)
    async with storage.writing() as work:
        source = await stored.source_at(work)
        await stored.channel_in(work, "all", Everything())
        await stored.channel_in(work, "wire", FromSource(source_id=source.id, label=""), platform="telegram")
        await stored.channel_in(work, "japan", JAPAN)
        await stored.channel_in(work, "nothing")
        await work.commit()

    assert await promised(storage, tokyo, museum) == 3
    assert await told(storage, await stored.claimed(storage)) == {
        "all": ["Tokyo", "Museum"],
        "wire": ["Tokyo", "Museum"],
        "japan": ["Tokyo"],
    }


async def test_it_says_whose_stories_they_are_and_how_many(storage: Database) -> None:
    stories = [await stored.story(storage, f"Story {number}") for number in range(5)]
    await stored.channel(storage)
    await promised(storage, *reversed(stories))
    [claim] = await stored.claimed(storage)
    assert claim.digest_id

    async with storage.reading() as look:
        digest = await look.digests.find(claim.digest_id, headlines=2)
        second = await look.digests.stories(claim.digest_id, limit=2, offset=2)
        assert await look.digests.find(DigestId(4_000), headlines=2) is None
        assert await look.digests.stories(DigestId(4_000), limit=2) == []
    assert digest
    assert (digest.id, digest.source, digest.count) == (claim.digest_id, "The Wire", 5)
    assert [(one.id, one.title) for one in digest.headlines] == [(stories[4], "Story 4"), (stories[3], "Story 3")]
    assert [story.id for story in second] == [stories[2], stories[1]]


async def test_what_a_channel_has_is_in_no_digest_and_what_a_digest_told_is_no_headline(storage: Database) -> None:
    posted, new = await stored.story(storage, "Posted"), await stored.story(storage, "New")
    await stored.channel(storage)
    await stored.promised(storage, posted)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt())))

    assert await promised(storage, new, posted) == 1
    assert await told(storage, await stored.claimed(storage)) == {"100": ["New"]}
    assert await stored.promised(storage, new) == 0, "another source tells it too"
    assert await promised(storage, new, posted, by=HERALD) == 0
    await stored.channel(storage, "later")
    assert await stored.promised(storage, new) == 1, "for who was not told"


async def test_the_same_stories_again_make_no_second_digest(storage: Database) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage)
    assert [await promised(storage, story_id), await promised(storage, story_id)] == [1, 0]


async def test_where_nobody_follows_any_of_them_there_is_none(storage: Database) -> None:
    await stored.channel(storage, "100", JAPAN)
    assert await promised(storage, await stored.story(storage)) == 0
    assert await promised(storage) == 0


async def test_without_the_commit_there_is_none(storage: Database) -> None:
    story_id = await stored.story(storage)
    await stored.channel(storage)
    async with storage.writing() as work:
        assert await work.digests.promise((await stored.source_at(work)).id, [story_id], now=NOON) == 1
    assert await stored.claimed(storage) == []
    assert await promised(storage, story_id) == 1


async def test_it_leaves_after_the_headlines_that_are_due_and_waits_behind_one_that_was_put_back(
    storage: Database,
) -> None:
    first, second = await stored.story(storage, "First"), await stored.story(storage, "Second")
    await stored.channel(storage)
    await promised(storage, first)
    await stored.promised(storage, second)
    later = NOON + timedelta(seconds=30)
    [headline] = await stored.claimed(storage)
    assert headline.story_id == second
    [digest] = await _after(storage, headline)
    assert digest.kind is DeliveryKind.DIGEST
    await stored.settled(storage, (digest, Waiting(not_before=later, reason="slow down")))

    third = await stored.story(storage, "Third")
    await stored.promised(storage, third)
    [headline] = await stored.claimed(storage)
    await stored.settled(storage, (headline, Waiting(not_before=NOON + timedelta(hours=1), reason="slow down")))
    assert [claim.kind for claim in await stored.claimed(storage, now=later)] == [DeliveryKind.DIGEST], "it was first"


async def test_it_leaves_when_it_is_due(storage: Database) -> None:
    await stored.channel(storage)
    await promised(storage, await stored.story(storage), due=timedelta(seconds=5))
    assert await stored.claimed(storage) == []
    async with storage.reading() as look:
        assert await look.deliveries.next_due(["discord"]) == NOON + timedelta(seconds=5)
    assert len(await stored.claimed(storage, now=NOON + timedelta(seconds=5))) == 1


async def test_a_digest_is_settled_like_any_delivery_and_never_sent_again(storage: Database) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    await promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    async with storage.reading() as look:
        assert await look.deliveries.abandoned(now=NOON, holder="another") == [claim]
    assert await _after(storage, claim) == []
    async with storage.writing() as work:
        assert (await work.deliveries.counts())[DeliveryState.SENT] == 1
        assert await work.deliveries.refresh(story_id, due=NOON) == 0, "its stories have no card of their own"
        await work.commit()


async def test_a_paused_channel_gets_it_when_it_is_let_in_again(storage: Database) -> None:
    channel = await stored.channel(storage)
    await stored.promised(storage, await stored.story(storage, "First"))
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="kicked")))
    await promised(storage, await stored.story(storage, "Second"))
    assert await stored.claimed(storage) == []
    async with storage.writing() as work:
        await work.channels.resume(channel.id, now=NOON)
        await work.commit()
    [headline] = await stored.claimed(storage)
    [digest] = await _after(storage, headline)
    assert await told(storage, [digest]) == {"100": ["Second"]}


async def test_stories_that_are_merged_count_once_and_one_that_was_told_is_posted_no_more(storage: Database) -> None:
    one, other, third = [await stored.story(storage, title) for title in ("One", "Other", "Third")]
    await stored.channel(storage)
    await promised(storage, other, one)
    [digest] = await stored.claimed(storage)
    await stored.promised(storage, third)
    async with storage.writing() as work:
        await work.stories.merge(one, other)
        await work.stories.merge(one, third)
        await work.commit()

    assert await told(storage, [digest]) == {"100": ["One"]}
    assert await _after(storage, digest) == [], "the third is the same story"
    assert await stored.promised(storage, one) == 0


async def test_a_place_that_moved_takes_its_digests_along(storage: Database) -> None:
    await stored.channel(storage, "-1", platform="telegram")
    await promised(storage, await stored.story(storage))
    await _move(storage)
    [digest] = await stored.claimed(storage)
    assert digest.channel == channel_ref("-1001", platform="telegram")
    assert await told(storage, [digest]) == {"-1001": ["Harbour reopens"]}


@pytest.mark.parametrize("sent", ["-1", "-1001", None])
async def test_two_places_that_become_one_have_one_digest_the_one_that_got_further(
    storage: Database, sent: str | None
) -> None:
    for place in ("-1", "-1001"):
        await stored.channel(storage, place, platform="telegram")
    await promised(storage, await stored.story(storage))
    taken = {claim.channel.id: claim for claim in await stored.claimed(storage)}
    for place, claim in taken.items():
        outcome = Sent(receipt=receipt()) if place == sent else Waiting(not_before=NOON, reason="slow down")
        await stored.settled(storage, (claim, outcome))
    await _move(storage)
    left = await stored.claimed(storage)
    assert [claim.channel.id for claim in left] == ([] if sent else ["-1001"])
    async with storage.reading() as look:
        assert sum((await look.deliveries.counts()).values()) == 1


async def _move(storage: Database) -> None:
    async with storage.writing() as work:
        await work.channels.moved(channel_ref("-1", platform="telegram"), channel_ref("-1001", platform="telegram"))
        await work.commit()


async def _after(storage: Database, claim: Claim) -> list[Claim]:
    """What can be claimed once this one is sent."""
    await stored.settled(storage, (claim, Sent(receipt=receipt())))
    return await stored.claimed(storage)
