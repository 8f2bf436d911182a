"""Phrases are found in texts, however many are filed, and no others."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phrases import PhraseIndex

FEW_WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5)
WORDS_WITH_ROOTS = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True))


def found(index: PhraseIndex, text: str) -> list[tuple[int, int, str]]:
    """``word/root`` in the text is a word that may be another."""
    return found_in(index, [word.split("/") for word in text.split()])


def found_in(index: PhraseIndex, words: list[list[str]]) -> list[tuple[int, int, str]]:
    packed = b"".join(index.packed(word, roots) for word, *roots in words)
    return sorted(index.find(packed, lambda place: words[place][1:]))


@pytest.mark.parametrize("length", range(1, 7))
def test_a_phrase_of_any_length_is_found_wherever_it_stands(length: int) -> None:
    index = PhraseIndex()
    words = [f"w{number}" for number in range(length)]
    index.add(words, "it")
    phrase = " ".join(words)
    assert found(index, f"x {phrase} x {phrase}") == [(1, length + 1, "it"), (length + 2, 2 * length + 2, "it")]
    assert found(index, " ".join((*words[:-1], "x"))) == []


def test_only_the_last_word_of_a_phrase_may_be_one_of_its_roots() -> None:
    index = PhraseIndex()
    for phrase in ("rain", "acid rain", "no acid rain"):
        index.add(phrase.split(), phrase)
    assert found(index, "no acid rainy/rain") == [(0, 3, "no acid rain"), (1, 3, "acid rain"), (2, 3, "rain")]
    assert found(index, "no acidic/acid rain") == [(2, 3, "rain")]


def test_several_names_under_one_phrase_come_and_go_apart() -> None:
    index = PhraseIndex()
    for name in ("one", "other", "one", "third"):
        index.add(["rain"], name)
    assert found(index, "rain") == [(0, 1, "one"), (0, 1, "other"), (0, 1, "third")]
    index.remove(["rain"], "other")
    index.remove(["rain"], "none")
    assert found(index, "rain") == [(0, 1, "one"), (0, 1, "third")]
    index.remove(["rain"], "one")
    index.remove(["rain"], "third")
    index.remove(["rain"], "third")
    assert found(index, "rain") == []


@given(st.lists(FEW_WORDS, max_size=12), st.lists(FEW_WORDS, max_size=12), WORDS_WITH_ROOTS)
def test_what_is_found_is_what_is_there(
    added: list[list[str]], removed: list[list[str]], text: list[list[str]]
) -> None:
    index = PhraseIndex()
    for phrase in added:
        index.add(phrase, " ".join(phrase))
    for phrase in removed:
        index.remove(phrase, " ".join(phrase))
    there = {tuple(phrase) for phrase in added} - {tuple(phrase) for phrase in removed}
    spans = [(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    said = [
        (start, end, (*(word for word, *_ in text[start : end - 1]), last))
        for start, end in spans
        for last in text[end - 1]
    ]
    assert found_in(index, text) == sorted(
        (start, end, " ".join(words)) for start, end, words in said if words in there
    )


def test_found_is_in_the_order_of_the_places_and_a_word_itself_before_its_roots() -> None:
    index = PhraseIndex()
    for phrase in ("rain", "rainy", "acid", "acid rain", "snow"):
        index.add(phrase.split(), phrase)
    words = [["acid"], ["rainy", "rain"], ["snow"]]
    packed = b"".join(index.packed(word, roots) for word, *roots in words)
    assert [name for *_, name in index.find(packed, lambda place: words[place][1:])] == [
        "acid",
        "acid rain",
        "rainy",
        "rain",
        "snow",
    ]


def test_words_have_to_be_packed_anew_only_where_one_is_in_phrases_what_it_never_was() -> None:
    index = PhraseIndex()
    assert index.add(["acid", "rain"], "it")
    assert not index.add(["acid", "rain"], "other")
    assert index.add(["rain"], "that")
    assert not index.add(["rain"], "there")


def test_the_garbage_collector_passes_a_full_index_by() -> None:
    index = PhraseIndex()
    for number in range(1_000):
        index.add([f"rain{number % 500}"], f"name {number}")
    assert not any(gc.is_tracked(held) for held in gc.get_referents(index.__dict__) if isinstance(held, dict))
