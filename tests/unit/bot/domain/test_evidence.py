"""A match can be quoted from the text that it was found in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence import place_of
from bot.domain.matching import Matcher
from bot.domain.topic import own_words


@pytest.mark.parametrize(
    ("word", "text", "quoted"),
    [
        ("climate change", "Of climate-change, “climate change” and more", "climate-change"),
        ("US", "The then-U.S. president", "U.S"),
        ("US", "USA and the US", "US"),
        ("C", "C++ is old", "C"),
        ("Bakı", "Bakı'da yağış", "Bakı"),
        ("acid rain", "An acid “rain” fell", "acid “rain"),
    ],
)
def test_a_word_is_found_as_the_text_has_it(word: str, text: str, quoted: str) -> None:
    place = place_of(word, text)
    assert place is not None
    assert text[slice(*place)] == quoted


@pytest.mark.parametrize(("word", "text"), [("rain", "The train is late"), ("rain", ""), ("", "rain")])
def test_what_is_not_there_has_no_place(word: str, text: str) -> None:
    assert place_of(word, text) is None


@given(
    st.text("ab -_.,’'“\"(", max_size=20),
    st.sampled_from(["rain", "acid rain", "Acid-Rain", "R.A.I.N.", "ACID  (rain)", "acid rains", "rain’s"]),
    st.text("ab -_.,’'“\"(", max_size=20),
)
def test_whatever_was_matched_can_be_quoted(before: str, phrase: str, after: str) -> None:
    matcher = Matcher([own_words("rain"), own_words("acid rain"), own_words("r.a.i.n.")])
    text = f"{before} {phrase} {after}"
    matches = matcher.match("", [text])
    assert matches
    assert all(place_of(match.word, text) for match in matches)
