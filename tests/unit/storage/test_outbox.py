"""A statement that would move deliveries where none may go cannot even be made."""

import pytest

from bot.domain.delivery import DeliveryState, IllegalChangeError
from storage.outbox import turned


def test_a_legal_change_is_a_word_in_the_statement() -> None:
    assert str(turned(DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.PAUSED)) == "'pending'"


@pytest.mark.parametrize("before", [DeliveryState.SENT, DeliveryState.BURIED, DeliveryState.PENDING])
def test_an_illegal_change_is_an_error(before: DeliveryState) -> None:
    with pytest.raises(IllegalChangeError):
        turned(DeliveryState.PENDING, DeliveryState.SENDING, before)
