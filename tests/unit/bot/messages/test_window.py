"""A strict platform refuses nothing, however unevenly calls arrive there, and hears nearly all that it would take."""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from bot.messages.pacing import Pacer, Rate
from bot.messages.window import Window


class Strict:
    """Takes ``most`` in any second, counted at the moment of arrival."""

    def __init__(self, most: int) -> None:
        self.latest: deque[float] = deque(maxlen=most)
        self.refused = 0

    def hear(self, now: float) -> None:
        is_full = len(self.latest) == self.latest.maxlen and now - self.latest[0] < 1.0
        self.refused += is_full
        if not is_full:
            self.latest.append(now)


@dataclass
class Way:
    """How long a call takes there and back at a time; what is the quickest is the half of ``least_s``."""

    least_s: float
    uneven_s: float
    stalls: tuple[tuple[float, float], ...] = ()
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def __call__(self, now: float) -> float:
        """Nothing gets through in a stall, neither way; what waited comes all at once."""
        there = now + self.least_s / 2 + self.dice.random() * self.uneven_s
        return max([there, *(end for begin, end in self.stalls if begin <= there < end)]) - now


@dataclass(kw_only=True)
class Conversation:
    """Somebody who always has something to say, by the pacer's leave, in virtual time."""

    pacer: Pacer
    server: Strict
    way: Callable[[float], float]
    late_s: float = 0.0
    """By how much the speaker is woken late, at most."""
    lost: float = 0.0
    """The share of calls whose answer is an error."""
    first: float = 0.0
    """The share of tries for what goes first."""

    def run(self, seconds: float, *, warm_up: float = 0.0) -> float:
        """How many a second were heard once it was warm."""
        dice, order = random.Random(11), itertools.count()
        happens: list[tuple[float, int, str, float]] = [(0.0, next(order), "speak", 0.0)]
        heard = 0
        while happens[0][0] < seconds:
            now, _, what, began = heapq.heappop(happens)
            if what == "speak":
                wait = self.pacer.take("anybody", None, now=now, goes_first=dice.random() < self.first)
                again = now + max(wait, 0.001) + dice.random() * self.late_s if wait else now
                heapq.heappush(happens, (again, next(order), "speak", 0.0))
                if not wait:
                    heapq.heappush(happens, (now + self.way(now), next(order), "arrive", now))
            elif what == "arrive":
                self.server.hear(now)
                heard += now >= warm_up
                heapq.heappush(happens, (now + self.way(now), next(order), "answer", began))
            else:
                self.pacer.end(began, now=now, is_answered=dice.random() >= self.lost)
        return (heard - self.server.refused) / (seconds - warm_up)


DISCORD = Rate(per_s=49.5, burst=12.0, in_a_second=50)
TELEGRAM = Rate(per_s=29.7, burst=5.0, in_a_second=30)
PAID = Rate(per_s=990.0, burst=200.0, in_a_second=1_000)


_CALM = [(0.0, 0.005), (0.08, 0.0), (0.08, 0.02), (0.15, 0.03), (0.4, 0.02)]


@pytest.mark.parametrize(
    ("rate", "least_s", "uneven_s"),
    [*((rate, *way) for rate in (DISCORD, TELEGRAM) for way in _CALM), (PAID, 0.08, 0.02)],
)
def test_a_calm_platform_hears_nearly_all_that_it_takes_and_refuses_nothing(
    rate: Rate, least_s: float, uneven_s: float
) -> None:
    server = Strict(rate.in_a_second or 0)
    talk = Conversation(pacer=Pacer(rate), server=server, way=Way(least_s, uneven_s), late_s=0.005)
    assert talk.run(20.0, warm_up=8.0) >= 0.95 * (rate.in_a_second or 0)
    assert server.refused == 0


stalls = st.lists(st.tuples(st.floats(0.0, 28.0), st.floats(0.05, 2.0)), max_size=5).map(
    lambda found: tuple((begin, begin + length) for begin, length in found)
)


@settings(max_examples=60)
@given(
    least_s=st.floats(0.0, 0.3),
    uneven_s=st.floats(0.0, 1.5),
    stalls=stalls,
    lost=st.sampled_from([0.0, 0.2, 1.0]),
    first=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 1_000),
)
def test_nothing_is_refused_however_uneven_the_way_is_and_whatever_stalls(
    least_s: float, uneven_s: float, stalls: tuple[tuple[float, float], ...], lost: float, first: float, seed: int
) -> None:
    server = Strict(10)
    way = Way(least_s, uneven_s, stalls, random.Random(seed))
    pacer = Pacer(Rate(per_s=9.9, burst=10.0, in_a_second=10))
    Conversation(pacer=pacer, server=server, way=way, late_s=0.02, lost=lost, first=first).run(30.0)
    assert server.refused == 0


