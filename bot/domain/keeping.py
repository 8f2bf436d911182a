"""How long is kept what people and publishers sent us."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

SIGNS_KEPT = timedelta(days=180)
"""How long an article is known again after it was first seen, its text kept or not."""

WINDOWS_KEPT = 10
"""How many times the entries of a source's longest document are known again, however old they are: a publisher that
writes twice a year still lists what we cleared away long ago.
"""


ATTEMPTS_KEPT = timedelta(days=30)
"""How long can be told what was tried and did not arrive."""


class Leftover(StrEnum):
    """What somebody's doings leave behind, of use for a while."""

    REQUEST = "request"
    PHRASE = "phrase"
    LETTER = "letter"


LEFTOVERS_KEPT: Mapping[Leftover, timedelta] = {
    Leftover.REQUEST: timedelta(days=30),
    Leftover.PHRASE: timedelta(days=180),
    Leftover.LETTER: timedelta(days=7),
}
"""Platforms repeat a request or a letter within seconds, or within a day when we were away. A phrase counts from when
it was last asked for; the buttons that carry it turn pages of a list that nobody needs that old.
"""
