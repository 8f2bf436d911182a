"""Nobody is told more than the platform allows, and people are told first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import RateLimit
from bot.messages.pacing import Pacer, Rate

SLOW = Rate(per_s=1.0, burst=2.0)


def test_a_burst_goes_out_at_once_and_then_one_each_second() -> None:
    pacer = Pacer(None)
    waits = [pacer.take("chat", SLOW, now=100.0) for _ in range(3)]
    assert waits == [0.0, 0.0, 1.0]
    assert pacer.take("chat", SLOW, now=101.0) == 0.0


def test_places_do_not_wait_for_each_other() -> None:
    pacer = Pacer(None)
    for _ in range(2):
        pacer.take("busy", SLOW, now=0.0)
    assert pacer.take("quiet", SLOW, now=0.0) == 0.0


def test_the_platform_s_own_rate_holds_over_all_places() -> None:
    pacer = Pacer(Rate(per_s=10.0, burst=5.0))
    sent = sum(pacer.take(f"chat {n}", SLOW, now=0.0) == 0.0 for n in range(50))
    assert sent == 5


def test_what_is_owed_to_a_person_goes_before_posts_and_posts_pay_it_back() -> None:
    pacer = Pacer(None, debt=3.0)
    for _ in range(2):
        pacer.take("chat", SLOW, now=0.0)
    assert pacer.take("chat", SLOW, now=0.0) > 0
    assert pacer.take("chat", SLOW, now=0.0, goes_first=True) == 0.0
    assert pacer.take("chat", SLOW, now=1.0) > 0, "the answer's token comes first"
    assert pacer.take("chat", SLOW, now=2.0) == 0.0


def test_the_next_room_in_a_full_second_is_left_to_a_person_who_waits_for_it() -> None:
    pacer = Pacer(Rate(per_s=1_000.0, burst=1_000.0, in_a_second=3))
    for now in (0.0, 0.1, 0.2):
        assert pacer.take("chat", None, now=now) == 0.0
        pacer.end(now, now=now, is_answered=False)
    assert pacer.take("person", None, now=0.3, goes_first=True) == pytest.approx(0.7)
    assert pacer.take("chat", None, now=1.0) == pytest.approx(0.1)
    assert pacer.held_by("chat", None, now=1.0) is RateLimit.OVERALL
    assert pacer.take("person", None, now=1.01, goes_first=True) == 0.0
    assert pacer.take("chat", None, now=1.1) == 0.0


def test_a_person_who_gave_up_keeps_no_room_for_long() -> None:
    pacer = Pacer(Rate(per_s=1_000.0, burst=1_000.0, in_a_second=1))
    assert pacer.take("chat", None, now=0.0) == 0.0
    pacer.end(0.0, now=0.0, is_answered=False)
    assert pacer.take("person", None, now=0.5, goes_first=True) == pytest.approx(0.5)
    assert pacer.take("chat", None, now=1.1) == 0.0


def test_a_closed_place_opens_exactly_when_the_platform_said() -> None:
    pacer = Pacer(None)
    pacer.close("chat", until=107.0)
    assert pacer.take("chat", SLOW, now=100.0, goes_first=True) == 7.0
    assert pacer.take("other", SLOW, now=100.0) == 0.0
    assert pacer.take("chat", SLOW, now=107.0) == 0.0


def test_closing_everything_closes_every_place() -> None:
    pacer = Pacer(None)
    pacer.close("", until=5.0)
    assert pacer.take("any", None, now=0.0) == 5.0


def test_being_woken_late_costs_nothing_of_the_rate() -> None:
    pacer = Pacer(Rate(per_s=29.0, burst=5.0, in_a_second=30))
    now, sent = 0.0, 0
    while now < 100.0:
        wait = pacer.take(f"chat {sent}", None, now=now)
        if not wait:
            pacer.end(now, now=now, is_answered=True)
        sent += not wait
        now += wait and wait + 0.015
    assert sent >= 0.95 * 30 * 100


@given(pauses=st.lists(st.floats(0.0, 0.3), min_size=1, max_size=200), goes_first=st.booleans())
def test_no_second_ever_holds_more_than_it_may_whatever_was_saved_up(pauses: list[float], *, goes_first: bool) -> None:
    pacer = Pacer(Rate(per_s=29.0, burst=20.0, in_a_second=30))
    now, sent = 0.0, list[float]()
    for pause in pauses:
        now += pause
        while not pacer.take("any", None, now=now, goes_first=goes_first):
            pacer.end(now, now=now, is_answered=True)
            sent.append(now)
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[30:], strict=False))


@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=80))
def test_no_second_ever_holds_more_than_burst_and_rate(pauses: list[float]) -> None:
    pacer = Pacer(None)
    now, sent = 0.0, []
    for pause in pauses:
        now += pause
        if pacer.take("chat", SLOW, now=now) == 0.0:
            sent.append(now)
    for start in sent:
        assert sum(start <= at <= start + 1.0 for at in sent) <= SLOW.burst + SLOW.per_s
