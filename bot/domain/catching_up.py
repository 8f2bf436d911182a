"""How much of what a source brings becomes posts, and when the rest is told in one."""

from datetime import datetime, timedelta

AT_FIRST = 1
"""A source that is new to us holds old news; its newest article says that it works."""

AFTER_A_GAP = 10
IN_A_BURST = 50
"""Between two readings on time nothing has waited for us, so all of it is news; with more no channel could be read."""

DATED_BACK = timedelta(hours=48)
"""How long before the last reading an article may say it came out and still be one that we missed."""

_ON_TIME = 3
"""Readings that go as planned are at most one and a half intervals apart."""


def most_posts(last_read_at: datetime, now: datetime, *, interval_s: float, awake_since: datetime) -> int:
    """How many articles of this reading become posts.

    After a gap few: we were not there since the last reading (``awake_since``), or the source was not, or it was
    paused.
    """
    was_away = last_read_at < awake_since or now - last_read_at > _ON_TIME * timedelta(seconds=interval_s)
    return AFTER_A_GAP if was_away else IN_A_BURST
