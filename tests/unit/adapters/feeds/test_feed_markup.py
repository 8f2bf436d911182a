"""Tags say what a paragraph is and which of its words are stressed; the words stay as they would be without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.sanitize import prose
from adapters.feeds.tidying import tidy
from bot.domain.paragraph import Paragraph, Stress

STRONG, EMPHASIS = Stress.STRONG, Stress.EMPHASIS


def told(markup: str) -> list[tuple[str, str]]:
    """Each paragraph's kind, an item's number with it, and its words."""
    return [(_kind(paragraph), paragraph.words) for paragraph in prose(markup).text]


def _kind(paragraph: Paragraph) -> str:
    number = paragraph.shape.number
    return paragraph.shape.kind.value if number is None else f"{paragraph.shape.kind.value} {number}"


def stressed(markup: str) -> list[tuple[str, Stress]]:
    return [
        (words, stress) for paragraph in prose(markup).text for words, stress in paragraph.pieces() if stress and words
    ]


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        ("<h2>Head</h2><p>Text</p>", [("heading", "Head"), ("text", "Text")]),
        ("<h2>Head<p>Text", [("heading", "Head"), ("text", "Text")]),
        ("<ul><li>a<li>b</ul>after", [("item", "a"), ("item", "b"), ("text", "after")]),
        ("<ol><li>a</li><li>b</li></ol><ol start='7'><li>c</ol>", [("item 1", "a"), ("item 2", "b"), ("item 7", "c")]),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", [("item 1", "a"), ("item", "b"), ("item 2", "c")]),
        ("<ul><li><p>a</p><p>more of a</p></li></ul>", [("item", "a"), ("text", "more of a")]),
        (
            "<ul><li>• a</li><li>– b</li><li>-5 degrees</li></ul>",
            [("item", "a"), ("item", "b"), ("item", "-5 degrees")],
        ),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", [("quote", "a"), ("quote", "b"), ("text", "c")]),
        ("<blockquote>a<ul><li>b</ul></blockquote>", [("quote", "a"), ("item", "b")]),
        ("<ol start='x'><li>a</ol><ol start='-1'><li>b</ol>", [("item 1", "a"), ("item 1", "b")]),
        ("</ol></blockquote></li><p>a", [("text", "a")]),
        ("<li>loose", [("item", "loose")]),
        ("<h:h2>Head</h:h2><h:p>One</h:p><h:li>a</h:li>", [("heading", "Head"), ("text", "One"), ("item", "a")]),
    ],
)
def test_tags_say_what_a_paragraph_is(markup: str, paragraphs: list[tuple[str, str]]) -> None:
    assert told(markup) == paragraphs


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>The <b>old</b> <i>port</i></p>", [("old", STRONG), ("port", EMPHASIS)]),
        ("<p>a<strong>b</strong>c</p>", [("b", STRONG)]),
        ("<p><em> spaced </em>out</p>", [("spaced", EMPHASIS)]),
        ("<p><b>one</b> <strong>two</strong></p>", [("one two", STRONG)]),
        ("<p><i>it <b>both</b></i></p>", [("it", EMPHASIS), ("both", STRONG)]),
        ("<p><a href='https://x.example'><b>a link</b></a> here</p>", [("a link", STRONG)]),
        ("<h3>A <b>head</b></h3>", []),
        ("<p>&lt;b&gt;words&lt;/b&gt; <b>&lt;i&gt;</b></p>", [("<i>", STRONG)]),
        ("<p>e<b>\u0301 joined</b></p>", []),
        ("<ul><li>• <b>Name</b>: what</li></ul>", [("Name", STRONG)]),
        ("<p>The harbour is <b>very full and p...</b></p>", [("very full…", STRONG)]),
    ],
)
def test_tags_say_which_words_are_stressed(markup: str, words: list[tuple[str, Stress]]) -> None:
    assert stressed(markup) == words


_TEXTS = st.text(alphabet="ab \n\u00a0\u200b\u0301é", max_size=8)
_PIECES = st.lists(st.tuples(st.sampled_from(["b", "i", "em", "span", ""]), _TEXTS), max_size=8)


@given(_PIECES)
def test_stress_never_changes_the_words(pieces: list[tuple[str, str]]) -> None:
    markup = "".join(f"<{tag}>{words}</{tag}>" if tag else words for tag, words in pieces)
    words = tidy("".join(words for _, words in pieces))
    found = prose(f"<p>x {markup} y</p>").text
    assert [paragraph.words for paragraph in found] == [f"x {words} y" if words else "x y"]
    for run, stress in found[0].pieces():
        assert not stress or run == run.strip() != ""


def test_a_paragraph_of_a_thousand_stretches_is_read_quickly_and_plainly() -> None:
    (paragraph,) = prose("<p>" + "<b>a</b>, " * 1_000 + "</p>").text
    assert paragraph.shape.stretches == ()
    assert paragraph.words.startswith("a, a, a")
