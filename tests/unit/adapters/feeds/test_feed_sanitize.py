"""Text out of markup: nothing but words, and all of them."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.sanitize import Prose, one_line, prose
from adapters.feeds.tidying import tidy
from bot.domain.paragraph import Paragraph


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        ("", ()),
        ("   \n ", ()),
        ("Plain words.", ("Plain words.",)),
        ("One.\n\nTwo.\n \nThree.", ("One.", "Two.", "Three.")),
        ("<p>One</p><p>Two</p>", ("One", "Two")),
        ("<p>One<p>Two", ("One", "Two")),
        ("<div>One<div>Two</div>Three</div>", ("One", "Two", "Three")),
        ("<h2>Head</h2>Text<ul><li>a<li>b</ul>", ("Head", "Text", "a", "b")),
        ("One<br><br>Two", ("One", "Two")),
        ("A sentence.<br>Another one.", ("A sentence.", "Another one.")),
        ("a broken<br/>line", ("a broken line",)),
        ("<p>“He said,” she wrote, ‘no’.</p>", ("“He said,” she wrote, ‘no’.",)),
        ("<p>&ldquo;Quoted&rdquo; &amp; 5 &lt; 7 &#8211; caf&eacute;</p>", ("“Quoted” & 5 < 7 – café",)),
        ("<p>a<b>b</b>c <i>d</i></p>", ("abc d",)),
        ("<p>one\n   two&nbsp;three</p>", ("one two three",)),
        ("<script>alert('x')</script><style>p{}</style><p>Text</p><!-- note -->", ("Text",)),
        ("<p>Text<noscript><img src=x></noscript></p><iframe src=x>no frames</iframe>", ("Text",)),
        ("<figure><img src=a.jpg><figcaption>A caption</figcaption></figure>Text", ("Text",)),
        ("x < y and y > z", ("x < y and y > z",)),
        ("&lt;p&gt;escaped&lt;/p&gt;&lt;p&gt;twice&lt;/p&gt;", ("escaped", "twice")),
        ("<blockquote><p>deep</p></blockquote><table><tr><td>a</td><td>b</td></tr></table>", ("deep", "a", "b")),
        ("<p>unclosed <a href='x", ("unclosed",)),
    ],
)
def test_markup_becomes_its_paragraphs(markup: str, paragraphs: tuple[str, ...]) -> None:
    assert prose(markup).paragraphs == paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "The post Ferries stay in port appeared first on Vellmar & the Coast.",
        "Запись Паром остался в порту впервые появилась на Вести.",
        "Read more",
        "Read more »",
        "Continue reading Ferries stay in port →",
        "Читать далее",
        "Ətraflı",
        "Devamını oku",
        "submitted by /u/someone [link] [comments]",
    ],
)
def test_furniture_is_in_no_text(line: str) -> None:
    markup = "".join(f"<p>{html.escape(part)}</p>" for part in ("The story.", "Its second paragraph.", line))
    told = prose(markup)
    assert (told.paragraphs, told.is_cut) == (("The story.", "Its second paragraph."), False)


def test_a_story_that_speaks_of_reading_more_is_kept() -> None:
    told = "<p>Children should read more books, the minister said.</p><p>They read more</p>"
    assert len(prose(told).paragraphs) == 2


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>The harbour master expects [&#8230;]</p>", "The harbour master expects…"),
        ("<p>The harbour master expects […]</p><p>The post A appeared first on B.</p>", "The harbour master expects…"),
        ("The harbour is overflowing and p...", "The harbour is overflowing…"),
        ("The harbour is full &hellip; <a>Continue reading <span>Title</span></a>", "The harbour is full…"),
        ("<p>The harbour is full.</p><a>Read more</a>", "The harbour is full."),
        ("The harbour is full. (Read more...)", "The harbour is full."),
        ("The harbour is full [...]", "The harbour is full…"),
    ],
)
def test_a_text_that_its_source_cut_is_known_as_such_and_ends_with_a_whole_word(markup: str, text: str) -> None:
    assert prose(markup) == Prose(text=(Paragraph(words=text),), is_cut=True)


def test_signs_in_a_plain_text_are_no_markup() -> None:
    told = prose("if a <b> c &amp; d\n\nsecond", is_plain=True)
    assert told.paragraphs == ("if a <b> c &amp; d", "second")


def test_the_first_picture_that_is_no_reader_counter_is_found() -> None:
    markup = "<img src='count.gif' width=1 height=1><p><img src='a.jpg' width='800'></p><img src='b.jpg'>"
    assert prose(markup).image == "a.jpg"
    assert prose("<img data-src='lazy.jpg'>").image == "lazy.jpg"
    assert prose("<noscript><img src='x.jpg'></noscript>").image is None


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Plain", "Plain"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom & Jerry, AT&T", "Tom & Jerry, AT&T"),
        ("<b>Bold</b> <a href='x'>link</a>", "Bold link"),
        ("One<br/>two<BR>three", "One two three"),
        ("a < b > c, I <3 you", "a < b > c, I <3 you"),
        ("use the &lt;b&gt; tag", "use the <b> tag"),
        ("  two\n lines ", "two lines"),
        ("a\u202eevil\u202c\u200b\x00\x1b[0m", "aevil [0m"),
        ("e\u0301", "é"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
    ],
)
def test_a_title_is_one_line_of_words(title: str, words: str) -> None:
    assert one_line(title) == words


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet=st.characters(codec=None)))
def test_a_tidy_text_is_one_storable_line(text: str) -> None:
    line = tidy(text)
    assert line == line.strip()
    assert "  " not in line
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in line)
    line.encode()


@given(st.lists(st.text(alphabet="абвгд xyz“”’.,–&<>\"'", min_size=1), max_size=6))
def test_no_word_of_escaped_paragraphs_is_lost(paragraphs: list[str]) -> None:
    lines = [line for paragraph in paragraphs if (line := tidy(paragraph)) and any(map(str.isalpha, line))]
    if lines and not lines[-1].endswith(("..", "…")):
        markup = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        assert prose(markup).paragraphs == tuple(line for line in lines if prose(line, is_plain=True).paragraphs)


@given(st.text(alphabet="<>/&;pbrdivscriptul \n\"'=#![]-.…", max_size=300))
def test_no_markup_makes_it_fail_and_its_paragraphs_are_tidy(markup: str) -> None:
    for paragraph in prose(markup).paragraphs:
        assert paragraph
        assert tidy(paragraph) == paragraph


@pytest.mark.parametrize("repeated", ["<b>", "<div>", "</p>", "<br>", "[ ", "<!--", "the post ", "&lt;", "“."])
def test_nesting_and_repetition_do_not_stop_it(repeated: str) -> None:
    markup = repeated * (60_000 // len(repeated)) + "-->the end"
    assert prose(markup).paragraphs[-1].endswith("the end")
