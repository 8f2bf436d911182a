"""What the port promises about sources."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import SourceExistsError
from bot.domain.source import Identity, Move, NewSource, SourceId, SourceKind, Trouble, Validators
from bot.domain.subscription import FromSource
from storage import Database
from tests import stored
from tests.builders import NOON, new_source


async def test_a_feed_is_due_at_once_and_a_page_never(storage: Database) -> None:
    async with storage.writing() as work:
        feed = await work.sources.add(new_source("https://a.example/feed"), now=NOON)
        page = await work.sources.add(new_source("page:notes", kind=SourceKind.PAGE), now=NOON)

        assert feed.next_read_at == NOON
        assert page.next_read_at is None
        assert await work.sources.due(NOON, limit=10) == [feed]


async def test_everything_about_a_source_is_kept(storage: Database) -> None:
    new = NewSource(
        kind=SourceKind.FEED,
        address="https://a.example/feed",
        title="Хабар 🗞️",
        site="https://a.example",
        language="az",
        interval_s=300.5,
        keeps_interval=True,
        footer="Get the app",
        opinion_prompt=("What do you think?", "Leave the first comment"),
        labels=("Europe › France", "Спорт"),
    )
    async with storage.writing() as work:
        added = await work.sources.add(new, now=NOON)
        changed = replace(
            added,
            title="Xəbər",
            last_read_at=NOON,
            next_read_at=NOON + timedelta(minutes=5),
            validators=Validators(
                etag='W/"1"', last_modified="Sat, 14 Mar 2026 12:00:00 GMT", digest="a1", rest=timedelta(minutes=30)
            ),
            trouble=Trouble(kind="timeout", message="The server did not answer in time."),
            failures=3,
            failing_since=NOON - timedelta(hours=3),
            is_trouble_told=True,
            identity=Identity.LINK,
            lately=(NOON, NOON - timedelta(minutes=7, microseconds=1)),
            move=Move(address="https://b.example/feed", since=NOON, answers=4),
        )
        await work.sources.save(changed)
        await work.commit()

    async with storage.reading() as look:
        assert {name: getattr(added, name) for name in NewSource.__slots__} == {
            name: getattr(new, name) for name in NewSource.__slots__
        }
        assert await look.sources.find(added.id) == changed
        assert await look.sources.at("https://a.example/feed") == changed


async def test_an_address_is_read_once_only(storage: Database) -> None:
    async with storage.writing() as work:
        await work.sources.add(new_source(title="First"), now=NOON)
        with pytest.raises(SourceExistsError):
            await work.sources.add(new_source(title="Second"), now=NOON)
        assert [source.title for source in await work.sources.all()] == ["First"]


async def test_sources_are_listed_by_number(storage: Database) -> None:
    async with storage.writing() as work:
        added = [await work.sources.add(new_source(f"https://{name}.example/"), now=NOON) for name in "cab"]
        await work.sources.save(replace(added[0], title="Changed"))
        assert [source.id for source in await work.sources.all()] == sorted(source.id for source in added)


async def test_the_longest_overdue_comes_first_what_failed_comes_last_and_what_is_paused_never(
    storage: Database,
) -> None:
    async with storage.writing() as work:
        late, later, paused, soon = [
            await work.sources.add(new_source(f"https://{number}.example/"), now=NOON) for number in range(4)
        ]
        await work.sources.save(replace(late, next_read_at=NOON - timedelta(minutes=5)))
        await work.sources.save(replace(later, next_read_at=NOON - timedelta(minutes=9)))
        await work.sources.save(replace(paused, next_read_at=NOON - timedelta(minutes=20)))
        await work.sources.pause(paused.id)
        await work.sources.save(replace(soon, next_read_at=NOON + timedelta(microseconds=1)))

        assert [source.id for source in await work.sources.due(NOON, limit=10)] == [later.id, late.id]
        assert [source.id for source in await work.sources.due(NOON, limit=1)] == [later.id]
        await work.sources.save(replace(later, next_read_at=NOON - timedelta(minutes=9), failures=1))
        assert [source.id for source in await work.sources.due(NOON, limit=10)] == [late.id, later.id]


async def test_what_people_set_while_a_source_is_being_read_stays_set(storage: Database) -> None:
    async with storage.writing() as work:
        being_read = await work.sources.add(new_source(), now=NOON)
        await work.sources.pause(being_read.id)
        await work.sources.label(being_read.id, ("Sport",))
        await work.sources.save(replace(being_read, last_read_at=NOON))

        source = await work.sources.find(being_read.id)
        assert source is not None
        assert (source.is_paused, source.labels, source.last_read_at) == (True, ("Sport",), NOON)


async def test_a_resumed_source_is_due_at_once_however_often_it_had_failed(storage: Database) -> None:
    later = NOON + timedelta(hours=1)
    async with storage.writing() as work:
        source = await work.sources.add(new_source(), now=NOON)
        await work.sources.save(replace(source, failures=7, next_read_at=NOON + timedelta(hours=12)))
        await work.sources.pause(source.id)
        await work.sources.resume(source.id, now=later)

        (due,) = await work.sources.due(later, limit=10)
        assert (due.id, due.is_paused, due.failures) == (source.id, False, 0)


async def test_a_removed_source_is_forgotten_with_its_subscriptions_and_its_stories_stay(storage: Database) -> None:
    story_id = await stored.story(storage, "Harbour reopens")
    async with storage.writing() as work:
        source = await stored.source_at(work)
        channel = await stored.channel_in(work, "100", FromSource(source_id=source.id, label=source.title))
        await work.sources.remove(source.id)

        assert await work.sources.find(source.id) is None
        assert await work.sources.at(source.address) is None
        assert await work.sources.all() == []
        assert await work.sources.due(NOON, limit=10) == []
        assert await work.subscriptions.of(channel.id) == []
        told = await work.stories.find(story_id)
        assert told is not None
        assert told.lead.source.title == source.title


async def test_a_removed_source_comes_back_as_the_same_one_so_that_nothing_is_news_twice(storage: Database) -> None:
    async with storage.writing() as work:
        before = await work.sources.add(new_source(title="Before"), now=NOON)
        await work.sources.save(replace(before, failures=9, validators=Validators(etag="1")))
        await work.sources.pause(before.id)
        await work.sources.remove(before.id)
        after = await work.sources.add(new_source(title="After"), now=NOON + timedelta(days=1))

        assert after.id == before.id
        assert (after.title, after.failures, after.is_paused, after.validators) == ("After", 0, False, Validators())
        assert await work.sources.all() == [after]


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
async def test_a_number_that_nothing_has_finds_nothing(storage: Database, number: int) -> None:
    async with storage.reading() as look:
        assert await look.sources.find(SourceId(number)) is None


async def test_a_source_moves_to_an_address_that_no_other_has_or_had(storage: Database) -> None:
    async with storage.writing() as work:
        source, other, removed = [
            await work.sources.add(new_source(f"https://{name}.example/"), now=NOON) for name in "abc"
        ]
        await work.sources.remove(removed.id)

        assert not await work.sources.move(source.id, other.address)
        assert not await work.sources.move(source.id, removed.address)
        assert await work.sources.find(source.id) == source
        assert await work.sources.move(source.id, "https://d.example/")
        assert await work.sources.at("https://d.example/") == replace(source, address="https://d.example/")


async def test_what_was_read_by_a_clock_that_was_ahead_is_read_as_long_after_now_as_it_was_to_be(
    storage: Database,
) -> None:
    ahead, minutes = NOON + timedelta(days=1), timedelta(minutes=10)
    async with storage.writing() as work:
        read, fails, well, late = [
            await work.sources.add(new_source(f"https://{name}.example/feed"), now=NOON) for name in "abcd"
        ]
        await work.sources.save(replace(read, last_read_at=ahead, next_read_at=ahead + minutes))
        await work.sources.save(
            replace(fails, last_read_at=NOON, failing_since=ahead, next_read_at=ahead + 2 * minutes)
        )
        await work.sources.save(replace(well, last_read_at=NOON - minutes, next_read_at=NOON + minutes))
        await work.sources.save(replace(late, last_read_at=ahead, next_read_at=NOON - minutes))

        assert await work.sources.set_right(now=NOON) == 2
        assert await work.sources.set_right(now=NOON) == 0
        times = {source.id: source.next_read_at for source in await work.sources.all()}
        assert times == {
            read.id: NOON + minutes,
            fails.id: NOON + 2 * minutes,
            well.id: NOON + minutes,
            late.id: NOON - minutes,
        }
        found = await work.sources.find(fails.id)
        assert found
        assert (found.last_read_at, found.failing_since) == (NOON, NOON)
