"""Whatever is posted: within Discord's limits, and nothing from outside becomes markup."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import card
from adapters.sandbox.discord.markdown import Reading, html, plain
from adapters.sandbox.discord.message_rules import COMPONENTS_V2, check_new
from bot.messages.action import Action, ActionCodec, Verb
from bot.messages.post import Block, BlockKind, Control, Image, Post, Tone
from bot.messages.text import Span, Style

_CODEC = ActionCodec(b"a key for tests")
_READING = Reading(names={}, now=0.0)

_MARKUP = "@everyone <@1> <@&2> <#3> </help:4> <t:1:R> <:e:5> ** __ * _ ~~ || ` ``` [x](https://evil.example) [ ]( ) \\"
_LINES = ("\n# ", "\n- ", "\n> ", "\n1. ", "\n-# ", "\n", " ", "1", ". ", "-")
_HOSTILE = st.sampled_from([*_MARKUP.split(" "), *_LINES, "https://evil.example", "日本語", "🙂", "\u202e"])
_WORDS = st.lists(_HOSTILE | st.text(max_size=8), max_size=12).map("".join)
_LONG = st.builds(lambda words, times: words * times, _WORDS, st.integers(1, 400))
_ADDRESS = st.none() | st.text(max_size=40).map("https://a.example/".__add__) | _WORDS
_SPAN = st.builds(
    Span,
    text=_WORDS | _LONG,
    style=st.sampled_from(Style),
    link=_ADDRESS,
    moment=st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001  # made aware right there
)
_TEXT = st.lists(_SPAN, max_size=4).map(tuple)
_ACTION = st.builds(Action, verb=st.sampled_from(Verb), subject=st.integers(0, 3), page=st.integers(0, 2))
_CONTROL = st.builds(
    Control,
    label=_WORDS,
    action=st.none() | _ACTION,
    link=_ADDRESS,
    is_primary=st.booleans(),
    is_disabled=st.booleans(),
)
_POST = st.builds(
    Post,
    tone=st.sampled_from(Tone),
    title=st.none() | _WORDS | _LONG,
    link=_ADDRESS,
    byline=_TEXT,
    blocks=st.lists(st.builds(Block, text=_TEXT, kind=st.sampled_from(BlockKind)), max_size=6).map(tuple),
    image=st.none() | st.builds(Image, address=st.text(max_size=20).map("https://a.example/".__add__), alt=_LONG),
    controls=st.lists(st.lists(_CONTROL, max_size=7).map(tuple), max_size=7).map(tuple),
)


def _displays(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if component["type"] == 10:
            yield component["content"]
        yield from _displays(component.get("components", []))


def _only_display(blocks: tuple[Block, ...]) -> str:
    """All text of a post that has only blocks; "" where it stands for an empty one."""
    view = card(Post(tone=Tone.NEWS, blocks=blocks), _CODEC)
    written = list(_displays(view.to_components()))  # type: ignore[no-untyped-call]  # the library leaves it so
    assert len(written) == 1
    return "" if written[0] == "…" else written[0]


@given(_POST)
@settings(max_examples=60, deadline=None)
def test_discord_takes_every_card(post: Post) -> None:
    components = card(post, _CODEC).to_components()  # type: ignore[no-untyped-call]  # the library leaves it so
    check_new({"components": components, "flags": COMPONENTS_V2})
    displays = list(_displays(components))
    assert sum(map(len, displays)) <= 4000
    assert sum(len(words.encode()) + 12 for words in displays) <= 10_170


@given(_WORDS, st.sampled_from([BlockKind.BODY, BlockKind.HEADING, BlockKind.QUOTE, BlockKind.NOTE]))
@settings(max_examples=150, deadline=None)
def test_words_from_outside_are_read_as_they_were_written(words: str, kind: BlockKind) -> None:
    written = _only_display((Block(text=(Span(text=words),), kind=kind),))
    assert plain(written, _READING).split() == words.split()


@given(st.lists(_WORDS, max_size=5))
@settings(max_examples=150, deadline=None)
def test_words_from_outside_bring_no_markup(parts: list[str]) -> None:
    written = _only_display((Block(text=tuple(Span(text=part) for part in parts)),))
    drawn = html(written, _READING)
    assert not re.search(r"<(?!/?p>|br>)", drawn)
    without_escapes = re.sub(r"\\[^0-9A-Za-z\s]", "x", written)
    assert not re.search(r"[*_~`|<>\[\]@#]|://", without_escapes)
    assert not re.search(r"^\s*([-+]|\d+\.)\s", without_escapes, re.MULTILINE)


@given(_WORDS, _ADDRESS)
@settings(max_examples=150, deadline=None)
def test_a_link_leads_where_we_say_and_nowhere_else(words: str, address: str | None) -> None:
    written = _only_display((Block(text=(Span(text=words, link=address),)),))
    targets = re.findall(r'href="([^"]*)"', html(written, _READING))
    assert all(target.startswith(("https://a.example/", "http")) for target in targets)
    if address is None or not address.startswith("http"):
        assert not targets
