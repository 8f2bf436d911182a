"""A paragraph keeps its words and how they are meant together."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paragraph import (
    PLAIN,
    Paragraph,
    ParagraphKind,
    Shape,
    Stress,
    Stretch,
    paired,
    shapes_as_json,
    shapes_from_json,
    shapes_of,
    words_of,
)


@st.composite
def paragraphs(draw: st.DrawFn) -> Paragraph:
    words = draw(st.text(min_size=1, max_size=60))
    ends = sorted(draw(st.sets(st.integers(0, len(words)), max_size=8)))
    stretches = tuple(
        Stretch(start=start, end=end, stress=draw(st.sampled_from(Stress)))
        for start, end in zip(ends[::2], ends[1::2], strict=False)
    )
    number = draw(st.none() | st.integers(1, 999))
    return Paragraph(
        words=words, shape=Shape(kind=draw(st.sampled_from(ParagraphKind)), number=number, stretches=stretches)
    )


@given(paragraphs())
def test_its_pieces_together_are_its_words(paragraph: Paragraph) -> None:
    assert "".join(words for words, _ in paragraph.pieces()) == paragraph.words


@given(st.lists(paragraphs() | st.builds(Paragraph, words=st.text(min_size=1)), max_size=6).map(tuple))
def test_words_and_shapes_are_the_paragraphs_again_and_shapes_survive_json(told: tuple[Paragraph, ...]) -> None:
    travelled = shapes_from_json(json.loads(json.dumps(shapes_as_json(shapes_of(told)))))
    assert paired(words_of(told), travelled) == told


@given(paragraphs(), st.integers(1, 70))
def test_another_ending_leaves_no_stress_beyond_it(paragraph: Paragraph, length: int) -> None:
    cut = paragraph.ending(paragraph.words[:length] or "x")
    assert all(stretch.start < stretch.end <= len(cut.words) for stretch in cut.shape.stretches)
    assert cut.shape.kind is paragraph.shape.kind


def test_plain_text_has_no_shapes() -> None:
    assert shapes_of([Paragraph(words="One."), Paragraph(words="Two.")]) == ()
    assert shapes_as_json([PLAIN]) == [{}]
    assert paired(("One.", "Two."), ()) == (Paragraph(words="One."), Paragraph(words="Two."))
