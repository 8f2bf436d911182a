"""Where many write at once nobody waits for ever, and what is undone for another's sake is done again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.delivery import Claim, Sent
from bot.domain.opinion import Stance
from bot.ports.storage import CollisionError, UnitOfWork
from bot.services.collisions import again_after_collision
from bot.services.give_opinion import OpinionBox
from bot.services.publish import publish
from bot.services.topics import Topics
from storage import Database, migrate, open_storage
from tests import stored
from tests.builders import NOON, draft, new_source, person, receipt
from tests.fakes.clocks import HeldClock
from tests.newsroom import small_catalogue

pytestmark = pytest.mark.postgres

_STORIES = 4
_ROUNDS = 4
_SOON = timedelta(0)


@pytest.fixture
async def processes(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """The same database as two processes see it."""
    await asyncio.to_thread(migrate, postgres_url)
    opened = open_storage(postgres_url), open_storage(postgres_url)
    yield opened
    await asyncio.gather(*(one.close() for one in opened))


async def test_publishers_voters_and_senders_do_not_stand_in_each_others_way(
    processes: tuple[Database, Database],
) -> None:
    here, there = processes
    for place in range(6):
        await stored.channel(here, str(place))
    topics = Topics(small_catalogue())

    async def tell(database: Database, address: str, turn: int, *, is_backwards: bool) -> None:
        drafts = [
            draft(f"Harbour {number} of Tokyo reopens", f"Told the {turn}. time, of pier {number}.", guid=str(number))
            for number in range(_STORIES)
        ]
        async with database.writing() as work:
            known = await work.sources.at(address) or await work.sources.add(new_source(address), now=NOON)
            source = await work.sources.hold(known.id)
            assert source
            ordered = drafts[::-1] if is_backwards else drafts
            await publish(work, topics, source, ordered, now=NOON, announce=9, refresh_delay=_SOON)
            await work.commit()

    async def vote(database: Database, who: str, turn: int) -> None:
        box = OpinionBox(database, HeldClock(), refresh_delay=_SOON)
        async with database.reading() as look:
            stories = await look.stories.latest(limit=_STORIES)
        for number, story in enumerate(stories):
            await box.press_stance(person(who), story.id, Stance.FOR, once=f"{who} {turn} {number}")

    async def send(database: Database) -> None:
        for _ in range(5):
            claims = await stored.claimed(database)
            await stored.settled(database, *((claim, _sent(claim)) for claim in claims))

    await tell(here, "https://a.example/feed", 0, is_backwards=False)
    async with asyncio.timeout(60):
        for turn in range(1, _ROUNDS):
            await asyncio.gather(
                tell(here, "https://a.example/feed", turn, is_backwards=False),
                tell(there, "https://b.example/feed", turn, is_backwards=True),
                *(vote(database, f"{turn} {at}", turn) for at, database in enumerate((here, there) * 2)),
                send(here),
            )
    async with here.looking() as connection:
        counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert (await connection.exec_driver_sql(counted)).scalar_one() == 0


def _sent(claim: Claim) -> Sent:
    return Sent(receipt=receipt(str(claim.id)))


async def test_of_two_that_wait_for_each_other_one_is_undone_and_done_again(
    processes: tuple[Database, Database],
) -> None:
    here, there = processes
    held = asyncio.Barrier(2)
    tries: list[str] = []

    async def write_two(work: UnitOfWork, name: str, *names: str) -> None:
        tries.append(name)
        await work.notes.write(names[0], name)
        if len(tries) <= held.parties:
            await held.wait()
        await work.notes.write(names[1], name)
        await work.commit()

    def writer(database: Database, name: str, *names: str) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            async with database.writing() as work:
                await write_two(work, name, *names)

        return write

    async with asyncio.timeout(30):
        await asyncio.gather(
            again_after_collision(writer(here, "one", "a", "b"))(),
            again_after_collision(writer(there, "other", "b", "a"))(),
        )
    assert len(tries) == held.parties + 1
    async with here.reading() as look:
        assert await look.notes.read("a") == await look.notes.read("b") == tries[-1]


async def test_what_collides_twice_is_raised() -> None:
    tries: list[None] = []

    @again_after_collision
    async def collide() -> None:
        tries.append(None)
        raise CollisionError

    with pytest.raises(CollisionError):
        await collide()
    assert len(tries) == 1 + 1
