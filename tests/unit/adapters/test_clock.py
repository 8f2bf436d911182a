"""A wall clock that is set does not make anything wait, end or happen at once."""

from datetime import datetime, timedelta

import pytest

from adapters.machine.clock import SystemClock
from tests.builders import NOON


class _Machine:
    """Its steady clock passes; its wall clock may be set."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.set_by = timedelta(0)

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.passed) + self.set_by

    def steady(self) -> float:
        return 1_000 + self.passed


@pytest.fixture
def machine() -> _Machine:
    return _Machine()


@pytest.fixture
def clock(machine: _Machine) -> SystemClock:
    return SystemClock(wall=machine.wall, steady=machine.steady)


def test_it_is_the_wall_clock(machine: _Machine, clock: SystemClock) -> None:
    for _ in range(3):
        machine.passed += 3600
        assert clock.now() == machine.wall()


def test_a_correction_of_less_than_a_second_is_followed_at_once(machine: _Machine, clock: SystemClock) -> None:
    for correction in (0.9, 0.1, 0.7):
        machine.set_by = timedelta(seconds=correction)
        assert clock.now() == machine.wall()


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_after_it_was_set_back_a_minute_takes_two_until_both_agree(
    machine: _Machine, clock: SystemClock, back: timedelta
) -> None:
    machine.set_by = -back
    before = clock.now()
    for _ in range(60):
        machine.passed += 1
        clock.now()
    assert clock.now() - before == timedelta(seconds=30)
    machine.passed += 2 * back.total_seconds()
    clock.now()
    assert clock.now() == machine.wall()


@pytest.mark.parametrize("forward", [timedelta(hours=1), timedelta(days=1)])
def test_after_it_was_set_forward_no_more_than_double_the_time_passes_until_both_agree(
    machine: _Machine, clock: SystemClock, forward: timedelta
) -> None:
    machine.set_by = forward
    before = clock.now()
    for _ in range(60):
        machine.passed += 1
        clock.now()
    assert clock.now() - before == timedelta(seconds=120)
    machine.passed += forward.total_seconds()
    clock.now()
    assert clock.now() == machine.wall()


def test_set_to_and_fro_each_minute_it_keeps_going(machine: _Machine, clock: SystemClock) -> None:
    before = clock.now()
    for minute in range(60):
        machine.set_by = timedelta(hours=1 if minute % 2 else -1)
        for _ in range(60):
            machine.passed += 1
            now = clock.now()
            assert timedelta(0) < now - before <= timedelta(seconds=2)
            before = now
