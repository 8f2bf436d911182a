"""A server that says "moved for good" is believed when it has said so for long enough."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.moves import after_answer, is_settled
from bot.domain.source import Move

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
THERE, ELSEWHERE = "https://there.example/feed", "https://elsewhere.example/feed"


def test_equal_answers_are_counted_from_the_first() -> None:
    move = None
    for day in range(3):
        move = after_answer(move, THERE, is_familiar=True, now=MONDAY + day * DAY)
    assert move == Move(address=THERE, since=MONDAY, answers=3)


def test_another_place_begins_anew_and_none_ends_it() -> None:
    move = Move(address=THERE, since=MONDAY, answers=9)
    assert after_answer(move, ELSEWHERE, is_familiar=True, now=MONDAY + DAY) == Move(
        address=ELSEWHERE, since=MONDAY + DAY
    )
    assert after_answer(move, None, is_familiar=True, now=MONDAY + DAY) is None


def test_what_holds_no_known_article_does_not_count() -> None:
    move = Move(address=THERE, since=MONDAY, answers=9)
    assert after_answer(move, THERE, is_familiar=False, now=MONDAY + DAY) == move
    assert after_answer(None, THERE, is_familiar=False, now=MONDAY) is None


@pytest.mark.parametrize(("answers", "days", "settled"), [(10, 7, True), (9, 30, False), (500, 6.9, False)])
def test_ten_answers_over_a_week_settle_it(answers: int, days: float, *, settled: bool) -> None:
    move = Move(address=THERE, since=MONDAY, answers=answers)
    assert is_settled(move, MONDAY + timedelta(days=days)) is settled
