"""A Discord that refuses everything is asked so seldom that it does not bar us."""

from adapters.discord.invalid_calls import InvalidCalls
from tests.fakes.clocks import HeldClock

_TEN_MINUTES_S = 600
_UNDER_WAY = 100
_LIBRARYS_TRIES = 5


def _refused_at(invalid: InvalidCalls, times: int) -> None:
    for _ in range(times):
        invalid.note(429, {})


def test_ten_minutes_in_which_every_call_is_refused_hold_less_than_a_thousand_however_many_are_under_way() -> None:
    clock = HeldClock()
    invalid = InvalidCalls(clock.monotonic)
    refused: list[int] = []
    for second in range(3 * _TEN_MINUTES_S):
        begun = sum(not invalid.wait_s() for _ in range(_UNDER_WAY))
        _refused_at(invalid, begun * _LIBRARYS_TRIES)
        refused += [second] * begun * _LIBRARYS_TRIES
        clock.pass_on(1)
    for begin in range(2 * _TEN_MINUTES_S):
        assert sum(begin <= second < begin + _TEN_MINUTES_S for second in refused) <= 1_000
    assert refused[-1] >= 3 * _TEN_MINUTES_S - 60, "it is tried again all the same"


def test_what_others_used_up_and_what_is_no_refusal_costs_nothing() -> None:
    invalid = InvalidCalls(HeldClock().monotonic)
    for _ in range(1_000):
        for status in (200, 204, 400, 404, 500, 502):
            invalid.note(status, {})
        invalid.note(429, {"X-RateLimit-Scope": "shared"})
    assert invalid.wait_s() == 0


def test_when_the_storm_is_over_all_goes_on_within_a_minute() -> None:
    clock = HeldClock()
    invalid = InvalidCalls(clock.monotonic)
    _refused_at(invalid, 500)
    assert invalid.wait_s() == 20
    clock.pass_on(20)
    begun = [0]
    while begun[-1] < _UNDER_WAY:
        begun.append(0)
        while begun[-1] < _UNDER_WAY and not (wait_s := invalid.wait_s()):
            begun[-1] += 1
        for _ in range(begun[-1]):
            invalid.went_well()
        clock.pass_on(wait_s)
    assert clock.monotonic() <= 60
    assert begun == sorted(begun)


def test_the_first_refusal_after_that_makes_it_wait_again() -> None:
    clock = HeldClock()
    invalid = InvalidCalls(clock.monotonic)
    _refused_at(invalid, 300)
    clock.pass_on(20)
    assert invalid.wait_s() == 0
    invalid.went_well()
    assert invalid.wait_s() == 0
    invalid.note(403, {})
    assert invalid.wait_s() == 20
