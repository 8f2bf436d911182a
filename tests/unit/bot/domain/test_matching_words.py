"""Words are folded and reduced with care."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.turkic import is_turkic, turkic_roots
from bot.domain.words import fold, normal, stem, tokens

ENDINGS = {
    *("larin", "lerin", "lar", "ler", "dan", "den", "tan", "ten", "nin", "nun", "yla", "yle"),
    *("da", "de", "ta", "te", "in", "un", "ni", "nu", "yi", "yu", "na", "ne", "ya", "ye", "la", "le", "li", "lu"),
    *("ki", "i", "u", "a", "e"),
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İSTANBUL", "ıstanbul"),
        ("Azərbaycan", "AZERBAYCAN"),
        ("Şuşa", "susa"),
        ("São Tomé", "sao tome"),
        ("Ёлка", "елка"),
        ("ＧＡＺＡ", "gaza"),
    ],
)
def test_what_readers_take_for_the_same_folds_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("край", "краи"), ("αθήνα", "αθηνα"), ("हिंदी", "हदी")])
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_the_normal_form_of_a_phrase_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("the then-U.S. president’s aide", ["the", "then", "US", "president", "aide"]),
        ("Bakı'da, L’Iran", ["Bakı", "L", "Iran"]),
        ("O'Brien", ["O", "Brien"]),
        ("US$5 and $5", ["5", "and", "5"]),
        ("हिंदी में", ["हिंदी", "में"]),
        ("J.Smith", ["J", "Smith"]),
        ("", []),
    ],
)
def test_a_text_comes_apart_into_words(text: str, written: list[str]) -> None:
    assert list(tokens(text).written) == written


@given(st.text(), st.text())
def test_a_space_parts_words_and_does_nothing_else(one: str, other: str) -> None:
    both = zip(tokens(one), tokens(other), strict=True)
    assert tokens(f"{one} {other}") == tuple(before + after for before, after in both)


@given(st.text("aAıİéйЁ1.'’$-  ﬁ\u0301"))
def test_words_that_are_remembered_are_those_read_anew(text: str) -> None:
    too_long_to_be_remembered = "—" * 100
    assert tokens(text) == tokens(text) == tokens(f"{text} {too_long_to_be_remembered}")


@given(st.text("abdeiklnruy", min_size=1, max_size=14))
def test_roots_are_what_one_to_three_endings_leave_the_fullest_first(word: str) -> None:
    def without_one(words: set[str]) -> set[str]:
        roots = {root for longer in words for at in range(4, len(longer)) for root in [longer[:at]]}
        return {root for root in roots if any(root + ending in words for ending in ENDINGS)}

    one = without_one({word})
    two = without_one(one)
    assert list(turkic_roots(word)) == sorted(one | two | without_one(two), key=len, reverse=True)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("россии", "росси"),
        ("россией", "росси"),
        ("иране", "иран"),
        ("киев", "киев"),
        ("куба", "куба"),
        ("floods", "flood"),
        ("parties", "party"),
        ("churches", "church"),
        ("houses", "house"),
        ("gas", "gas"),
        ("virus", "virus"),
        ("press", "press"),
        ("東京", "東京"),
        ("", ""),
    ],
)
def test_only_common_endings_go_and_four_letters_stay(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_turkic_endings_come_off_one_by_one() -> None:
    roots = turkic_roots(fold("Azərbaycanlıların"))
    assert fold("Azərbaycan") in roots
    assert roots.index(fold("Azərbaycanlı")) < roots.index(fold("Azərbaycan"))
    assert not turkic_roots("иранда")
    assert all(len(root) >= 4 for root in turkic_roots("iranda"))


def test_a_foreign_name_does_not_make_a_text_turkic() -> None:
    assert is_turkic("Bakıda yağış yağır")
    assert not is_turkic("President Erdoğan met the president of Azerbaijan in Ankara on Monday and spoke for an hour.")
    assert not is_turkic("")