def test_by_departure_alone_a_platform_would_refuse_what_a_stall_held_up() -> None:
    class ByDeparture(Pacer):
        @override
        def take(self, place: str, rate: Rate | None, *, now: float, goes_first: bool = False) -> float:
            wait = super().take(place, rate, now=now, goes_first=goes_first)
            if not wait:
                super().end(now, now=now, is_answered=False)
            return wait

        @override
        def end(self, began: float, *, now: float, is_answered: bool) -> None:
            pass

    server = Strict(50)
    Conversation(pacer=ByDeparture(DISCORD), server=server, way=Way(0.08, 0.02, ((3.0, 3.5),))).run(6.0)
    assert server.refused > 0


def spoken(window: Window, *, calls: int, each_s: float, took: float, since: float = 0.0) -> float:
    """So many calls, one after another; when the last was over."""
    now = since
    for number in range(calls):
        began = since + number * each_s
        window.begin(now=began)
        now = began + took
        window.end(began, now=now, is_answered=True)
    return now


def test_a_call_counts_until_a_second_after_its_answer_less_the_shortest_way_there_and_back() -> None:
    window = Window(1, 1.0)
    spoken(window, calls=100, each_s=2.0, took=0.205)
    now = spoken(window, calls=1, each_s=2.0, took=0.7, since=200.0)
    assert window.wait(now=now) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(("calls", "each_s"), [(99, 2.0), (1_000, 0.004)])
def test_the_way_is_not_known_after_a_few_calls_nor_after_those_of_one_moment(calls: int, each_s: float) -> None:
    window = Window(1_000, 1.0)
    now = spoken(window, calls=calls, each_s=each_s, took=0.2)
    assert window.wait(now=now, most=1) == pytest.approx(1.0)


def test_an_answer_that_is_an_error_says_nothing_of_the_way() -> None:
    window = Window(1, 1.0)
    now = spoken(window, calls=100, each_s=2.0, took=0.2) + 2
    window.begin(now=now)
    window.end(now, now=now + 0.3, is_answered=False)
    assert window.wait(now=now + 0.3) == pytest.approx(1.0)


def test_a_way_that_has_become_longer_is_believed_after_some_minutes() -> None:
    window = Window(1, 1.0)
    now = spoken(window, calls=150, each_s=2.0, took=0.205)
    now = spoken(window, calls=100, each_s=2.0, took=0.505, since=now + 2)
    assert window.wait(now=now) == pytest.approx(0.8, abs=0.03)
    now = spoken(window, calls=300, each_s=2.0, took=0.505, since=now + 2)
    assert window.wait(now=now) == pytest.approx(0.5, abs=0.02)


def test_as_long_as_nothing_is_answered_it_is_told_when_to_look_again() -> None:
    window = Window(2, 1.0)
    for _ in range(2):
        window.begin(now=0.0)
    assert window.wait(now=0.0) == 1.0
    window.end(0.0, now=0.2, is_answered=False)
    assert not window.is_idle(now=0.2)
    assert window.wait(now=0.2) == pytest.approx(1.0)
    window.end(0.0, now=0.3, is_answered=False)
    assert window.wait(now=1.3) == 0.0
    assert window.is_idle(now=1.3)


def test_calls_that_hang_there_hold_up_the_others_for_seconds_only() -> None:
    window = Window(2, 1.0)
    window.begin(now=0.0)
    window.begin(now=0.5)
    assert window.wait(now=4.9) == 1.0
    assert window.wait(now=5.5) == pytest.approx(0.5)
    assert window.wait(now=6.0) == 0.0
    window.begin(now=6.0)
    window.end(0.0, now=25.0, is_answered=False)
    window.end(6.0, now=6.1, is_answered=False)
    assert window.wait(now=25.9) == 0.0
    assert window.wait(now=26.0, ahead=1) == 0.0


def test_a_call_that_was_held_up_on_our_side_hangs_nowhere_yet() -> None:
    window = Window(1, 1.0)
    window.begin(now=0.0)
    window.begin_anew(0.0, now=4.0)
    assert window.wait(now=8.9) == 1.0
    window.end(4.0, now=8.9, is_answered=False)
    assert window.wait(now=8.9) == pytest.approx(1.0)
