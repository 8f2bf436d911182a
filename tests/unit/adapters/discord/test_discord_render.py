"""Each kind of post as the exact JSON that Discord gets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.render import card, escape
from bot.messages.action import Action, ActionCodec, Verb
from bot.messages.post import Block, BlockKind, Control, Image, Post, Tone
from bot.messages.text import Span, Style, link, strong, text

_CODEC = ActionCodec(b"a key for tests")
_READ, _OPINE = Action(verb=Verb.READ, subject=7), Action(verb=Verb.OPINE, subject=7)
_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_PICTURE = Image(address="https://harbour.example/ferry.jpg", alt="A ferry leaving the harbour")


def _components(post: Post) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = card(post, _CODEC).to_components()  # type: ignore[no-untyped-call]  # the library leaves it so
    return components


def _inside(post: Post) -> list[dict[str, Any]]:
    (container,) = _components(post)
    inside: list[dict[str, Any]] = container["components"]
    return inside


def _body(*blocks: Block) -> str:
    """What is written in the one text display of a post that has nothing but these blocks."""
    (display,) = _inside(Post(tone=Tone.NOTICE, blocks=blocks))
    content: str = display["content"]
    return content


def test_a_headline_is_a_card_with_picture_byline_and_buttons() -> None:
    post = Post(
        tone=Tone.NEWS,
        title="Ferries return to Vellmar",
        link="https://harbour.example/ferries",
        byline=text(
            link("Harbour Post", "https://harbour.example"), " · ", Span(text="today", moment=_AT), " · 3 min read"
        ),
        blocks=(
            Block(text=text("The ", strong("first"), " ferry left ", Span(text="at dawn", style=Style.EMPHASIS), ".")),
            Block(text=text("Timetable"), kind=BlockKind.HEADING),
            Block(text=text("- By ", strong("boat")), kind=BlockKind.ITEM),
            Block(text=text("1. On foot"), kind=BlockKind.ITEM, number=2),
            Block(text=text("🟦🟦🟧\n2 for · 1 against"), kind=BlockKind.NOTE),
            Block(text=text("“At last.” — a reader"), kind=BlockKind.QUOTE),
        ),
        image=_PICTURE,
        controls=(
            (Control(label="Read", action=_READ, is_primary=True), Control(label="Opinions (8)", action=_OPINE)),
            (Control(label="Source", link="https://harbour.example/ferries"),),
        ),
    )
    assert _components(post) == [
        {
            "type": 17,
            "accent_color": 0x2F6FDE,
            "spoiler": False,
            "components": [
                {
                    "type": 10,
                    "content": (
                        "### [Ferries return to Vellmar](https://harbour.example/ferries)\n"
                        "-# [Harbour Post](https://harbour.example) · <t:1795426200:R> · 3 min read"
                    ),
                },
                {
                    "type": 12,
                    "items": [
                        {
                            "media": {"url": "https://harbour.example/ferry.jpg"},
                            "description": "A ferry leaving the harbour",
                            "spoiler": False,
                        }
                    ],
                },
                {
                    "type": 10,
                    "content": (
                        "The **first** ferry left *at dawn*.\n\n**Timetable**\n\n- \\- By **boat**\n2. 1\\. On foot\n\n"
                        "-# 🟦🟦🟧\n-# 2 for · 1 against\n\n> “At last.” — a reader"
                    ),
                },
                {"type": 14, "divider": True, "spacing": 1},
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 2,
                            "style": 1,
                            "label": "Read",
                            "disabled": False,
                            "custom_id": _CODEC.encode(_READ),
                        },
                        {
                            "type": 2,
                            "style": 2,
                            "label": "Opinions (8)",
                            "disabled": False,
                            "custom_id": _CODEC.encode(_OPINE),
                        },
                    ],
                },
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 2,
                            "style": 5,
                            "label": "Source",
                            "disabled": False,
                            "url": "https://harbour.example/ferries",
                        }
                    ],
                },
            ],
        }
    ]


def test_a_page_of_a_story_has_the_picture_beside_the_title() -> None:
    post = Post(
        tone=Tone.STORY,
        title="Ferries return",
        blocks=(Block(text=text("One.")), Block(text=text("Two."))),
        image=_PICTURE,
    )
    assert _components(post) == [
        {
            "type": 17,
            "accent_color": 0x4752C4,
            "spoiler": False,
            "components": [
                {
                    "type": 9,
                    "components": [{"type": 10, "content": "### Ferries return"}],
                    "accessory": {
                        "type": 11,
                        "media": {"url": "https://harbour.example/ferry.jpg"},
                        "description": "A ferry leaving the harbour",
                        "spoiler": False,
                    },
                },
                {"type": 10, "content": "One.\n\nTwo."},
            ],
        }
    ]


def test_a_list_of_opinions_is_quotes_under_a_heading() -> None:
    post = Post(
        tone=Tone.OPINION,
        title="Opinions",
        blocks=(
            Block(text=text("Ferries return"), kind=BlockKind.HEADING),
            Block(text=text("At last.\nReally."), kind=BlockKind.QUOTE),
        ),
    )
    (container,) = _components(post)
    assert container["accent_color"] == 0x9B59B6
    assert [display["content"] for display in container["components"]] == [
        "### Opinions",
        "**Ferries return**\n\n> At last.\n> Really.",
    ]


def test_a_notice_and_a_trouble_have_colours_of_their_own() -> None:
    for tone, accent in ((Tone.NOTICE, 0x6D7480), (Tone.TROUBLE, 0xD83C3E)):
        assert _components(Post(tone=tone, blocks=(Block(text=text("Well.")),))) == [
            {
                "type": 17,
                "accent_color": accent,
                "spoiler": False,
                "components": [{"type": 10, "content": "Well."}],
            }
        ]


def test_a_post_with_nothing_in_it_is_still_a_message() -> None:
    assert _inside(Post(tone=Tone.NOTICE, title=" \n", blocks=(Block(text=text("  ")),))) == [
        {"type": 10, "content": "…"}
    ]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("@everyone and <@1>", r"\@everyone and \<\@1\>"),
        ("**bold** _em_ ~~gone~~ ||spoiler|| `code`", r"\*\*bold\*\* \_em\_ \~\~gone\~\~ \|\|spoiler\|\| \`code\`"),
        ("[a prize](https://evil.example)", r"\[a prize\](https\://evil.example)"),
        ("<t:1:R> </help:1> <#2> <@&3> <:smile:4>", r"\<t:1:R\> \</help:1\> \<\#2\> \<\@&3\> \<:smile:4\>"),
        ("# Heading", r"\# Heading"),
        ("at 12:30, 100% (of it)", "at 12:30, 100% (of it)"),
        ("a\\b", r"a\\b"),
        ("half a \ud83d", "half a ?"),
    ],
)
def test_text_from_outside_stays_text(words: str, written: str) -> None:
    assert escape(words) == written


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("- one\n+ two\n3. three", "\\- one\n\\+ two\n3\\. three"),
        (">>> all", r"\>\>\> all"),
        ("-# small", r"-\# small"),
        ("-5 degrees, 3.5 metres", "-5 degrees, 3.5 metres"),
    ],
)
def test_a_line_from_outside_starts_no_list_quote_or_heading(words: str, written: str) -> None:
    assert _body(Block(text=text(words))) == written


def test_a_line_is_no_list_either_when_its_beginning_is_another_span() -> None:
    assert _body(Block(text=text("3", ". three"))) == r"3\. three"


def test_marks_touch_the_words_that_they_mark() -> None:
    block = Block(text=text("a", strong(" b "), Span(text="c\nd", style=Style.EMPHASIS)))
    assert _body(block) == "a **b** *c*\n*d*"


def test_a_masked_link_cannot_be_ended_from_within() -> None:
    block = Block(text=text(link("more [here](x)", "https://a.example/x) [y](https://b.example")))
    assert _body(block) == r"[more \[here\](x)](https://a.example/x%29%20[y]%28https://b.example)"


@pytest.mark.parametrize(
    ("words", "address", "is_link"),
    [
        ("Harbour Post", "https://harbour.example/a", True),
        ("harbour.example", "https://www.harbour.example/a", True),
        ("www.harbour.example", "https://news.harbour.example/a", True),
        ("harbour.example", "https://evil.example/harbour.example", False),
        ("arbour.example", "https://harbour.example/", False),
        ("https://harbour.example", "https://harbour.example", False),
        ("Booking.com is sued", "https://harbour.example", True),
        ("here", "javascript:alert(1)", False),
        ("here", "https://harbour.example/" + "a" * 600, False),
        ("here", "https://[bad", False),
        ("here", "https://", False),
    ],
)
def test_words_never_belie_the_address_behind_them(words: str, address: str, is_link: bool) -> None:  # noqa: FBT001
    written = _body(Block(text=(Span(text=words, link=address),)))
    assert written.startswith("[") is is_link


@pytest.mark.parametrize(
    "address", ["ftp://a.example/i.png", "data:image/png;base64,AA", "https://a.example/" + "i" * 2100]
)
def test_a_picture_that_discord_cannot_fetch_is_left_out(address: str) -> None:
    post = Post(tone=Tone.NEWS, title="T", image=Image(address=address, alt="x"))
    assert [item["type"] for item in _inside(post)] == [10]


def test_a_picture_without_a_title_is_shown_large() -> None:
    post = Post(tone=Tone.NOTICE, image=Image(address="https://a.example/i.png", alt=" "))
    assert [item["type"] for item in _inside(post)] == [12]


def test_addresses_give_way_before_words_do() -> None:
    words = "word " * 640
    long = "https://harbour.example/" + "a" * 470
    post = Post(
        tone=Tone.STORY,
        title="T",
        link=long,
        byline=text(link("Harbour Post", long)),
        blocks=(Block(text=text(words)),),
    )
    head, body = (display["content"] for display in _inside(post))
    assert head == f"### [T]({long})\n-# Harbour Post"
    assert body == words.strip()


def test_a_thousand_tiny_paragraphs_are_cut_to_what_fits() -> None:
    blocks = (Block(text=text("x"), kind=BlockKind.NOTE),) * 1200
    assert 1000 < len(_body(*blocks)) <= 4000
