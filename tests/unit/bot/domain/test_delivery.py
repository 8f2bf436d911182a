"""Where deliveries may go, and what is done when nobody knows whether a send arrived."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.channel import ChannelId, ChannelRef, Prefers
from bot.domain.delivery import (
    Claim,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    IllegalChangeError,
    Parked,
    Waiting,
    after_nothing_found,
    after_uncertain,
    check_change,
    may_become,
)

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def claim(*, uncertain: int, attempt: int = 1, prefers: Prefers = Prefers.NO_LOSS) -> Claim:
    return Claim(
        id=DeliveryId(1),
        kind=DeliveryKind.HEADLINE,
        channel_id=ChannelId(1),
        channel=ChannelRef(platform="any", id="1"),
        story_id=StoryId(1),
        once="x" * 22,
        attempt=attempt,
        uncertain=uncertain,
        revision=0,
        wanted_at=BEGAN,
        first_attempt_at=BEGAN,
        leased_until=BEGAN + timedelta(seconds=90),
        prefers=prefers,
    )


_S = DeliveryState
_HEADLINE_CHANGES = {
    (_S.PENDING, _S.SENDING),
    (_S.PENDING, _S.PAUSED),
    (_S.PENDING, _S.PARKED),
    (_S.SENDING, _S.PENDING),
    (_S.SENDING, _S.SENT),
    (_S.SENDING, _S.PARKED),
    (_S.SENDING, _S.PAUSED),
    (_S.SENDING, _S.BURIED),
    (_S.PARKED, _S.PENDING),
    (_S.PARKED, _S.PAUSED),
    (_S.PARKED, _S.BURIED),
    (_S.PAUSED, _S.PENDING),
    (_S.PAUSED, _S.PARKED),
    (_S.PAUSED, _S.BURIED),
}
_REFRESH_CHANGES = _HEADLINE_CHANGES | {(_S.SENT, _S.PENDING), (_S.SENT, _S.PAUSED)}


@pytest.mark.parametrize("after", DeliveryState)
@pytest.mark.parametrize("before", DeliveryState)
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (DeliveryKind.HEADLINE, _HEADLINE_CHANGES),
        (DeliveryKind.REFRESH, _REFRESH_CHANGES),
        (DeliveryKind.NOTICE, _HEADLINE_CHANGES),
    ],
)
def test_these_changes_and_no_others_are_legal(
    kind: DeliveryKind, changes: set[tuple[DeliveryState, DeliveryState]], before: DeliveryState, after: DeliveryState
) -> None:
    is_legal = (before, after) in changes
    assert may_become(kind, before, after) == is_legal
    with nullcontext() if is_legal else pytest.raises(IllegalChangeError, match=f"{before} cannot become {after}"):
        check_change(kind, before, after)


def test_where_repeats_are_recognised_it_is_repeated_freely() -> None:
    for uncertain in (0, 5):
        outcome = after_uncertain(
            claim(uncertain=uncertain),
            now=BEGAN + timedelta(seconds=59),
            repeat_safe=timedelta(seconds=60),
            reason="cut",
        )
        assert outcome == Waiting(not_before=BEGAN + timedelta(seconds=60), reason="cut", was_uncertain=True)


def test_elsewhere_it_is_repeated_once_and_counted() -> None:
    outcome = after_uncertain(
        claim(uncertain=0), now=BEGAN + timedelta(seconds=5), repeat_safe=timedelta(0), reason="cut"
    )
    assert isinstance(outcome, Waiting)
    assert outcome.was_uncertain


def test_a_channel_that_wants_nothing_twice_has_the_first_unknown_outcome_left_to_a_person() -> None:
    doubtful = claim(uncertain=0, prefers=Prefers.NO_DUPLICATE)
    outcome = after_uncertain(doubtful, now=BEGAN + timedelta(seconds=5), repeat_safe=timedelta(0), reason="cut")
    assert outcome == Parked(reason="cut")


def test_a_channel_that_wants_nothing_twice_gets_repeats_that_are_recognised() -> None:
    doubtful = claim(uncertain=3, prefers=Prefers.NO_DUPLICATE)
    outcome = after_uncertain(doubtful, now=BEGAN, repeat_safe=timedelta(seconds=60), reason="cut")
    assert isinstance(outcome, Waiting)


def test_a_second_unknown_outcome_is_left_to_a_person() -> None:
    outcome = after_uncertain(
        claim(uncertain=1), now=BEGAN + timedelta(seconds=5), repeat_safe=timedelta(0), reason="cut"
    )
    assert outcome == Parked(reason="cut")


def test_what_the_history_does_not_show_is_sent_again_after_a_pause_that_grows_to_a_minute() -> None:
    pauses = [
        after_nothing_found(claim(uncertain=1, attempt=attempt), now=BEGAN, reason="cut").not_before - BEGAN
        for attempt in (1, 2, 3, 7, 500)
    ]
    assert [pause.total_seconds() for pause in pauses] == [1, 2, 4, 60, 60]
