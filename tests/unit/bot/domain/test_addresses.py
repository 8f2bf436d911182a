"""Addresses are shown without what opens them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addresses import without_secrets


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://wire.example/feed?page=2", "https://wire.example/feed?page=2"),
        ("https://me:word@wire.example:8443/feed", "https://…@wire.example:8443/feed"),
        ("https://wire.example/feed?API_KEY=abc&page=2", "https://wire.example/feed?API_KEY=…&page=2"),
        ("https://wire.example/feed?auth-token=abc", "https://wire.example/feed?auth-token=…"),
        ("https://wire.example/feed?x=0123456789abcdef0123456789abcdef", "https://wire.example/feed?x=…"),
        ("https://wire.example/private/a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4/rss", "https://wire.example/private/…/rss"),
        (
            "https://wire.example/a-long-headline-of-words-is-no-secret-at-all",
            "https://wire.example/a-long-headline-of-words-is-no-secret-at-all",
        ),
        ("https://wire.example/feed?monkey=1&keyword=ferry", "https://wire.example/feed?monkey=1&keyword=ferry"),
        ("https://[broken?key=1", "…"),
        ("page:notes", "page:notes"),
    ],
)
def test_names_keys_and_long_mixtures_are_hidden(address: str, shown: str) -> None:
    assert without_secrets(address) == shown


@given(st.text())
def test_any_text_can_be_shown(address: str) -> None:
    assert isinstance(without_secrets(address), str)


@given(st.from_regex(r"[A-Za-z0-9]{8,40}", fullmatch=True))
def test_a_password_never_shows(word: str) -> None:
    secret = f"{word}-pw"
    assert secret not in without_secrets(f"https://user:{secret}@wire.example/?token={secret}")
