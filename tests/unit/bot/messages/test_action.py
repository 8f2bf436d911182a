"""Tokens on buttons: short, stable, and ours alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.action import MAX_BYTES, Action, ActionCodec, Unreadable, Verb

CODEC = ActionCodec(b"a key of this installation")
ACTIONS = st.builds(
    Action, verb=st.sampled_from(Verb), subject=st.integers(0, 10**18 - 1), page=st.integers(0, 999_999)
)


@given(ACTIONS)
def test_every_action_fits_every_platform_and_comes_back_the_same(action: Action) -> None:
    token = CODEC.encode(action)
    assert len(token.encode()) <= MAX_BYTES
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token), "a deep link takes nothing else"
    assert CODEC.decode(token) == action


@given(ACTIONS, st.integers(0, 63), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_token_changed_anywhere_is_no_action(action: Action, place: int, other: str) -> None:
    token = CODEC.encode(action)
    place %= len(token)
    if token[place] != other:
        assert isinstance(CODEC.decode(token[:place] + other + token[place + 1 :]), Unreadable)


def test_no_character_of_any_verb_s_token_can_be_another() -> None:
    forged = 0
    for verb in Verb:
        token = CODEC.encode(Action(verb=verb, subject=42))
        for place, character in enumerate(token):
            for other in {"0", "a", "Z", "-", "_"} - {character}:
                assert isinstance(CODEC.decode(token[:place] + other + token[place + 1 :]), Unreadable)
                forged += 1
    assert forged >= 1_000


def test_a_token_of_another_installation_is_no_action() -> None:
    token = ActionCodec(b"another key").encode(Action(verb=Verb.READ, subject=1))
    assert CODEC.decode(token) == Unreadable(is_other_version=False)


@given(st.text(max_size=100))
def test_any_text_is_answered_without_an_error(text: str) -> None:
    assert isinstance(CODEC.decode(text), Unreadable)


@pytest.mark.parametrize("token", ["0-read-42-0-abcdefghijkl", "2-read-42-0", "2:read:42:0"])
def test_a_button_of_another_version_is_told_apart_from_a_forged_one(token: str) -> None:
    assert CODEC.decode(token) == Unreadable(is_other_version=True)


def test_a_verb_that_this_version_does_not_know_is_another_version() -> None:
    body = "1-dance-1-0"
    token = f"{body}-{CODEC._tag(body)}"
    assert CODEC.decode(token) == Unreadable(is_other_version=True)
