"""A task is one process's at a time, by the database's clock."""

import asyncio
from datetime import timedelta

from bot.domain.lease import Lease
from storage import Database

LONG, OVER = timedelta(minutes=1), timedelta(0)


async def take(
    storage: Database,
    holder: str,
    *,
    lasts: timedelta = LONG,
    task: str = "discord",
    others_are_dead: bool = False,
) -> Lease | None:
    async with storage.writing() as work:
        lease = await work.leases.take(task, holder=holder, lasts=lasts, others_are_dead=others_are_dead)
        await work.commit()
    return lease


async def taken(storage: Database, holder: str, *, lasts: timedelta = LONG) -> Lease:
    lease = await take(storage, holder, lasts=lasts)
    assert lease
    return lease


async def held(storage: Database, lease: Lease) -> bool:
    async with storage.writing() as work:
        return await work.leases.is_held(lease)


async def test_of_many_who_ask_at_once_one_gets_it(storage: Database, other_process: Database) -> None:
    asked = (take(process, f"{number}") for number, process in enumerate([storage, other_process] * 5))
    assert sum(lease is not None for lease in await asyncio.gather(*asked)) == 1


async def test_nobody_else_gets_it_while_it_runs(storage: Database, other_process: Database) -> None:
    lease = await taken(storage, "one")
    assert await take(other_process, "two") is None
    assert await held(other_process, lease)


async def test_each_task_is_taken_by_itself(storage: Database) -> None:
    await taken(storage, "one")
    assert await take(storage, "two", task="telegram") == Lease(task="telegram", holder="two", fence=1)


async def renewed(storage: Database, lease: Lease, *, lasts: timedelta = LONG) -> bool:
    async with storage.writing() as work:
        is_ours = await work.leases.renew(lease, lasts=lasts)
        await work.commit()
    return is_ours


async def test_a_turn_goes_on_when_it_is_renewed(storage: Database, other_process: Database) -> None:
    lease = await taken(storage, "one", lasts=timedelta(seconds=30))
    assert await renewed(storage, lease)
    assert await held(other_process, lease)
    assert await renewed(storage, lease, lasts=OVER)
    assert await take(other_process, "two"), "and as long as it was renewed for"


async def test_a_turn_that_has_ended_is_not_renewed(storage: Database) -> None:
    over = await taken(storage, "one", lasts=OVER)
    assert not await renewed(storage, over)
    await taken(storage, "two")
    assert not await renewed(storage, over)


async def test_who_asks_again_begins_another_turn(storage: Database) -> None:
    first, second = await taken(storage, "one"), await taken(storage, "one")
    assert second.fence == first.fence + 1
    assert not await held(storage, first)
    assert await held(storage, second)


async def test_the_next_turn_has_a_higher_fence_and_the_one_before_is_over(storage: Database) -> None:
    late = await taken(storage, "frozen", lasts=OVER)
    next_one = await taken(storage, "alive")
    assert next_one.fence > late.fence
    assert not await held(storage, late)
    assert await held(storage, next_one)
    assert await take(storage, "frozen") is None


async def test_a_holder_that_was_late_begins_another_turn(storage: Database) -> None:
    late = await taken(storage, "one", lasts=OVER)
    again = await taken(storage, "one")
    assert again.fence == late.fence + 1
    assert again.turn != late.turn
    assert not await held(storage, late)


async def test_one_that_ran_out_is_not_held_though_nobody_took_it(storage: Database) -> None:
    assert not await held(storage, await taken(storage, "one", lasts=OVER))


async def test_what_was_given_back_is_anybody_s(storage: Database, other_process: Database) -> None:
    lease = await taken(storage, "one")
    async with storage.writing() as work:
        await work.leases.give_back(lease)
        await work.commit()
    assert not await held(storage, lease)
    assert (await taken(other_process, "two")).fence == lease.fence + 1


async def test_who_is_late_gives_nothing_back(storage: Database) -> None:
    late = await taken(storage, "frozen", lasts=OVER)
    lease = await taken(storage, "alive")
    async with storage.writing() as work:
        await work.leases.give_back(late)
        await work.commit()
    assert await held(storage, lease)


async def test_who_knows_that_the_others_are_dead_need_not_wait(storage: Database) -> None:
    dead = await taken(storage, "dead")
    alive = await take(storage, "alive", others_are_dead=True)
    assert alive == Lease(task="discord", holder="alive", fence=dead.fence + 1)


async def test_who_holds_it_by_the_sign_of_a_dead_one_is_relieved(storage: Database, other_process: Database) -> None:
    dead = await taken(storage, "dead")
    async with other_process.writing() as work:
        before = await work.leases.sign("discord")
        assert await work.leases.sign("telegram") is None
    assert await renewed(storage, dead, lasts=2 * LONG)
    async with other_process.writing() as work:
        assert await work.leases.take("discord", holder="alive", lasts=LONG, dead=before) is None, "it was renewed"
        sign = await work.leases.sign("discord")
        assert sign != before
        alive = await work.leases.take("discord", holder="alive", lasts=LONG, dead=sign)
        await work.commit()
    assert alive
    assert alive.fence == dead.fence + 1
    assert not await held(storage, dead)


async def test_no_turn_begins_while_the_one_before_is_being_relied_on(
    storage: Database, other_process: Database
) -> None:
    lease = await taken(storage, "one")
    async with storage.writing() as work:
        assert await work.leases.is_held(lease)
        taking = asyncio.create_task(take(other_process, "two", others_are_dead=True))
        _, waiting = await asyncio.wait([taking], timeout=0.05)
        assert waiting
    assert await taking
