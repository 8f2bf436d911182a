"""Posts as Telegram's HTML: exact payloads for each kind, and what must hold for any text."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from adapters.telegram.escaping import defuse
from adapters.telegram.limits import LIMITS, TEXT_BYTES, measure
from adapters.telegram.render import render, render_prompt
from bot.messages.action import Action, ActionCodec, Verb
from bot.messages.form import FieldKind, Form, FormField, Option
from bot.messages.post import Block, BlockKind, Control, Image, Post, Tone
from bot.messages.text import Span, Style, link, plain, strong, text

CODEC = ActionCodec(b"a key for tests")
READ = Action(verb=Verb.READ, subject=7)
AT = datetime(2026, 9, 3, 8, 10, tzinfo=UTC)
CARD = Post(
    tone=Tone.NEWS,
    title="Harbour bridge <closes>",
    link="https://courier.example/a?x=1&y=2",
    byline=text(link("City Courier", "https://courier.example"), " · ", Span(text="3 Sep", moment=AT)),
    blocks=(
        Block(text=text("Cracks in ", strong("two"), " piers & more.")),
        Block(text=text("“A pity”"), kind=BlockKind.QUOTE),
        Block(text=text("2 opinions"), kind=BlockKind.NOTE),
        Block(text=text("Timetable"), kind=BlockKind.HEADING),
        Block(text=text(Span(text="From October", style=Style.EMPHASIS))),
        Block(text=text("By ", strong("boat"), " at 7"), kind=BlockKind.ITEM),
        Block(text=text("On foot"), kind=BlockKind.ITEM, number=2),
        Block(text=text("Both ways.")),
    ),
    image=Image(address="https://courier.example/i.jpg", alt="The bridge"),
    controls=(
        (
            Control(label="Read", action=READ, is_primary=True),
            Control(label="1 / 2", action=READ, is_disabled=True),
            Control(label="Source", link="https://courier.example/a"),
        ),
    ),
)


def sent(post: Post) -> dict[str, Any]:
    """What goes over the wire, apart from where to."""
    return render(post, CODEC).parameters()


def test_a_card_is_title_byline_and_paragraphs_with_a_large_preview() -> None:
    token = CODEC.encode(READ)
    assert sent(CARD) == {
        "text": (
            '<b><a href="https://courier.example/a?x=1&amp;y=2">Harbour bridge &lt;closes&gt;</a></b>\n'
            '<a href="https://courier.example">City Courier</a> · '
            '<tg-time unix="1788423000" format="r">3 Sep</tg-time>\n\n'
            "Cracks in <b>two</b> piers &amp; more.\n\n"
            "<blockquote>“A pity”</blockquote>\n\n"
            "<i>2 opinions</i>\n\n"
            "<b>Timetable</b>\n\n"
            "<i>From October</i>\n\n"
            "• By <b>boat</b> at 7\n"
            "2. On foot\n\n"
            "Both ways."
        ),
        "parse_mode": "HTML",
        "link_preview_options": {"url": "https://courier.example/a?x=1&y=2", "prefer_large_media": True},
        "reply_markup": {
            "inline_keyboard": [
                [
                    {"text": "Read", "callback_data": token, "style": "primary"},
                    {"text": "1 / 2", "callback_data": token, "disabled": {}},
                    {"text": "Source", "url": "https://courier.example/a"},
                ]
            ]
        },
    }


def test_the_plain_variant_has_the_same_words_and_buttons_and_no_markup() -> None:
    rendered = render(CARD, CODEC)
    assert rendered.plain_parameters()["text"] == (
        "Harbour bridge <closes>\nCity Courier · 3 Sep\n\nCracks in two piers & more.\n\n“A pity”\n\n"
        "2 opinions\n\nTimetable\n\nFrom October\n\n• By boat at 7\n2. On foot\n\nBoth ways."
    )
    assert "parse_mode" not in rendered.plain_parameters()
    assert rendered.plain_parameters()["reply_markup"] == rendered.parameters()["reply_markup"]


def test_a_story_without_a_picture_has_a_small_preview() -> None:
    story = Post(
        tone=Tone.STORY, title="Bridge", link="https://courier.example/a", blocks=(Block(text=text("It is.")),)
    )
    assert sent(story) == {
        "text": '<b><a href="https://courier.example/a">Bridge</a></b>\n\nIt is.',
        "parse_mode": "HTML",
        "link_preview_options": {"url": "https://courier.example/a", "prefer_small_media": True},
        "reply_markup": None,
    }


def test_opinions_have_no_preview() -> None:
    post = Post(tone=Tone.OPINION, title="Bridge", link="https://courier.example/a")
    assert sent(post)["link_preview_options"] == {"is_disabled": True}


def test_a_notice_and_a_trouble_are_just_their_words() -> None:
    for tone in (Tone.NOTICE, Tone.TROUBLE):
        post = Post(tone=tone, blocks=(Block(text=text("No such story.")),))
        assert sent(post) == {
            "text": "No such story.",
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": None,
        }


def test_a_button_whose_link_telegram_refuses_is_left_out() -> None:
    links = ("http://localhost:8080/story", "javascript:alert(1)", "https://[", "https://a b.example")
    row = tuple(Control(label="Page", link=address) for address in links)
    assert sent(Post(tone=Tone.NOTICE, title="Hello", controls=(row,)))["reply_markup"] is None


def test_a_wide_row_goes_on_in_the_next() -> None:
    row = tuple(Control(label=str(number), action=READ) for number in range(10))
    keyboard = sent(Post(tone=Tone.NOTICE, title="Hello", controls=(row,)))["reply_markup"]["inline_keyboard"]
    assert [len(drawn) for drawn in keyboard] == [8, 2]


def test_a_prompt_names_its_one_person_and_opens_their_input() -> None:
    form = Form(
        action=READ,
        title="Opinion",
        prompt="What do you think?\n\nOf a <bridge>",
        fields=(
            FormField(
                name="stance", label="Stance", kind=FieldKind.CHOICE, options=(Option(value="for", label="For"),)
            ),
            FormField(name="words", label="In your words"),
        ),
    )
    link = "https://t.me/news_bot?start=x"
    parameters = render_prompt(form, link=link, mentioned=(5, "A <b>")).parameters()
    asked = f'What do you think?\n\n<a href="{link}">Of a &lt;bridge&gt;</a>'
    assert parameters["text"] == f'<a href="tg://user?id=5">A &lt;b&gt;</a>: {asked}'
    assert parameters["reply_markup"] == {
        "force_reply": True,
        "selective": True,
        "input_field_placeholder": "In your words",
    }
    assert render_prompt(form, link=link, mentioned=None).html == asked


def test_words_from_outside_ping_nobody_and_link_nowhere() -> None:
    for words in (
        "@everyone_here",
        "mail a.b@c.example",
        "evil.com/x",
        "see https://evil.com/x?y=z",
        "tg://resolve?domain=x",
        "1.2.3.4:80",
        "пример.рф",
        "www.evil.example",
    ):
        assert not _LINKING.search(defuse(words)), words
        assert defuse(words).replace("\u2060", "") == words


def test_an_address_that_begins_in_one_span_and_ends_in_the_next_links_nowhere() -> None:
    spans = text("@", strong("name"), " evil", strong(".com"), " https", strong("://x.example"))
    html = render(Post(tone=Tone.NOTICE, blocks=(Block(text=spans),)), CODEC).html
    assert not _LINKING.search(read(html).unlinked)


def test_plain_sentences_are_not_touched() -> None:
    words = "At 9 a.m. the U.S. (and 3.5 million others) said: no… Really? Yes. e-mail @ 5"
    assert defuse(words) == words


def test_a_post_whose_links_are_longer_than_telegram_reads_keeps_its_words() -> None:
    address = "https://courier.example/" + "a" * 2_000
    blocks = tuple(Block(text=text(link(f"Part {number}", address))) for number in range(20))
    rendered = render(Post(tone=Tone.STORY, title="Bridge", link=address, blocks=blocks), CODEC)
    assert len(rendered.html.encode()) <= TEXT_BYTES
    assert "Part 19" in rendered.html


_LINKING = re.compile(r"\w://|\w\.[^\W\d_]{2}|@\w|\d\.\d+\.\d+\.\d")
_ALLOWED = {"a", "b", "i", "blockquote", "tg-time"}


class _Reader(HTMLParser):
    """An HTML parser that is not ours: what is visible, what links where, which tags there are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.visible = ""
        self.links: set[str | None] = set()
        self.tags: set[str] = set()
        self.unlinked = ""
        self._inside = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in {"a", "tg-time"}:
            self._inside += 1
            self.links.add(dict(attrs).get("href"))

    @override
    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in {"a", "tg-time"}

    @override
    def handle_data(self, data: str) -> None:
        self.visible += data
        self.unlinked += "\ufffc" if self._inside else data


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


