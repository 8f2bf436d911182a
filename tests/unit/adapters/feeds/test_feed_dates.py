"""Moments: what feeds write for a date comes out in UTC, and what is none comes out as None."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.dates import moment


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 23 Nov 2026 14:05:09 +0000", "2026-11-23T14:05:09"),
        ("Mon, 23 Nov 2026 14:05:09 GMT", "2026-11-23T14:05:09"),
        ("Mon, 23 Nov 2026 14:05:09 +0400", "2026-11-23T10:05:09"),
        ("Mon, 23 Nov 2026 14:05:09 -0330", "2026-11-23T17:35:09"),
        ("Mon, 23 Nov 2026 14:05:09 EST", "2026-11-23T19:05:09"),
        ("23 Nov 2026 14:05 +0400", "2026-11-23T10:05:00"),
        ("Mon, 23 Nov 2026", "2026-11-23T00:00:00"),
        ("  Mon,  23 Nov 2026\n 14:05:09  GMT ", "2026-11-23T14:05:09"),
        ("2026-11-23T14:05:09Z", "2026-11-23T14:05:09"),
        ("2026-11-23T14:05:09+04:00", "2026-11-23T10:05:09"),
        ("2026-11-23T14:05:09.250+04:00", "2026-11-23T10:05:09.250000"),
        ("2026-11-23 14:05:09", "2026-11-23T14:05:09"),
        ("2026-11-23", "2026-11-23T00:00:00"),
        ("23 noyabr 2026 14:05", "2026-11-23T14:05:00"),
        ("23 ноября 2026 г.", "2026-11-23T00:00:00"),
        ("23 Kasım 2026, 14:05 +0300", "2026-11-23T11:05:00"),
        ("Pazartesi, 5 Ağustos 2026 14:05:09 +03:00", "2026-08-05T11:05:09"),
        ("5. März 2026", "2026-03-05T00:00:00"),
        ("23.11.2026 14:05", "2026-11-23T14:05:00"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "2100-01-01T00:00:00"),
    ],
)
def test_a_date_is_read_as_its_writer_meant_it(written: str, expected: str) -> None:
    assert moment(written) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("", "   ", "yesterday", "0001-01-01T00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT", "99999-01-01", "1e9"),
        *("Mon, 32 Nov 2026 14:05:09 GMT", "23 Brumaire 2026", "45.45.2026", "2026-13-45", "0001-01-01T00:00:00+23:00"),
        *("-1", "0", "12", "2026", "2026-11", "10:30", "Nov 2026", "12 Nov", "Wed, 02 Oct 10:30", "now", "{{date}}"),
        *("9999-12-31T23:59:59-23:00", "23 Nov 2026 25:61", "1" * 5000, "23 noyabr 2026 +99:99"),
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert moment(written) is None


ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-1439, 1439))


@given(st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001  # hypothesis adds the zone
def test_every_moment_in_iso_form_comes_back(at: datetime) -> None:
    assert moment(at.isoformat()) == at


@given(st.text(max_size=60) | st.from_regex(r"\A\d{1,2} \w{3,9} \d{4}( \d\d:\d\d)?.{0,6}\Z"))
def test_no_text_makes_it_fail(written: str) -> None:
    found = moment(written)
    assert found is None or found.utcoffset() is not None
