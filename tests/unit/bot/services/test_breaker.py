"""Only silence opens the breaker, and any answer closes it."""

import pytest

from bot.domain.delivery import RateLimit
from bot.ports.platform import ChannelLostError, PostRefusedError, SendError, TryLaterError, UncertainError
from bot.services.breaker import Breaker
from tests.fakes.clocks import HeldClock

_SILENCE = TryLaterError("cannot be reached", wait_s=5)


def _silent(breaker: Breaker, times: int) -> list[bool]:
    return [breaker.failed(_SILENCE) for _ in range(times)]


@pytest.mark.parametrize("silence", [_SILENCE, UncertainError("the answer was lost")])
def test_ten_silences_in_a_row_open_it_and_that_is_told_once(silence: SendError) -> None:
    breaker = Breaker(HeldClock())
    assert [breaker.failed(silence) for _ in range(12)] == [False] * 9 + [True, False, False]
    assert breaker.lets_through(100) == 0


def test_where_tries_are_few_five_seconds_without_an_answer_open_it() -> None:
    clock = HeldClock()
    breaker = Breaker(clock)
    opened = []
    for _ in range(7):
        opened.append(breaker.failed(_SILENCE))
        clock.pass_on(1.0)
    assert opened == [False] * 5 + [True, False]
    breaker.answered()
    assert not breaker.failed(_SILENCE)
    clock.pass_on(20.0)
    assert not breaker.failed(_SILENCE), "two are too few to judge by"


@pytest.mark.parametrize(
    "answer",
    [
        TryLaterError("slow down", wait_s=5, limit=RateLimit.ASKED),
        ChannelLostError("kicked"),
        PostRefusedError("too long"),
        None,
    ],
)
def test_an_answer_whatever_it_says_closes_it(answer: SendError | None) -> None:
    breaker = Breaker(HeldClock())
    _silent(breaker, 10)
    if answer:
        assert not breaker.failed(answer)
    else:
        breaker.answered()
    assert breaker.lets_through(100) == 100
    assert not any(_silent(breaker, 9))


def test_one_try_is_let_through_each_half_minute() -> None:
    clock = HeldClock()
    breaker = Breaker(clock)
    _silent(breaker, 10)
    for _ in range(3):
        clock.pass_on(29.9)
        assert breaker.lets_through(100) == 0
        clock.pass_on(0.1)
        assert breaker.lets_through(100) == 1
        assert breaker.lets_through(0) == 0
        breaker.began(1)
        assert breaker.lets_through(100) == 0
