"""Whatever is done to a page, it gives clean text or a reason."""

import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feeds.extract import extract
from adapters.feeds.parsed import Problem
from bot.domain.full_text import PageText

PAGES = [path.read_bytes() for path in sorted((Path(__file__).parents[3] / "data" / "pages_html").glob("*.html"))]
KINDS = {"too_big", "not_a_page", "no_text", "paywall", "bot_check"}
PIECES = st.sampled_from(
    [
        *(b"<p>", b"</p>", b"<div>", b"</div></div>", b"<ul><li>", b"<table><tr><td>", b"<article>", b"<figure>"),
        *(b"<figcaption>", b"<!--", b"<![CDATA[", b"<script>", b"<template>", b"<h1>", b"<br><br>", b"<frameset>"),
        *(b"&#0;", b"&#xD800;", b"\x00", b"\xff\xfe", b"\xe2\x80\xae", b"&lt;script&gt;", b"</body></html>"),
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), PIECES), max_size=30)


@settings(max_examples=150, deadline=None)
@given(page=st.sampled_from(PAGES), edits=EDITS)
def test_a_mutated_page_gives_clean_paragraphs_or_a_kind(page: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for place, length, piece in edits:
        at = int(place * len(page))
        page = page[:at] + piece + page[at + length :]
    found = extract(page, address="https://news.example/a/story", charset=None)
    match found:
        case Problem():
            assert found.kind in KINDS
        case PageText():
            assert found.paragraphs
            for line in (*found.paragraphs, found.caption or "-"):
                assert line == line.strip() != ""
                assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line)


@given(body=st.binary(max_size=3_000))
def test_no_bytes_at_all_break_it(body: bytes) -> None:
    extract(body, address="https://news.example/a/story", charset=None)
