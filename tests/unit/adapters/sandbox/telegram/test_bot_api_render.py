"""What the page draws is safe, says the whole text and is properly nested."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from adapters.sandbox.telegram.cast import BOT, GROUP
from adapters.sandbox.telegram.entities import Entity, repaired
from adapters.sandbox.telegram.formatted import fit_text, read_text
from adapters.sandbox.telegram.message import Message
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.render import raw_button, shown

KINDS = ["bold", "italic", "spoiler", "code", "pre", "blockquote", "text_link", "url", "bot_command", "date_time"]


def message(text: str, *, html: bool = True, **rest: object) -> Message:
    content = fit_text(read_text(Params({"text": text, "parse_mode": "HTML" if html else ""})))
    return Message(chat=GROUP, id=1, sender=BOT, at=0.0, text=content.text, entities=content.entities, **rest)  # type: ignore[arg-type]  # the fields' own types


class Reader(HTMLParser):
    """Reads back what a browser would show, and fails on a tag that closes another."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


@given(
    text=st.text(alphabet="ab<>&\"' 🏟", min_size=1, max_size=12),
    ranges=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 20), st.integers(1, 20)), max_size=6),
    is_repaired=st.booleans(),
)
def test_any_entities_give_nested_tags_around_the_whole_text(
    text: str, ranges: list[tuple[str, int, int]], *, is_repaired: bool
) -> None:
    starts = [len(text[:at].encode("utf-16-le")) // 2 for at in range(len(text) + 1)]
    entities = []
    for kind, one, other in ranges:
        start, end = sorted((starts[one % len(starts)], starts[other % len(starts)]))
        if end > start:
            entities.append(Entity(type=kind, offset=start, length=end - start, url="https://x.y/"))
    drawn = Message(
        chat=GROUP,
        id=1,
        sender=BOT,
        at=0.0,
        text=text,
        entities=repaired(entities) if is_repaired else tuple(entities),
        preview={"is_disabled": True},
    )
    reader = Reader()
    reader.feed(shown(drawn, author="newsbot").html)
    reader.close()
    assert (reader.text, reader.open) == (text, [])


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('1 &lt; 2 &amp; "x"', "1 &lt; 2 &amp; &quot;x&quot;"),
        ("a\nb", "a<br>b"),
        ("<b>x<i>y</i></b>", "<b>x<i>y</i></b>"),
        ("<tg-spoiler>x</tg-spoiler>", '<span class="tg-spoiler">x</span>'),
        ("a\n<blockquote>q</blockquote>\nb", "a<br><blockquote>q</blockquote>b"),
        ("<code>x</code><pre>y</pre>", "<code>x</code><pre>y</pre>"),
        ('<a href="tg://resolve?domain=x">t</a>', "<span>t</span>"),
        ("/help", '<span class="tg-command">/help</span>'),
    ],
)
def test_entities_are_drawn_as_the_page_expects(source: str, html: str) -> None:
    assert shown(message(source), author="newsbot").html == html


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("<b>Title</b>\nbody", "Title"),
        ('<b><a href="x.y">Title</a></b>\nbody', "Title"),
        ("<b>Ti</b>tle\nbody", None),
        ("plain\n<b>body</b>", None),
        ("<b>Title\nand body</b>", "Title"),
    ],
)
def test_the_title_is_a_first_line_that_is_wholly_bold(source: str, title: str | None) -> None:
    assert shown(message(source), author="newsbot").title == title


def test_a_preview_card_stands_for_the_first_link_unless_it_is_switched_off() -> None:
    link = '<a href="https://news.example/a?b=1&amp;c=2">Read</a>'
    card = shown(message(link), author="newsbot").html
    assert '<div class="tg-preview"><a href="https://news.example/a?b=1&amp;c=2"' in card
    assert "<strong>news.example</strong>" in card
    assert "tg-preview" not in shown(message(link, preview={"is_disabled": True}), author="newsbot").html
    above = shown(message(link, preview={"show_above_text": True, "prefer_large_media": True}), author="newsbot").html
    assert above.startswith('<div class="tg-preview tg-preview-large">')


def test_buttons_have_ids_of_their_own_even_with_the_same_data() -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}, {"text": "b", "callback_data": "x"}]]}
    drawn = message("x", markup=keyboard)
    assert [button.id for button in shown(drawn, author="newsbot").buttons] == ["x", "0:1"]
    assert raw_button(drawn, "0:1") == {"text": "b", "callback_data": "x"}
    assert raw_button(drawn, "y") is None
