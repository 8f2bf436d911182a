"""Addresses as people and servers write them: what is asked for, and where a redirect may lead."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from adapters.feeds.http import _next_address, web_address
from bot.ports.reading import ReadingError


def test_a_secure_feed_never_becomes_an_insecure_one() -> None:
    with pytest.raises(ReadingError, match="secure address to one that is not"):
        _next_address(URL("https://a.example/feed"), "http://a.example/feed")
    assert _next_address(URL("http://a.example/feed"), "https://a.example/feed") == URL("https://a.example/feed")


def test_a_relative_redirect_stays_with_its_server() -> None:
    assert _next_address(URL("https://a.example/x/feed"), "../y?z=1") == URL("https://a.example/y?z=1")


@pytest.mark.parametrize("written", ["https://a.example/feed", " HTTP://A.example/feed\n", "https://bücher.example/ж"])
def test_an_address_of_the_web_is_taken(written: str) -> None:
    assert web_address(written).scheme in {"http", "https"}


@given(st.text(max_size=60) | st.text(max_size=60).map("http://{}".format))
def test_any_text_is_an_address_of_the_web_or_refused_in_words(written: str) -> None:
    with suppress(ReadingError):
        url = web_address(written)
        assert url.scheme in {"http", "https"}
        assert url.host
        assert url.user is None
