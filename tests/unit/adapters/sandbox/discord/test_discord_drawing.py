"""How messages look to people: words, titles, buttons, and HTML that is safe."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from adapters.sandbox.discord import markdown
from adapters.sandbox.discord.drawing import draw
from adapters.sandbox.discord.markdown import Reading
from adapters.sandbox.discord.messages import new_message

NOW = 1_790_000_000
ELSEWHERE = 'rel="noreferrer noopener nofollow" target="_blank"'
READING = Reading(names={"11": "reader 1", "22": "world-news"}, now=NOW)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**bold** and *it* and __u__ and ~~s~~", "bold and it and u and s"),
        ("### [Ferries return](https://paper.example/a)", "Ferries return"),
        ("-# Harbour Post", "Harbour Post"),
        ("> quoted", "quoted"),
        ("- one\n- two", "• one\n• two"),
        ("3. one\n4. two", "3. one\n4. two"),
        ("`code` and ``a ` b``", "code and a ` b"),
        ("```py\nprint(1)\n```", "print(1)"),
        (r"\*not bold\* and snake\_case", "*not bold* and snake_case"),
        ("snake_case_name 2*3*4", "snake_case_name 234"),
        ("<@11> in <#22> </story:5> <:ferry:7>", "@reader 1 in #world-news /story :ferry:"),
        (f"<t:{NOW - 240}:R>", "4 minutes ago"),
        (f"<t:{NOW + 3600}:R>", "in 1 hour"),
        (f"<t:{NOW}:D>", "21 September 2026"),
        ("**[a](https://x.example/b)** ||secret||", "a secret"),
        ("see https://paper.example/a.", "see https://paper.example/a."),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("[label](javascript:x)", "[label](javascript:x)"),
        (r"**a \** b**", "a ** b"),
    ],
)
def test_markup_is_read_as_people_see_it(source: str, words: str) -> None:
    assert markdown.plain(source, READING) == words


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("# Big", "<h3>Big</h3>"),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("-# small", "<small>small</small>"),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
        (f"<t:{NOW - 60}:R>", f'<p><time data-unix="{NOW - 60}" data-style="R">1 minute ago</time></p>'),
        (
            '[a "b"](https://x.example/?a=1&b=2)',
            f'<p><a href="https://x.example/?a=1&amp;b=2" {ELSEWHERE}>a &quot;b&quot;</a></p>',
        ),
    ],
)
def test_markup_is_drawn_from_escaped_text(source: str, drawn: str) -> None:
    assert markdown.html(source, READING) == drawn


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


_OURS = {
    "p",
    "br",
    "h3",
    "h4",
    "h5",
    "small",
    "blockquote",
    "pre",
    "code",
    "strong",
    "em",
    "u",
    "s",
    "a",
    "span",
    "time",
}
_PIECES = ["<script>", "https://x.example/", "onload=", "[a](", "<t:1:R>", *"ab \n*_~`|[]()<>\"'&\\#-:/@="]
_FOREIGN = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(_FOREIGN)
def test_no_text_can_bring_markup_of_its_own(source: str) -> None:
    page = _Elements()
    page.feed(markdown.html(source, READING))
    assert page.tags <= _OURS
    names = {name for name, _ in page.attributes}
    assert names <= {"href", "rel", "target", "class", "data-unix", "data-style"}
    assert all((value or "").startswith("https://") for name, value in page.attributes if name == "href")
    markdown.plain(source, READING)


def message(body: dict[str, Any]) -> dict[str, Any]:
    return new_message(body, message_id="1551597200998400002", channel_id="1", author={"id": "1"})


def test_a_legacy_message_shows_content_embed_and_rows() -> None:
    rows = [
        {
            "type": 1,
            "components": [{"type": 2, "style": 1, "label": "Read", "custom_id": "r", "emoji": {"name": "📖"}}],
        },
        {"type": 1, "components": [{"type": 2, "style": 5, "label": "Open", "url": "https://x.example"}]},
    ]
    embed = {"title": "Ferries", "description": "**Storm**", "color": 255, "image": {"url": "https://x.example/i.png"}}
    drawing = draw(message({"content": "Hello", "embeds": [embed], "components": rows}), READING)
    assert (drawing.text, drawing.title, drawing.image) == (
        "Hello\nFerries\nStorm",
        "Ferries",
        "https://x.example/i.png",
    )
    assert [(one.label, one.row, one.style, one.url) for one in drawing.buttons] == [
        ("📖 Read", 0, "primary", None),
        ("Open", 1, "link", "https://x.example"),
    ]
    assert '<div class="dc-embed" style="--accent:#0000ff">' in drawing.html


def test_a_line_in_bold_is_a_title() -> None:
    assert draw(message({"content": "**Ferries return**\nText"}), READING).title == "Ferries return"
    assert draw(message({"content": "Text with **bold**"}), READING).title is None


def test_options_of_a_select_can_be_pressed() -> None:
    select = {"type": 3, "custom_id": "page", "options": [{"label": "Two", "value": "2"}]}
    drawing = draw(message({"components": [{"type": 1, "components": [select]}]}), READING)
    assert [(one.id, one.label) for one in drawing.buttons] == [("page=2", "Two")]


def test_a_picture_cannot_break_out_of_its_attribute() -> None:
    gallery = {"type": 12, "items": [{"media": {"url": 'https://x.example/"onerror="x'}, "description": "<b>"}]}
    drawn = draw(message({"flags": 32768, "components": [gallery]}), READING).html
    assert drawn == (
        '<div class="dc-gallery"><img class="dc-media" src="https://x.example/&quot;onerror=&quot;x" '
        'alt="&lt;b&gt;" loading="lazy"></div>'
    )
