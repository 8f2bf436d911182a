"""What the port promises about what is old enough to go, and about what is known of it afterwards."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.delivery import Sent
from bot.domain.keeping import Leftover
from storage import Database
from tests import stored
from tests.builders import NOON, draft, new_article, opinion, receipt

DAY = timedelta(days=1)


async def a_story(
    storage: Database, *keys: str, at: datetime = NOON, by: str = "https://wire.example/feed", title: str = "Harbour"
) -> StoryId:
    """A story with one article that is known by these keys."""
    async with storage.writing() as work:
        source = await stored.source_at(work, by)
        story_id = await work.stories.open(now=at)
        told = draft(title, "Its text.", guid=keys[0] if keys else None, link="https://wire.example/1", published_at=at)
        await work.articles.add(new_article(source.id, story_id, told, keys=keys, first_seen_at=at))
        await work.commit()
    return story_id


async def cleared(storage: Database, *story_ids: StoryId) -> None:
    async with storage.writing() as work:
        await work.attic.clear(story_ids)
        await work.commit()


async def old_stories(storage: Database, before: datetime = NOON + DAY, limit: int = 10) -> list[StoryId]:
    async with storage.reading() as look:
        return await look.attic.old_stories(before, limit=limit)


async def forgotten(storage: Database, before: datetime = NOON + DAY, *, windows: int = 1) -> int:
    async with storage.reading() as look:
        old = await look.attic.old_signs(before, windows=windows, limit=100)
    async with storage.writing() as work:
        await work.attic.forget(old)
        await work.commit()
    return len(old)


async def known(storage: Database, *keys: str) -> set[str]:
    async with storage.reading() as look:
        return set(await look.articles.known(keys))


async def holds(storage: Database, entries: int) -> None:
    """The source's longest document has so many entries."""
    async with storage.writing() as work:
        await work.sources.save(replace(await stored.source_at(work), entries=entries))
        await work.commit()


async def test_old_stories_are_those_in_which_nothing_was_told_since_oldest_first(storage: Database) -> None:
    first, second = await a_story(storage), await a_story(storage, at=NOON + timedelta(hours=1))
    await a_story(storage, at=NOON + 2 * DAY)
    still_told = await a_story(storage)
    async with storage.writing() as work:
        source = await stored.source_at(work)
        await work.articles.add(new_article(source.id, still_told, draft("Later"), first_seen_at=NOON + 2 * DAY))
        await work.commit()
    assert await old_stories(storage) == [first, second]
    assert await old_stories(storage, limit=1) == [first]
    assert await old_stories(storage, before=NOON) == []


async def test_a_story_that_is_just_being_sent_is_not_old_yet(storage: Database) -> None:
    story_id = await a_story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)
    (claim,) = await stored.claimed(storage)
    assert await old_stories(storage) == []
    await stored.settled(storage, (claim, Sent(receipt=receipt())))
    assert await old_stories(storage) == [story_id]


async def test_a_cleared_story_is_nowhere_any_more_with_all_that_was_said_and_sent(storage: Database) -> None:
    old, merged = await a_story(storage, "g1", title="Old harbour"), await a_story(storage, "g2", title="Old port")
    young = await a_story(storage, "g3", title="New harbour", at=NOON + 2 * DAY)
    for story_id in (old, merged, young):
        async with storage.writing() as work:
            await work.opinions.save(opinion(story_id, words="So it is."))
            await work.commit()
    await stored.channel(storage)
    await stored.promised(storage, old)
    async with storage.writing() as work:
        await work.stories.merge(old, merged)
        await work.commit()
    await cleared(storage, old)
    async with storage.reading() as look:
        assert [await look.stories.find(one) for one in (old, merged)] == [None, None]
        assert [story.id for story in await look.stories.search("harbour", limit=5)] == [young]
        assert await look.stories.count() == 1
        assert (await look.opinions.tally(old)).words == 0
        assert (await look.opinions.tally(young)).words == 1
        assert sum((await look.deliveries.counts()).values()) == 0
        assert len(await look.articles.latest(limit=5)) == 1


