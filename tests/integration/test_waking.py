"""On PostgreSQL, whoever sends hears at once that something is promised, in whichever process that was."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest

from bot.domain.channel import Loss
from bot.domain.delivery import Parked
from bot.ports.inbox import Letter
from storage import Database, migrate, open_storage
from storage.inbox import DatabaseInbox
from storage.waking import listen
from tests import stored
from tests.builders import NOON
from tests.fakes.clocks import HeldClock

pytestmark = pytest.mark.postgres

SOON_S = 0.2


@pytest.fixture
async def storage(postgres_url: str) -> AsyncIterator[Database]:
    await asyncio.to_thread(migrate, postgres_url)
    opened = open_storage(postgres_url)
    yield opened
    await opened.close()


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Callable[[], Coroutine[None, None, None]]]:
    """Another process that listens; what this gives waits for its next waking."""
    woken, other = asyncio.Event(), open_storage(url)
    task = asyncio.create_task(listen(other, woken.set))

    async def waking() -> None:
        await woken.wait()
        woken.clear()

    try:
        await waking()  # once at the beginning
        yield waking
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await other.close()


async def test_a_promise_is_heard_once_it_is_committed(storage: Database, postgres_url: str) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    async with listening(postgres_url) as waking:
        heard = asyncio.create_task(waking())
        async with storage.writing() as work:
            await work.deliveries.promise(story_id, now=NOON)
            assert not (await asyncio.wait([heard], timeout=0.05))[0], "not before the commit"
            await work.commit()
        async with asyncio.timeout(SOON_S):
            await heard


async def test_a_connection_that_broke_is_made_anew_and_told_of_once(storage: Database, postgres_url: str) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    woken, told, other = asyncio.Event(), list[Exception](), open_storage(postgres_url)
    task = asyncio.create_task(listen(other, woken.set, broken=told.append))
    try:
        for _ in range(2):
            async with asyncio.timeout(5):
                await woken.wait()  # once at each beginning
            woken.clear()
            if not told:
                async with storage.changing() as connection:
                    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^(LISTEN|SELECT 1)'"
                    await connection.exec_driver_sql(others)
        await stored.promised(storage, story_id)
        async with asyncio.timeout(SOON_S):
            await woken.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await other.close()


async def test_what_may_leave_earlier_is_heard_too(storage: Database, postgres_url: str) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id, now=NOON)
    async with listening(postgres_url) as waking, storage.writing() as work:
        assert await work.deliveries.hasten(story_id, now=NOON.replace(hour=1))
        await work.commit()
        async with asyncio.timeout(SOON_S):
            await waking()


async def test_what_a_person_lets_out_is_heard_too(storage: Database, postgres_url: str) -> None:
    channel = await stored.channel(storage)
    parked, held = [await stored.story(storage, title) for title in ("One", "Two")]
    await stored.promised(storage, parked)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Parked(reason="nobody knows")))
    async with storage.writing() as work:
        await work.channels.pause([channel.ref], reason="closed", loss=Loss.SHUT_OUT, now=NOON)
        await work.commit()
    await stored.promised(storage, held)
    async with listening(postgres_url) as waking, asyncio.timeout(5):
        async with storage.writing() as work:
            assert await work.channels.resume(channel.id, now=NOON)
            await work.commit()
        await asyncio.wait_for(waking(), SOON_S)
        async with storage.writing() as work:
            assert await work.deliveries.resend(channel.id, up_to=claim.id, now=NOON) == 1
            await work.commit()
        await asyncio.wait_for(waking(), SOON_S)
        async with storage.writing() as work:
            await work.channels.pause([channel.ref], reason="closed", loss=Loss.SHUT_OUT, now=NOON)
            await work.channels.resume(channel.id, now=NOON, most=0)
            await work.deliveries.catch_up(channel.id, most=5, now=NOON)
            await work.commit()
        await asyncio.wait_for(waking(), SOON_S)


async def test_letters_that_another_process_has_to_handle_are_heard_and_those_of_its_own_are_not(
    storage: Database, postgres_url: str
) -> None:
    looked, other = asyncio.Event(), open_storage(postgres_url)
    task = asyncio.create_task(listen(other, lambda: None, look=looked.set))
    own, receiver = DatabaseInbox(storage, HeldClock()), DatabaseInbox(storage, HeldClock(), tells=True)
    try:
        await looked.wait()  # once at the beginning
        looked.clear()
        await own.accept("telegram", [Letter(id="1", body="{}")])
        await receiver.accept("telegram", [Letter(id="1", body="{}")])
        looking = asyncio.create_task(looked.wait())
        assert not (await asyncio.wait([looking], timeout=0.05))[0]
        await receiver.accept("telegram", [Letter(id="2", body="{}")])
        async with asyncio.timeout(SOON_S):
            await looking
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await other.close()
