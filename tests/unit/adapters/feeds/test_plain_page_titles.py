"""Titles read like titles."""

import pytest

from adapters.feeds.page_titles import derived_title, whole_worded


@pytest.mark.parametrize(
    ("lead", "title"),
    [
        ("On Monday, the council of Riga voted to close the old market, officials said.",
         "On Monday, the council of Riga voted to close the old market"),
        ("He left the U.S. Then he returned to Baku, where he lives with his two sons.",
         "He left the U.S. Then he returned to Baku"),
        ("The vote ended in a draw. It will be held again.", "The vote ended in a draw"),
        ("Who will pay for it all? Nobody in the council knows.", "Who will pay for it all?"),
        ("“We have received such inquiries from all of our friends, and we answer them,” he said.",
         "“We have received such inquiries from all of our friends”"),
        ("Short", "Short"),
        ("Прага и Вена договорились открыть ночной поезд, сообщили власти.",
         "Прага и Вена договорились открыть ночной поезд"),
    ],
)  # fmt: skip
def test_the_title_is_the_first_clause(lead: str, title: str) -> None:
    assert derived_title(lead) == title


def test_a_long_clause_stops_before_a_phrase() -> None:
    lead = "The old wooden bridge that carried three generations of islanders " + "over the narrow sound " * 4
    assert derived_title(lead).endswith(("islanders", "sound"))


def test_a_name_is_not_left_open() -> None:
    lead = "Thousands gathered outside parliament yesterday evening demanding immediate resignation President Jean Paul"
    assert derived_title(f"{lead} Marie Constantin Dupont").endswith("resignation")


def test_a_single_word_too_long_for_a_title_says_that_it_was_cut() -> None:
    assert derived_title("a" * 300) == "a" * 119 + "…"


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("close to overflowing and p...", "close to overflowing…"),
        ("prices will rise by ten per ce…", "prices will rise by ten per…"),
        ("prices will rise ...", "prices will rise…"),
        ("prices will rise [...]", "prices will rise…"),
        ("whole text", "whole text"),
        ("Brea...", "Brea…"),
    ],
)
def test_a_cut_text_ends_after_its_last_whole_word(cut: str, whole: str) -> None:
    assert whole_worded(cut) == whole