async def test_two_processes_may_clear_at_the_same_time(storage: Database, other_process: Database) -> None:
    stories = [await a_story(storage, f"g{number}") for number in range(6)]
    await asyncio.gather(*(cleared(process, *stories) for process in (storage, other_process) * 2))
    assert await known(storage, *(f"g{number}" for number in range(6))) == {f"g{number}" for number in range(6)}
    assert await old_stories(storage) == []


async def test_a_cleared_story_s_number_was_told_once_and_another_never(storage: Database) -> None:
    old = await a_story(storage)
    young = await a_story(storage, at=NOON + 2 * DAY)
    await cleared(storage, old)
    async with storage.reading() as look:
        assert [await look.stories.was_told(StoryId(n)) for n in (old, young, young + 1, 0, -1)] == [
            *(True, True),
            *(False, False, False),
        ]


async def test_deliveries_of_old_stories_and_merged_ones_are_dropped_some_at_a_time(storage: Database) -> None:
    old, merged, young = [await a_story(storage, title=f"Harbour {number}") for number in range(3)]
    for place in range(3):
        await stored.channel(storage, str(place))
    await stored.promised(storage, merged)
    sent = [(claim, Sent(receipt=receipt())) for claim in await stored.claimed(storage)]
    await stored.settled(storage, *sent)
    await stored.promised(storage, young)
    async with storage.writing() as work:
        await work.stories.merge(old, merged)
        assert [await work.attic.drop_deliveries([old], limit=2) for _ in range(3)] == [2, 1, 0]
        assert sum((await work.deliveries.counts()).values()) == 3


async def test_old_digests_are_dropped_with_what_was_sent_of_them(storage: Database) -> None:
    await stored.channel(storage)
    for day in range(3):
        story_id = await a_story(storage, at=NOON + day * DAY)
        async with storage.writing() as work:
            source = await stored.source_at(work)
            assert await work.digests.promise(source.id, [story_id], now=NOON + day * DAY) == 1
            await work.commit()
    (claim,) = await stored.claimed(storage, limit=1)
    async with storage.writing() as work:
        assert [await work.attic.drop_digests(NOON + 2 * DAY, limit=5) for _ in range(2)] == [1, 0]
        assert sum((await work.deliveries.counts()).values()) == 2
        await work.commit()
    await stored.settled(storage, (claim, Sent(receipt=receipt())))
    async with storage.writing() as work:
        assert await work.attic.drop_digests(NOON + 2 * DAY, limit=5) == 1
        assert sum((await work.deliveries.counts()).values()) == 1


async def test_a_delivery_that_is_just_being_sent_is_not_dropped(storage: Database) -> None:
    story_id = await a_story(storage)
    await stored.channel(storage)
    await stored.promised(storage, story_id)
    await stored.claimed(storage)
    async with storage.writing() as work:
        assert await work.attic.drop_deliveries([story_id], limit=9) == 0


async def test_articles_of_a_cleared_story_are_known_again_as_gone(storage: Database) -> None:
    old = await a_story(storage, "g1", "l1", title="Old harbour")
    await a_story(storage, "g2")
    await cleared(storage, old)
    async with storage.writing() as work:
        found = await work.articles.known(["g1", "l1", "g2", "g3"])
        assert {key: article.is_gone for key, article in found.items()} == {"g1": True, "l1": True, "g2": False}
        gone = found["g1"]
        assert (gone.draft.title, gone.draft.guid, gone.draft.link) == ("Old harbour", "g1", "https://wire.example/1")
        assert (gone.first_seen_at, gone.draft.published_at, gone.draft.paragraphs) == (NOON, NOON, ())
        await work.articles.recognise(gone.id, ["l9"])
        assert (await work.articles.known(["l9"]))["l9"].id == gone.id
        await work.articles.release(["g1"])
        assert set(await work.articles.known(["g1", "l1"])) == {"l1"}


