"""Phrases are found in texts, however many are filed, and no others."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phrases import PhraseIndex

FEW_WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5)


def found(index: PhraseIndex, text: str) -> list[tuple[int, int, str]]:
    """``word/root`` in the text is a word that may be another."""
    words = [word.split("/") for word in text.split()]
    return sorted(index.find([word for word, *_ in words], [roots for _, *roots in words]))


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


@given(st.lists(FEW_WORDS, max_size=12), st.lists(FEW_WORDS, max_size=12), st.lists(st.sampled_from("abcdef")))
def test_what_is_found_is_what_is_there(added: list[list[str]], removed: list[list[str]], text: list[str]) -> None:
    index = PhraseIndex()
    for phrase in added:
        index.add(phrase, " ".join(phrase))
    for phrase in removed:
        index.remove(phrase, " ".join(phrase))
    there = {tuple(phrase) for phrase in added} - {tuple(phrase) for phrase in removed}
    assert sorted(index.find(text)) == sorted(
        (start, end, " ".join(text[start:end]))
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if tuple(text[start:end]) in there
    )


def test_words_that_no_phrase_ends_with_are_told_apart() -> None:
    index = PhraseIndex()
    assert index.last_words(["acid", "rain"]) == ()
    index.add(["acid", "rain"], "it")
    assert index.last_words(["snow", "rain"]) == ("rain",)


def test_the_garbage_collector_passes_a_full_index_by() -> None:
    index = PhraseIndex()
    for number in range(1_000):
        index.add([f"rain{number % 500}"], f"name {number}")
    assert not any(gc.is_tracked(held) for held in gc.get_referents(index.__dict__) if isinstance(held, dict))
