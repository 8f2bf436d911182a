"""A story that many open at once is looked up once, and is never older than a second."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from bot.domain.errors import UnknownStoryError
from bot.ports.storage import Reading
from bot.services.shelf import KEPT_S, Shelf
from storage import Database
from tests.builders import draft, new_article, new_source
from tests.fakes.clocks import HeldClock


class CountingStorage:
    """A database that counts how often somebody looks into it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.looks = 0

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        self.looks += 1
        return self._database.reading()


@pytest.fixture
async def number(database: Database, clock: HeldClock) -> int:
    async with database.writing() as work:
        source = await work.sources.add(new_source(), now=clock.now())
        story_id = await work.stories.open(now=clock.now())
        await work.articles.add(new_article(source.id, story_id, draft("Before"), keys=("k",)))
        await work.commit()
    return story_id


@pytest.fixture
def storage(database: Database) -> CountingStorage:
    return CountingStorage(database)


@pytest.fixture
def shelf(storage: CountingStorage, clock: HeldClock) -> Shelf:
    return Shelf(storage, clock)  # type: ignore[arg-type]  # it only looks


async def test_fifty_who_open_a_story_at_once_cost_one_look(
    shelf: Shelf, storage: CountingStorage, number: int
) -> None:
    taken = await asyncio.gather(*(shelf.take(number) for _ in range(50)))
    assert {volume.story.title for volume in taken} == {"Before"}
    assert storage.looks == 1


async def test_what_is_asked_for_during_a_look_is_looked_up_together_by_the_next(
    shelf: Shelf, storage: CountingStorage, number: int
) -> None:
    asked = [number, *range(900, 910)]
    taken = await asyncio.gather(*(shelf.take(one) for one in asked), return_exceptions=True)
    assert [isinstance(one, UnknownStoryError) for one in taken] == [False, *[True] * 10]
    assert storage.looks == 1


class BrokenStorage:
    """A database that cannot be read."""

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        raise OSError("the disk is gone")


async def test_trouble_with_the_database_is_told_to_all_who_asked(clock: HeldClock) -> None:
    shelf = Shelf(BrokenStorage(), clock)  # type: ignore[arg-type]  # it only looks
    for _ in range(2):
        told = await asyncio.gather(shelf.take(1), shelf.take(2), return_exceptions=True)
        assert [type(one) for one in told] == [OSError, OSError]
        clock.pass_on(KEPT_S)


async def test_what_one_reads_is_at_most_a_second_old(
    shelf: Shelf, database: Database, clock: HeldClock, number: int
) -> None:
    first = (await shelf.take(number)).story
    async with database.writing() as work:
        await work.articles.correct(first.lead.article.id, draft("After"), keys=(), now=clock.now())
        await work.commit()
    clock.pass_on(KEPT_S - 0.01)
    assert (await shelf.take(number)).story.title == "Before"
    clock.pass_on(0.01)
    assert (await shelf.take(number)).story.title == "After"


async def test_one_who_goes_away_does_not_take_the_story_from_the_others(shelf: Shelf, number: int) -> None:
    impatient = asyncio.create_task(shelf.take(number))
    patient = asyncio.create_task(shelf.take(number))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).story.title == "Before"


async def test_a_story_that_is_not_there_is_told_to_everybody_who_asks(shelf: Shelf) -> None:
    for _ in range(2):
        with pytest.raises(UnknownStoryError):
            await shelf.take(999)