async def test_signs_go_when_they_are_old_and_beyond_as_many_as_the_source_lists(storage: Database) -> None:
    await holds(storage, 2)
    stories = [await a_story(storage, f"g{n}", at=NOON + timedelta(minutes=n)) for n in range(6)]
    await cleared(storage, *stories)
    assert await forgotten(storage, NOON, windows=1) == 0
    assert await forgotten(storage, windows=3) == 0
    assert await forgotten(storage, NOON + timedelta(minutes=1), windows=1) == 1
    assert await known(storage, *(f"g{n}" for n in range(6))) == {"g1", "g2", "g3", "g4", "g5"}
    assert await forgotten(storage, windows=1) == 3
    assert await known(storage, *(f"g{n}" for n in range(6))) == {"g4", "g5"}
    assert await forgotten(storage, windows=1) == 0


async def test_each_source_keeps_signs_of_its_own(storage: Database) -> None:
    await holds(storage, 1)
    mine = [await a_story(storage, f"m{n}", at=NOON + timedelta(minutes=n)) for n in range(3)]
    other = await a_story(storage, "o1", by="https://other.example/feed")
    await cleared(storage, *mine, other)
    assert await forgotten(storage) == 3
    assert await known(storage, "m0", "m1", "m2", "o1") == {"m2"}, "the other has listed nothing lately"


@pytest.mark.parametrize("leftover", [Leftover.REQUEST, Leftover.PHRASE])
async def test_what_is_left_behind_is_dropped_oldest_first_and_no_more_than_asked(
    storage: Database, leftover: Leftover
) -> None:
    for number in range(5):
        await leave(storage, leftover, str(number), at=NOON + number * DAY)
    async with storage.writing() as work:
        before = NOON + 3 * DAY
        assert [await work.attic.drop(leftover, before, limit=2) for _ in range(3)] == [2, 1, 0]
        await work.commit()
    assert await still_there(storage, leftover, [str(number) for number in range(5)]) == ["3", "4"]


async def leave(storage: Database, leftover: Leftover, name: str, *, at: datetime) -> None:
    async with storage.writing() as work:
        match leftover:
            case Leftover.REQUEST:
                assert await work.requests.is_first("telegram", name, now=at)
            case _:
                await work.requests.number(name, now=at)
        await work.commit()


async def still_there(storage: Database, leftover: Leftover, names: Sequence[str]) -> list[str]:
    async with storage.writing() as work:
        match leftover:
            case Leftover.REQUEST:
                return [name for name in names if not await work.requests.is_first("telegram", name, now=NOON)]
            case _:
                phrases = {await work.requests.phrase(number) for number in range(1, len(names) + 1)}
                return [name for name in names if name in phrases]


async def test_a_phrase_that_is_asked_for_again_stays_with_its_number(storage: Database) -> None:
    async with storage.writing() as work:
        number = await work.requests.number("harbour", now=NOON)
        assert await work.requests.number("harbour", now=NOON + 2 * DAY) == number
        assert await work.attic.drop(Leftover.PHRASE, NOON + DAY, limit=9) == 0
        assert await work.requests.phrase(number) == "harbour"


async def test_ten_long_stories_are_cleared_in_less_time_than_a_writer_notices(storage: Database) -> None:
    text = tuple(f"Paragraph {number} of a long text that speaks of harbours. " * 8 for number in range(60))
    async with storage.writing() as work:
        source = await stored.source_at(work)
        told = [new_article(source.id, told=draft(f"Harbour {one}", *text), keys=(f"g{one}",)) for one in range(10)]
        stories = [filed.story_id for filed in await work.articles.add_all(told)]
        await work.commit()
    began = time.process_time()
    async with storage.writing() as work:
        await work.attic.clear(stories)
        await work.commit()
    assert time.process_time() - began < 0.05
    assert await known(storage, *(f"g{one}" for one in range(10))) == {f"g{one}" for one in range(10)}