_words = st.text(min_size=1, max_size=400) | st.text(alphabet="<>&\"'@./:ab1😀ж \n", min_size=1, max_size=900)
_addresses = st.sampled_from(["https://courier.example/a", 'https://courier.example/"><b>', "javascript:x", "http://x"])
_spans = st.builds(
    Span,
    text=_words,
    style=st.sampled_from(Style),
    link=st.none() | _addresses,
    moment=st.none() | st.just(AT) | st.just(datetime(1960, 1, 1, tzinfo=UTC)),
)
_texts = st.lists(_spans, min_size=1, max_size=4).map(tuple)
_posts = st.builds(
    Post,
    tone=st.sampled_from(Tone),
    title=st.none() | _words,
    link=st.none() | _addresses,
    byline=st.just(()) | _texts,
    blocks=st.lists(st.builds(Block, text=_texts, kind=st.sampled_from(BlockKind)), max_size=12).map(tuple),
    controls=st.lists(
        st.lists(st.builds(Control, label=_words, action=st.just(READ)), min_size=1, max_size=10).map(tuple), max_size=3
    ).map(tuple),
)


@given(_posts)
def test_any_post_keeps_within_the_limits_and_says_only_its_own_words(post: Post) -> None:
    rendered = render(post, CODEC)
    reader = read(rendered.html)
    assert len(reader.visible.encode("utf-16-le")) // 2 <= 4_096
    words = rendered.plain_parameters()["text"]
    assert len(words.encode("utf-16-le")) // 2 <= 4_096
    assert len(rendered.html.encode()) <= TEXT_BYTES
    assert reader.tags <= _ALLOWED
    assert reader.links <= {None, "https://courier.example/a", 'https://courier.example/"><b>'}
    assert not _LINKING.search(reader.unlinked)
    assert reader.visible.replace("\u2060", "") == words.replace("\u2060", "")


@given(_texts)
def test_a_text_that_fits_is_shown_whole(spans: tuple[Span, ...]) -> None:
    post = Post(tone=Tone.NOTICE, blocks=(Block(text=spans),))
    if measure(plain(spans)) <= LIMITS.text:
        shown = read(render(post, CODEC).html).visible.replace("\u2060", "")
        assert shown == re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", plain(spans)).replace("\u2060", "")


@given(st.text(), st.text())
def test_measuring_never_grows_by_joining_and_never_counts_too_little(one: str, other: str) -> None:
    assert measure(one + other) <= measure(one) + measure(other)
    assert measure(one) >= len(defuse(one).encode("utf-16-le")) // 2
