"""What people write is cleaned once and harms nobody."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import OpinionError
from bot.domain.opinion import MAX_WORDS, clean_words

LANGUAGES = [
    "Bu qərar çox vacibdir.",
    "Это важное решение.",
    "هذا قرار مهم",
    "זו החלטה חשובה",
    "यह एक महत्वपूर्ण निर्णय है",
    "นี่คือการตัดสินใจที่สำคัญ",
    "이것은 중요한 결정입니다",
    "这是一个重要的决定",
    "می‌خواهم بدانم",
    "👨‍👩‍👧‍👦 agreed 👍🏽",
    "Việt Nam",
]


@pytest.mark.parametrize("words", LANGUAGES)
def test_words_of_every_script_stay_as_they_are(words: str) -> None:
    assert clean_words(words) == unicodedata.normalize("NFC", words)


@pytest.mark.parametrize(
    "words", ["a\u202eb", "a\u2066b\u2069", "a\u200bb", "a\ufeffb", "a\u0000b", "a\U000e0041b", "a\u3164b", "a\x1bb"]
)
def test_what_cannot_be_seen_or_turns_the_text_round_is_dropped(words: str) -> None:
    assert clean_words(words) == "ab"


def test_at_most_three_marks_stay_on_a_letter() -> None:
    assert clean_words("x" + "\u0323\u0324\u0325\u0326\u0332") == "x" + "\u0323\u0324\u0325"


def test_at_most_ten_lines_stay_and_no_word_is_lost() -> None:
    cleaned = clean_words("\n".join(f"line {n}" for n in range(40)))
    assert len(cleaned.split("\n")) == 10
    assert cleaned.split() == " ".join(f"line {n}" for n in range(40)).split()


@pytest.mark.parametrize("words", ["", "   ", "\n\n", "\u200b\u202e", "\u3164"])
def test_nothing_is_no_opinion(words: str) -> None:
    with pytest.raises(OpinionError, match="Write what you think"):
        clean_words(words)


def test_too_many_words_are_refused_with_both_numbers() -> None:
    with pytest.raises(OpinionError, match=r"5,000 characters.*1,000.*Nothing was saved"):
        clean_words("x" * 5000)


@given(st.text(max_size=MAX_WORDS))
def test_cleaning_twice_changes_nothing(words: str) -> None:
    try:
        cleaned = clean_words(words)
    except OpinionError:
        return
    assert clean_words(cleaned) == cleaned
    assert len(cleaned) <= MAX_WORDS
