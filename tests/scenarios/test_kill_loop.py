"""A short kill loop; ``make crash`` runs a long one, on PostgreSQL too. And starts at which nothing is to happen."""

from collections import Counter
from pathlib import Path

import pytest

from tests.crash import loop
from tests.crash.restarts import restarted
from tests.crash.verdict import Place, Verdict, count, out_of_order

_HERE: Place = ("telegram", "-100", "N00001")
_THERE: Place = ("discord", "200", "N00001")


@pytest.mark.parametrize("is_forgetful", [False, True], ids=["Discord knows nonces", "Discord knows none"])
async def test_killed_anywhere_it_loses_nothing_and_repeats_nothing_but_sends_in_flight(
    tmp_path: Path, *, is_forgetful: bool
) -> None:
    verdict = await loop.run(tmp_path, kills=5, is_forgetful=is_forgetful)
    assert verdict.is_kept, "\n".join(verdict.broken)
    assert verdict.shown
    assert verdict.edits


@pytest.mark.parametrize("times", [1, pytest.param(100, marks=pytest.mark.fault)])
async def test_starting_again_while_the_feeds_stand_still_posts_nothing(tmp_path: Path, times: int) -> None:
    before, after = await restarted(tmp_path, times=times)
    assert before == after > 0


def _counted(
    copies: dict[Place, int], *, flights: dict[Place, int] | None = None, parked: frozenset[Place] = frozenset()
) -> Verdict:
    verdict = Verdict(kills=1)
    count(verdict, {_HERE, _THERE}, Counter(copies), Counter(flights or {}), parked)
    return verdict


def test_all_shown_once_is_a_promise_kept() -> None:
    assert _counted({_HERE: 1, _THERE: 1}).is_kept


def test_a_missing_message_breaks_it() -> None:
    verdict = _counted({_HERE: 1})
    assert verdict.lost == 1
    assert not verdict.is_kept


def test_a_repeat_on_discord_breaks_it_whatever_was_in_flight() -> None:
    verdict = _counted({_HERE: 1, _THERE: 2}, flights={_THERE: 1})
    assert verdict.discord_repeats == 1
    assert not verdict.is_kept


@pytest.mark.parametrize(("copies", "flights", "is_kept"), [(2, 1, True), (2, 0, False), (2, 5, True), (3, 5, False)])
def test_telegram_may_repeat_once_what_was_in_flight(copies: int, flights: int, *, is_kept: bool) -> None:
    verdict = _counted({_HERE: copies, _THERE: 1}, flights={_HERE: flights})
    assert verdict.is_kept is is_kept
    assert verdict.max_copies == copies


@pytest.mark.parametrize(("flights", "is_kept"), [(1, False), (2, True)])
def test_what_is_put_aside_unseen_was_killed_twice(flights: int, *, is_kept: bool) -> None:
    verdict = _counted({_THERE: 1}, flights={_HERE: flights}, parked=frozenset({_HERE}))
    assert verdict.is_kept is is_kept
    assert (verdict.lost, verdict.unseen) == (0, 1)


def test_what_overtakes_in_its_chat_is_found() -> None:
    first, second, elsewhere = ("a", "1", "N1"), ("a", "1", "N2"), ("a", "2", "N1")
    promised = (first, second, elsewhere)
    assert out_of_order(promised, {first: 2, second: 3, elsewhere: 1}) == []
    assert out_of_order(promised, {first: 3, second: 2}) == [second]


def test_what_nobody_told_breaks_it() -> None:
    assert not _counted({_HERE: 1, _THERE: 1, ("discord", "200", "N00002"): 1}).is_kept


def test_the_last_line_is_for_both_databases_together() -> None:
    one, other = Verdict(kills=3, max_copies=2, telegram_extra=1, in_flight=4), Verdict(kills=4, max_copies=1)
    assert str(one + other) == "kills 7 lost 0 discord_repeats 0 telegram_extra 1 in_flight 4 max_copies 2"
