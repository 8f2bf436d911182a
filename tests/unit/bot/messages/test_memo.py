"""What many places show is made once."""

import itertools

import pytest

from bot.messages.memo import Memo


def test_a_thing_is_made_once_however_often_it_is_shown() -> None:
    numbers = itertools.count(1)
    memo = Memo[str, int](lambda _: next(numbers))
    assert [memo(thing) for thing in ("a", "b", "a", "b")] == [1, 2, 1, 2]


def test_a_thing_that_changed_is_made_anew() -> None:
    memo = Memo[tuple[str, ...], str](" ".join)
    assert memo(("Bridge", "closes")) == "Bridge closes"
    assert memo(("Bridge", "opens")) == "Bridge opens"


def test_only_the_latest_things_are_kept() -> None:
    made: list[int] = []
    memo = Memo[int, None](made.append, keeps=2)
    for thing in (1, 2, 3, 1):
        memo(thing)
    assert made == [1, 2, 3, 1]


def test_what_could_not_be_made_is_tried_again() -> None:
    troubles = [ValueError("not yet")]

    def make(_: str) -> str:
        if troubles:
            raise troubles.pop()
        return "now"

    memo = Memo(make)
    with pytest.raises(ValueError, match="not yet"):
        memo("a")
    assert memo("a") == "now"
