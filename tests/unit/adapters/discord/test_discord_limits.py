"""How texts are counted."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS, OVERALL_RATE, measure
from adapters.discord.render import escape

_ANY = st.text(max_size=60) | st.text("*_~`|<>[]@#:-\n\\/日🙂a", max_size=60)


@given(_ANY, _ANY)
def test_joining_texts_never_costs_more_than_both(one: str, other: str) -> None:
    assert measure(one + other) <= measure(one) + measure(other)


@given(_ANY)
def test_escaped_text_is_never_longer_than_measured(words: str) -> None:
    assert len(escape(words)) <= measure(words)
    assert len(escape(words).encode()) <= 2.5 * measure(words)


def test_plain_words_cost_their_length() -> None:
    assert measure("The first ferry left at dawn.") == 29


def test_many_bytes_to_a_character_cost_more() -> None:
    assert measure("日" * 1000) == 1200


def test_in_no_second_more_is_sent_than_discord_permits() -> None:
    assert OVERALL_RATE.in_a_second == 50
    assert OVERALL_RATE.per_s >= 0.95 * 50


def test_the_abilities_are_discords() -> None:
    assert (LIMITS.can_find, LIMITS.can_whisper, LIMITS.can_edit, LIMITS.has_forms, LIMITS.greets) == (
        True, True, True, True, False,
    )  # fmt: skip
