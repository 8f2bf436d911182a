"""When sources are read."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import after_failure, after_reading, paced_interval

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ADDRESS = "https://wire.example/feed"
HOUR = timedelta(hours=1)


def pace(
    gap: timedelta, *, count: int = 10, now: datetime = NOW, before_s: float = 600, has_gap: bool = False
) -> float:
    """The minutes between two readings of a source that last published so many articles with that gap between them."""
    lately = [NOW - gap * n for n in range(1, count + 1)]
    return paced_interval(lately, now, before_s=before_s, has_gap=has_gap) / 60


def test_a_source_is_read_about_six_times_an_article_between_five_minutes_and_half_a_day() -> None:
    gaps = {1: 5, 30: 5, 60: 10, 6 * 60: 60, 24 * 60: 240, 30 * 24 * 60: 720}
    assert {minutes: pace(timedelta(minutes=minutes)) for minutes in gaps} == gaps


def test_silence_makes_readings_rarer() -> None:
    assert pace(HOUR) == 10
    assert pace(HOUR, now=NOW + timedelta(hours=20)) == 30
    assert pace(HOUR, now=NOW + timedelta(days=60)) == 720


def test_one_article_tells_a_pace_and_none_leaves_it_as_it_is() -> None:
    assert pace(HOUR, count=1) == 10
    assert paced_interval([], NOW, before_s=1200) == 1200
    assert paced_interval([], NOW, before_s=1) == 300


def test_a_gap_halves_the_interval_at_least_and_never_below_five_minutes() -> None:
    assert pace(timedelta(days=1), before_s=7200, has_gap=True) == 60
    assert pace(HOUR, before_s=7200, has_gap=True) == 10
    assert pace(HOUR, before_s=300, has_gap=True) == 5


@given(st.text(), st.floats(10, 86_400), st.integers(0, 10**6))
def test_the_next_reading_is_half_an_interval_away_or_up_to_one_and_a_half(
    address: str, interval_s: float, seconds: int
) -> None:
    now = NOW + timedelta(seconds=seconds)
    wait = (after_reading(now, interval_s=interval_s, address=address) - now).total_seconds()
    assert interval_s / 2 - 0.01 <= wait <= interval_s * 1.5 + 0.01


def test_a_source_that_is_read_on_time_is_read_at_even_intervals() -> None:
    at = after_reading(NOW, interval_s=600, address=ADDRESS)
    for _ in range(50):
        following = after_reading(at + timedelta(seconds=2), interval_s=600, address=ADDRESS)
        assert following - at == timedelta(minutes=10)
        at = following


def test_sources_that_were_overdue_together_do_not_come_due_together_again() -> None:
    due = [after_reading(NOW, interval_s=600, address=f"https://{n}.example/") for n in range(1000)]
    minutes = [int((at - NOW).total_seconds() // 60) for at in due]
    assert set(minutes) == set(range(5, 15))
    assert max(map(minutes.count, range(5, 15))) < 150


def test_what_the_server_asks_for_is_never_undercut() -> None:
    asked = after_reading(NOW, interval_s=60, address=ADDRESS, at_least=HOUR)
    assert NOW + HOUR <= asked <= NOW + HOUR + timedelta(minutes=1)
    assert after_failure(NOW, interval_s=60, failures=1, address=ADDRESS, at_least=HOUR) == NOW + HOUR


def test_failures_double_the_wait_up_to_half_a_day() -> None:
    waits = [after_failure(NOW, interval_s=600, failures=n, address=ADDRESS) - NOW for n in (1, 2, 3, 50, 5000)]
    assert waits[1] == waits[0] * 2
    assert waits[2] == waits[0] * 4
    assert timedelta(minutes=16) <= waits[0] <= timedelta(minutes=20)
    assert timedelta(hours=9.6) <= waits[3] == waits[4] <= timedelta(hours=12)


def test_a_slow_source_is_tried_again_before_its_interval_is_over() -> None:
    assert after_failure(NOW, interval_s=43_200, failures=1, address=ADDRESS) <= NOW + 2 * HOUR
