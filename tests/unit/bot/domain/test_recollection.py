"""What was made of a text is made once, and memory has a bound."""

from collections import Counter

from bot.domain.recollection import Recollection


def test_a_text_is_made_once_until_as_many_are_remembered_as_may_be() -> None:
    made: Counter[str] = Counter()

    def upper(text: str) -> str:
        made[text] += 1
        return text.upper()

    remembered = Recollection(upper, keeps=3, longest=5)
    assert [remembered[text] for text in "abcabc"] == list("ABCABC")
    assert set(made.values()) == {1}
    for text in map(str, range(100)):
        assert remembered[text] == text
        assert len(remembered) <= 3


def test_a_long_text_is_not_remembered() -> None:
    remembered = Recollection(len, keeps=3, longest=5)
    assert (remembered["abcdef"], remembered["abcde"]) == (6, 5)
    assert list(remembered) == ["abcde"]
