"""Rates are the platform's: 30 a second, 1 a second in private after a burst of 5, 20 a minute in a group."""

from dataclasses import replace

import pytest

from adapters.sandbox.store import Store
from adapters.sandbox.telegram.cast import GROUP, PLACES
from adapters.sandbox.telegram.errors import TooManyRequestsError
from adapters.sandbox.telegram.rates import Rates
from adapters.sandbox.telegram.room import Room
from tests.unit.adapters.sandbox.telegram.house import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def room(clock: HandClock, chat: int) -> Room:
    return Room(next(place for place in PLACES if place.id == chat), Store(None, clock))


def wait(rates: Rates, where: Room) -> object:
    with pytest.raises(TooManyRequestsError) as refused:
        rates.spend(where)
    return refused.value.parameters["retry_after"]


def test_a_private_chat_takes_five_at_once_and_then_one_a_second(clock: HandClock) -> None:
    rates, private = Rates(clock, are_on=True), room(clock, 700000001)
    for _ in range(5):
        rates.spend(private)
    assert wait(rates, private) == 1
    for _ in range(10):
        clock.now += 1
        rates.spend(private)
    assert wait(rates, private) == 1


def test_a_group_takes_twenty_in_any_minute_edits_among_them(clock: HandClock) -> None:
    rates, group = Rates(clock, are_on=True), room(clock, GROUP)
    for number in range(20):
        rates.spend(group, message=bool(number % 2))
        clock.now += 1
    assert wait(rates, group) == 40
    clock.now += 39.5
    assert wait(rates, group) == 1
    clock.now += 0.5
    rates.spend(group)


def test_thirty_a_second_go_out_in_all_and_a_refused_one_counts_nowhere(clock: HandClock) -> None:
    rates = Rates(clock, are_on=True)
    group, private = room(clock, GROUP), room(clock, 700000001)
    for _ in range(30):
        rates.spend(private, message=False)
    assert wait(rates, group) == 1
    clock.now += 1
    for _ in range(20):
        rates.spend(group)


def test_without_rates_nothing_is_refused(clock: HandClock) -> None:
    rates, group = Rates(clock, are_on=False), room(clock, GROUP)
    for _ in range(1000):
        rates.spend(group)


def test_whoever_pays_may_say_a_thousand_a_second_and_the_others_thirty(clock: HandClock) -> None:
    rates = Rates(clock, are_on=True)
    rooms = [Room(replace(PLACES[0], id=number), Store(None, clock)) for number in range(1, 1_001)]
    for where in rooms:
        rates.spend(where, is_paid=True)
    for where in rooms[:30]:
        rates.spend(where)
    with pytest.raises(TooManyRequestsError):
        rates.spend(rooms[31])
    with pytest.raises(TooManyRequestsError):
        rates.spend(rooms[31], is_paid=True)
