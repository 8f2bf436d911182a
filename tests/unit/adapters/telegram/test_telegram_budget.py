"""Telegram's rates are used up to the limit and never passed."""

import asyncio
from itertools import pairwise

import pytest

from adapters.telegram.budget import Budget, Purpose
from bot.domain.delivery import RateLimit, Waited
from bot.ports.platform import TryLaterError
from tests.fakes.clocks import HeldClock

STEP_S = 0.01


def said(budget: Budget, chat: int, purpose: Purpose = Purpose.POST) -> float:
    """0.0 if it could be said, which took no time, or the wait."""
    if wait_s := budget.take(chat, purpose):
        return wait_s
    with budget.under_way(chat):
        return 0.0


def spoken(
    budget: Budget, clock: HeldClock, chats: list[int], *, for_s: float, purpose: Purpose = Purpose.POST
) -> list[float]:
    """When something was said, by somebody who tries every hundredth of a second, in turn to each chat."""
    times = []
    for tick in range(round(for_s / STEP_S)):
        times += [clock.monotonic()] * (said(budget, chats[tick % len(chats)], purpose) == 0)
        clock.pass_on(STEP_S)
    return times


def most_within(times: list[float], window_s: float) -> int:
    return max(sum(1 for later in times if start <= later < start + window_s - STEP_S / 2) for start in times)


@pytest.mark.parametrize(("purpose", "most"), [(Purpose.POST, 17), (Purpose.EDIT, 19), (Purpose.ANSWER, 20)])
def test_a_group_hears_so_many_in_any_minute_and_no_fewer(purpose: Purpose, most: int) -> None:
    clock = HeldClock()
    times = spoken(Budget(clock), clock, [-1], for_s=300, purpose=purpose)
    assert most_within(times, 60) == most
    assert len(times) >= 0.95 * most * 5


def test_a_flood_of_posts_leaves_room_for_breaking_news_that_for_edits_and_all_for_answers() -> None:
    clock = HeldClock()
    budget = Budget(clock)
    taken = dict.fromkeys(Purpose, 0)
    for purpose in Purpose:
        while said(budget, -1, purpose) == 0:
            taken[purpose] += 1
            clock.pass_on(0.1)
    assert taken == {Purpose.POST: 17, Purpose.BREAKING: 1, Purpose.EDIT: 1, Purpose.ANSWER: 1}


def test_a_private_chat_hears_one_a_second_after_a_short_burst() -> None:
    clock = HeldClock()
    times = spoken(Budget(clock), clock, [5], for_s=20)
    assert most_within(times, 1) <= 4
    assert all(later - sooner >= 1 - 2 * STEP_S for sooner, later in pairwise(times[4:]))
    assert len(times) >= 0.95 * 20


def test_all_chats_together_hear_at_most_thirty_a_second_and_nearly_that_many() -> None:
    clock = HeldClock()
    times = spoken(Budget(clock), clock, list(range(1, 2001)), for_s=30)
    assert most_within(times, 1) <= 30
    assert len(times) >= 0.95 * 30 * 30


def test_a_closed_chat_waits_and_the_others_do_not() -> None:
    clock = HeldClock()
    budget = Budget(clock, is_kept=False)
    budget.close(-1, 30.0)
    assert budget.take(-1) == 30
    assert budget.take(-1, Purpose.ANSWER) == 30
    assert budget.take(-2) == 0
    clock.pass_on(30)
    assert budget.take(-1) == 0


def test_without_rates_nothing_is_held_back() -> None:
    budget = Budget(HeldClock(), is_kept=False)
    assert [budget.take(-1) for _ in range(1_000)] == [0.0] * 1_000


async def test_a_long_wait_is_told_and_not_waited_out() -> None:
    budget = Budget(HeldClock())
    budget.close(-1, 30.0)
    with pytest.raises(TryLaterError) as later:
        await budget.turn(-1)
    assert later.value.wait_s == pytest.approx(30)
    assert later.value.limit is RateLimit.ASKED


def test_many_chats_do_not_pile_up() -> None:
    clock = HeldClock()
    budget = Budget(clock)
    for chat in range(1, 20_100):
        said(budget, -chat)
        clock.pass_on(0.04)
    assert len(budget._shared) < 20_000


async def test_a_short_wait_is_waited_out() -> None:
    clock = HeldClock()
    budget = Budget(clock)
    budget.close(-1, 0.5)
    waiting = asyncio.create_task(budget.turn(-1))
    await clock.asleep(0.5)
    assert not waiting.done()
    clock.pass_on(0.5)
    assert await waiting == Waited(limit=RateLimit.ASKED, seconds=0.5)


@pytest.mark.parametrize(("chat", "purpose"), [(5, Purpose.ANSWER), (-1, Purpose.ANSWER), (-1, Purpose.POST)])
def test_how_long_it_takes_behind_others_is_known_beforehand(chat: int, purpose: Purpose) -> None:
    clock = HeldClock()
    budget = Budget(clock)
    told = [budget.wait(chat, purpose, ahead=ahead) for ahead in range(60)]
    waited = 0.0
    for expected in told:
        while wait_s := said(budget, chat, purpose):
            clock.pass_on(max(wait_s, 0.001))  # less may be lost in floating point
            waited += wait_s
        assert expected == pytest.approx(waited, abs=2.0)


@pytest.mark.parametrize(("chat", "others", "limit"), [(-1, 0, "channel"), (5, 0, "channel"), (5, 30, "overall")])
async def test_whoever_has_to_wait_hears_which_limit_that_is_for(chat: int, others: int, limit: str) -> None:
    clock = HeldClock()
    budget = Budget(clock)
    for other in range(100, 100 + others):
        said(budget, other)
    while not others and not said(budget, chat):
        clock.pass_on(0.1)
    clock.pass_on(0.0 if others else 0.1)
    waiting = asyncio.create_task(budget.turn(chat))
    while not waiting.done():
        await asyncio.sleep(0)
        clock.pass_on(0.05)
    waited = waiting.exception() or waiting.result()
    assert isinstance(waited, TryLaterError | Waited)
    assert waited.limit == limit
