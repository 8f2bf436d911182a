"""A packed text can be read again word for word."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.packing import Packer
from bot.domain.phrases import PhraseIndex
from bot.domain.words import tokens

TEXTS = st.text(st.sampled_from("aAı1.'’-— \n$")) | st.text()


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_words_and_their_paragraphs_are_those_of_the_text(paragraphs: list[str]) -> None:
    text = Packer(PhraseIndex(), remembers=3).pack(paragraphs)
    place = 0
    for number, paragraph in enumerate(paragraphs):
        written = [*tokens(paragraph).written]
        assert [*text.written(place, place + len(written))] == written
        assert [text.paragraph(at) for at in range(place, place + len(written))] == [number] * len(written)
        place += len(written) + 1


def test_no_phrase_goes_from_one_paragraph_into_the_next() -> None:
    index = PhraseIndex()
    index.add(["acid", "rain"], "it")
    packer = Packer(index, remembers=3)
    assert index.find(packer.pack(["Acid rain"]).words) == [(0, 2, "it")]
    assert index.find(packer.pack(["Acid", "rain"]).words) == []


def test_what_was_packed_before_a_phrase_was_filed_is_packed_anew_when_asked() -> None:
    index = PhraseIndex()
    packer = Packer(index, remembers=3)
    assert index.find(packer.pack(["Rain"]).words) == []
    assert index.add(["rain"], "it")
    packer.forget()
    assert index.find(packer.pack(["Rain"]).words) == [(0, 1, "it")]
