"""When sources are read."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import after_failure, after_reading

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@given(st.floats(0, 1), st.floats(10, 86_400))
def test_readings_are_spread_over_a_tenth_of_the_interval(dice: float, interval_s: float) -> None:
    wait = (after_reading(NOW, interval_s=interval_s, dice=dice) - NOW).total_seconds()
    assert 0.899 * interval_s <= wait <= 1.101 * interval_s


def test_what_the_server_asks_for_is_never_undercut() -> None:
    hour = timedelta(hours=1)
    assert after_reading(NOW, interval_s=60, at_least=hour, dice=0.5) == NOW + hour
    assert after_failure(NOW, interval_s=60, failures=1, at_least=hour, dice=0.5) == NOW + hour


def test_failures_double_the_wait_up_to_half_a_day() -> None:
    waits = [after_failure(NOW, interval_s=600, failures=n, dice=0.5) - NOW for n in (1, 2, 3, 50)]
    assert waits == [timedelta(minutes=20), timedelta(minutes=40), timedelta(minutes=80), timedelta(hours=12)]
