"""HTML is parsed as TDLib parses it: what is refused, with which words, and what is silently repaired."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox.telegram.entities import Entity, repaired, utf16_length
from adapters.sandbox.telegram.html import EntityParseError, parse_html

PREFIX = "Bad Request: can't parse entities: "


def entities(source: str) -> list[dict[str, object]]:
    """The parsed and repaired entities, as the bot gets them back."""
    return [entity.as_json() for entity in repaired(parse_html(source)[1])]


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("1<2", "Unclosed start tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('x<a href="https://x.y>z</a>', "Unclosed start tag at byte offset 1"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href  =  ", 'Unclosed start tag "a" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("a<br/>b", 'Unsupported start tag "br/" at byte offset 1'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("<B><P>", 'Unsupported start tag "p" at byte offset 3'),
        ("<b />", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=https://x.y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<span class="big">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b y>", "Unclosed end tag at byte offset 4"),
        ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</strong>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</strong>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x<i>y</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ('<tg-emoji emoji-id="0">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ('<tg-time unix="5" format="q">x</tg-time>', "Invalid date format used"),
        (
            "&#xD83D;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate"
                " code units"
            ),
        ),
    ],
)
def test_broken_markup_is_refused_in_the_servers_own_words(source: str, refusal: str) -> None:
    with pytest.raises(EntityParseError) as refused:
        parse_html(source)
    assert refused.value.description == PREFIX + refusal


@pytest.mark.parametrize(("before", "offset"), [("", 0), ("ə", 2), ("🏟 🏟", 9), ("➡️ ➡️", 13), ("🏟 🏟&lt;", 13)])
def test_offsets_count_the_bytes_of_the_raw_text(before: str, offset: int) -> None:
    with pytest.raises(EntityParseError, match=rf'Unsupported start tag "abac" at byte offset {offset}$'):
        parse_html(f"{before}<abac>")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&lt &gt &amp &quot", '< > & "'),
        ("&ltx &nbsp; &apos; &laquo;", "&ltx &nbsp; &apos; &laquo;"),
        ("&#65;&#x42;&#X43;&#68", "ABCD"),
        ("&#0; &#x10FFFF; &#12345678; &#; &#x;", "&#0; &#x10FFFF; &#12345678; &#; &#x;"),
        ("&#x10FFFE;", "\U0010fffe"),
        ("&#000000065;", "&#000000065;"),
        ("a & b > c", "a & b > c"),
        ("fish &amp; chips &amp;amp;", "fish & chips &amp;"),
    ],
)
def test_references_are_decoded_or_stay_as_they_stand(source: str, text: str) -> None:
    assert parse_html(source) == (text, ())


@pytest.mark.parametrize("name", ["b", "strong", "B", "STRONG"])
def test_names_of_tags_are_read_in_any_case(name: str) -> None:
    assert entities(f"<{name}>x</{name}>") == [{"type": "bold", "offset": 0, "length": 1}]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<i>x</i>", "italic"),
        ("<em>x</em>", "italic"),
        ("<s>x</s>", "strikethrough"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ("<u>x</u>", "underline"),
        ("<ins>x</ins>", "underline"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<span class=tg-spoiler>x</span>", "spoiler"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ('<blockquote expandable="">x</blockquote>', "expandable_blockquote"),
        ("<b unknown other='1'>x</b>", "bold"),
        ("<b\t\n>x</b \r>", "bold"),
        ("<b>x</>", "bold"),
    ],
)
def test_every_tag_of_the_subset_makes_its_entity(source: str, kind: str) -> None:
    assert entities(source) == [{"type": kind, "offset": 0, "length": 1}]


def test_offsets_of_entities_count_utf16_units() -> None:
    assert entities("➡️ 🏟<b>🏟x</b>") == [{"type": "bold", "offset": 5, "length": 3}]


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ('<a href="https://x.y/z?a=1&amp;b=2">t</a>', "https://x.y/z?a=1&b=2"),
        ("<a href='x.y'>t</a>", "http://x.y/"),
        ("<a href=x.y>t</a>", "http://x.y/"),
        ("<a>x.y/z</a>", "http://x.y/z"),
        ('<a href="https://X.Y/A" href="https://b.c/">t</a>', "https://b.c/"),
        ('<a href="HTTP://127.0.0.1:8080/n">t</a>', "http://127.0.0.1:8080/n"),
        ('<a href="tg://resolve?domain=x">t</a>', "tg://resolve?domain=x"),
    ],
)
def test_links_come_out_as_telegram_keeps_them(source: str, url: str) -> None:
    assert [entity["url"] for entity in entities(source)] == [url]


@pytest.mark.parametrize("href", ["", "nowhere", "http://localhost:8080/x", "javascript:alert(1)", "https://", "a b.c"])
def test_what_is_no_link_leaves_plain_text(href: str) -> None:
    assert parse_html(f'<a href="{href}">t</a>') == ("t", ())


def test_the_name_of_an_attribute_is_read_in_its_own_case_only() -> None:
    assert entities('<a HREF="https://x.y">t</a>') == []


def test_a_link_to_a_user_is_a_mention() -> None:
    assert entities('<a href="tg://user?id=700000001">t</a>') == [
        {"type": "text_mention", "offset": 0, "length": 1, "user": 700000001}
    ]


def test_empty_tags_vanish() -> None:
    assert parse_html("a<b></b><i><u></u></i>b") == ("ab", ())


@pytest.mark.parametrize(
    "source",
    [
        '<pre><code class="language-python">x</code></pre>',
        '<code class="language-python"><pre>x</pre></code>',
    ],
)
def test_code_with_a_language_in_a_block_of_the_same_range_gives_the_block_its_language(source: str) -> None:
    assert entities(source) == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_a_language_without_a_block_is_dropped() -> None:
    assert entities('<code class="language-python">x</code>') == [{"type": "code", "offset": 0, "length": 1}]


def test_a_time_is_kept_with_its_format_and_without_a_time_it_is_plain_text() -> None:
    assert entities('<tg-time unix="1788423000" format="wDT">soon</tg-time>') == [
        {"type": "date_time", "offset": 0, "length": 4, "unix_time": 1788423000, "date_time_format": "wDT"}
    ]
    assert parse_html('<tg-time unix="0">soon</tg-time>') == ("soon", ())


def test_a_custom_emoji_keeps_its_identifier() -> None:
    assert entities('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>') == [
        {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368324170671202286"}
    ]


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("<b>x</b><b>y</b>", [("bold", 0, 2)]),
        ("<b>x<b>y</b>z</b>", [("bold", 0, 3)]),
        ("<b>x<i>y</i>z</b>", [("bold", 0, 3), ("italic", 1, 1)]),
        ("<code><b>x</b></code>", [("code", 0, 1)]),
        ("<b>x<code>y</code>z</b>", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
        ("<pre><code>x</code></pre>", [("pre", 0, 1)]),
        ('<a href="x.y">x<code>y</code></a>', [("text_link", 0, 2)]),
        ('<code>x<a href="x.y">y</a></code>', [("code", 0, 2)]),
        ('<a href="x.y"><code>x</code></a>', [("code", 0, 1)]),
        ("<blockquote>x<blockquote>y</blockquote></blockquote>", [("blockquote", 0, 2)]),
        ("<blockquote>x<code>y</code></blockquote>", [("blockquote", 0, 2), ("code", 1, 1)]),
        ('<a href="x.y">x<blockquote>y</blockquote></a>', [("blockquote", 1, 1)]),
        (
            '<b>x<a href="x.y">y</a>z</b>',
            [("bold", 0, 1), ("text_link", 1, 1), ("bold", 1, 1), ("bold", 2, 1)],
        ),
    ],
)
def test_entities_that_cannot_stand_together_are_repaired_without_an_error(
    source: str, kinds: list[tuple[str, int, int]]
) -> None:
    found = [(entity["type"], entity["offset"], entity["length"]) for entity in entities(source)]
    assert found == kinds


def test_a_hundred_entities_go_out_links_and_code_before_bold_and_emoji_uncounted() -> None:
    bold = "".join(f"<b>{number % 10}</b> " for number in range(99))
    code = "".join(f"<code>{number % 10}</code> " for number in range(20))
    emoji = '<tg-emoji emoji-id="1">👍</tg-emoji>' * 5
    kinds = [entity["type"] for entity in entities(bold + code + emoji)]
    assert (kinds.count("bold"), kinds.count("code"), kinds.count("custom_emoji")) == (80, 20, 5)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaped_text_always_parses_back_to_itself(text: str) -> None:
    assert parse_html(escape(text, quote=False)) == (text, ())
    assert parse_html(f"<b>{escape(text)}</b>")[0] == text


PIECES = """
<b> </b> <a␣href= " ' > < / </ & &lt &#x 9 ; <pre> </pre> <code␣class='language-c'> </code> <blockquote> </blockquote>
🏟 x.y </> <span </span> </a> <i> \u0000 <tg-time␣unix=5␣format= </tg-time>
"""
MARKUP = st.lists(st.sampled_from([" ", *(piece for piece in PIECES.split())])).map(
    lambda pieces: "".join(pieces).replace("␣", " ")
)


@given(MARKUP | st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_input_is_parsed_or_refused_and_entities_stay_inside_the_text(source: str) -> None:
    try:
        text, found = parse_html(source)
    except EntityParseError:
        return
    fixed = repaired(found)
    assert all(0 <= e.offset < e.end <= utf16_length(text) for e in fixed)
    assert repaired(fixed) == fixed


def test_a_style_stops_at_a_block_of_code_and_goes_on_after_it() -> None:
    styled = [Entity(type="bold", offset=0, length=4), Entity(type="pre", offset=1, length=2)]
    assert [(e.type, e.offset, e.length) for e in repaired(styled)] == [("bold", 0, 1), ("pre", 1, 2), ("bold", 3, 1)]
