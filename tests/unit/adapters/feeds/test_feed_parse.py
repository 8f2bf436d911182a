"""Parsing: what a document says comes out as drafts, whole, clean and newest first."""

import json
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fastfeedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.parse import _NO_DATES, LONGEST_FIELD, MOST_ENTRIES, parse
from adapters.feeds.parsed import ParsedFeed, Problem, lines_of, read_drafts, read_head
from bot.domain.article import Draft
from bot.domain.paragraph import PLAIN, ParagraphKind, Shape, Stress, Stretch

DATA = Path(__file__).parents[3] / "data" / "feeds"
ADDRESS = "https://feeds.example/news/feed.xml"


def parsed(document: str | bytes, *, charset: str | None = None) -> ParsedFeed:
    """The feed in a document that is one."""
    result = parse(document.encode() if isinstance(document, str) else document, address=ADDRESS, charset=charset)
    assert isinstance(result, ParsedFeed)
    return result


def recorded(name: str) -> ParsedFeed:
    return parsed((DATA / name).read_bytes())


def rss(*items: str, head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{head}{inside}</channel></rss>'


def only_draft(item: str) -> Draft:
    (draft,) = parsed(rss(item)).drafts
    return draft


def test_an_rss_feed_with_full_texts_is_read_whole() -> None:
    feed = recorded("wordpress.xml")
    assert (feed.title, feed.site, feed.language, feed.ttl) == (
        "Vellmar & the Coast",
        "https://coast.example",
        "en-GB",
        timedelta(minutes=45),
    )
    assert feed.drafts[1] == Draft(
        title="Ferries stay in port as the “grey wind” returns",
        paragraphs=(
            "All four ferries stayed in port on Sunday. The harbour master expects the wind to last “until Tuesday”.",
            "“We have not seen this since 1987,” said Jonna Riis, who has steered the Halvet Star for 31 years.",
            "What to do",
            "Ring the office before you set out.",
            "Tickets stay valid: 5 < 7 days & counting.",
        ),
        shapes=(
            PLAIN,
            Shape(stretches=(Stretch(start=73, end=84, stress=Stress.EMPHASIS),)),
            Shape(kind=ParagraphKind.HEADING),
            *[Shape(kind=ParagraphKind.ITEM)] * 2,
        ),
        guid="https://coast.example/?p=4711",
        link="https://coast.example/2026/11/ferries/",
        author="Ilse Haverkamp",
        image="https://coast.example/wp-content/uploads/ferry.jpg",
        caption="The ferry at its berth",
        published_at=datetime(2026, 11, 22, 17, 30, tzinfo=UTC),
    )


def test_an_entry_that_goes_on_elsewhere_is_a_teaser_and_not_complete() -> None:
    draft = recorded("wordpress.xml").drafts[0]
    assert (draft.title, draft.teaser, draft.paragraphs, draft.is_complete, draft.author) == (
        "Library opens on Sundays",
        "Readers asked for it for years.",
        (),
        False,
        "The Desk",
    )


def test_an_atom_feed_is_read_with_its_base_its_language_and_titles_in_xhtml() -> None:
    feed = recorded("atom.xml")
    assert (feed.title, feed.site, feed.language) == ("Xəbər lövhəsi", "https://xeber.example/az/", "az")
    assert feed.drafts == (
        Draft(
            title="Körpü açıldı",
            paragraphs=("Yeni körpü bu gün açıldı.", "“Bu, böyük gündür”, — nazir dedi."),
            guid="tag:xeber.example,2026:1",
            link="https://xeber.example/az/korpu.html",
            author="Aygün Məmmədova",
            published_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        ),
        Draft(
            title="x < y: how to compare",
            teaser="One line about comparing.",
            guid="tag:xeber.example,2026:2",
            link="https://xeber.example/az/compare.html",
            published_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
            is_complete=False,
        ),
    )


def test_the_best_picture_of_each_entry_is_taken() -> None:
    assert {draft.title: draft.image for draft in recorded("media.xml").drafts} == {
        "the widest of a group": "https://pictures.example/large.jpg",
        "an enclosure": "https://pictures.example/attached.png",
        "a thumbnail": "https://pictures.example/thumb.jpg",
        "in the text": "https://pictures.example/inline.webp",
        "none but a script": None,
    }


def test_a_feed_in_another_encoding_with_dates_in_words_is_read() -> None:
    feed = recorded("windows-1251.xml")
    (draft,) = feed.drafts
    assert (feed.title, feed.language, draft.title) == ("Вести", "ru", "Паром остался в порту")
    assert draft.published_at == datetime(2026, 11, 23, 11, 5, tzinfo=UTC)
    assert (draft.teaser, draft.is_complete) == ("Все четыре парома остались в порту. Капитан…", False)


def test_a_broken_feed_gives_what_can_be_understood() -> None:
    feed = recorded("broken.xml")
    assert feed.title == "Half & half"
    assert [draft.link for draft in feed.drafts] == ["https://broken.example/1", "https://broken.example/2"]
    assert feed.drafts[0].title == "First & foremost"
    assert feed.drafts[0].teaser == "A naked & and an unknown entity."


def test_a_json_feed_is_read() -> None:
    entry = {"id": 7, "title": "Ready", "url": "https://json.example/7", "content_text": "One <b>.\n\nTwo & three."}
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": [entry | {"id": "seven"}]}
    (draft,) = parsed(f"\ufeff\n{json.dumps(told)}").drafts
    assert (draft.title, draft.guid, draft.paragraphs) == ("Ready", "seven", ("One <b>.", "Two & three."))


def test_ten_thousand_entries_are_read_at_once_and_the_newest_taken() -> None:
    dated = "<title>new</title><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
    feed = parsed(rss(*["<title>old</title><pubDate>2020-01-01</pubDate>"] * 2_000, *["<title/>"] * 8_000, dated))
    assert (feed.drafts[0].title, len(feed.drafts)) == ("new", MOST_ENTRIES)


def test_a_description_of_several_paragraphs_is_the_story_itself() -> None:
    draft = only_draft(f"<title>t</title><description>{escape('<p>One.</p><p>Two.</p>')}</description>")
    assert (draft.paragraphs, draft.teaser, draft.is_complete) == (("One.", "Two."), None, True)


@pytest.mark.parametrize(
    ("figure", "caption"),
    [
        ("<figure><img src='/a.jpg'><figcaption>The <b>old</b> harbour.</figcaption></figure>", "The old harbour."),
        ("<figure><figcaption>Above it.</figcaption><img src='/a.jpg'></figure>", "Above it."),
        ("<figure><img src='/a.jpg'></figure><figure><img src='/b.jpg'><figcaption>B.</figcaption></figure>", None),
        ("<img src='/a.jpg'><figure><blockquote>Q</blockquote><figcaption>Said by C.</figcaption></figure>", None),
        (f"<figure><img src='/a.jpg'><figcaption>{'x' * 401}</figcaption></figure>", None),
    ],
)
def test_what_a_figure_says_of_the_picture_is_its_caption_and_no_paragraph(figure: str, caption: str | None) -> None:
    content = escape(f"{figure}<p>One.</p><p>Two.</p>")
    draft = only_draft(f"<title>t</title><content:encoded>{content}</content:encoded>")
    assert (draft.image, draft.caption) == ("https://feeds.example/a.jpg", caption)
    assert draft.paragraphs[-2:] == ("One.", "Two.")
    assert caption not in draft.paragraphs


@pytest.mark.parametrize(
    ("offered", "caption"),
    [
        ("https://a.example/p-150x150.jpg", "A."),
        ("https://a.example/p.jpg?w=9", "A."),
        ("https://a.example/q.jpg", None),
    ],
)
def test_a_caption_goes_with_no_other_picture(offered: str, caption: str | None) -> None:
    text = escape("<figure><img src='https://a.example/p-1024x683.jpg'><figcaption>A.</figcaption></figure><p>B.</p>")
    draft = only_draft(
        f"<title>t</title><enclosure url='{offered}' type='image/jpeg'/><content:encoded>{text}</content:encoded>"
    )
    assert (draft.image, draft.caption) == (offered, caption)


def test_a_cut_full_text_is_kept_and_called_cut() -> None:
    content = escape("<p>One.</p><p>Two goes on [&hellip;]</p>")
    draft = only_draft(f"<title>t</title><description>S</description><content:encoded>{content}</content:encoded>")
    assert (draft.paragraphs, draft.is_complete) == (("One.", "Two goes on…"), False)


def test_a_summary_in_other_words_is_the_teaser_of_a_full_text() -> None:
    content = escape("<p>The ferry stayed.</p><p>It will leave later.</p>")
    draft = only_draft(
        f"<title>t</title><description>What a day.</description><content:encoded>{content}</content:encoded>"
    )
    assert (draft.teaser, len(draft.paragraphs), draft.is_complete) == ("What a day.", 2, True)


def test_an_entry_without_a_title_gets_one_from_its_text() -> None:
    draft = only_draft("<description>The harbour is closed. Nobody knows for how long.</description>")
    assert (draft.title, draft.has_own_title) == ("The harbour is closed", False)


def test_an_entry_with_nothing_but_a_link_is_named_after_its_feed_and_an_empty_one_is_left_out() -> None:
    feed = parsed(rss("<link>https://a.example/1</link>", "", "<guid>x</guid>", head="<title>The Herald</title>"))
    assert [(draft.title, draft.has_own_title) for draft in feed.drafts] == [
        ("The Herald", False),
        ("The Herald", False),
    ][: len(feed.drafts)]
    assert feed.drafts[0].link == "https://a.example/1"


def test_a_feed_without_a_title_is_named_after_its_server() -> None:
    assert parsed(rss()).title == "feeds.example"


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/story/1", "https://site.example/story/1"),
        ("https://other.example/2?utm_source=feed#top", "https://other.example/2?utm_source=feed#top"),
        (" https://a.example/3\n", "https://a.example/3"),
        ("//b.example/4", "https://b.example/4"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://[broken", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_links_are_absolute_and_lead_to_the_web(link: str, absolute: str | None) -> None:
    feed = parsed(rss(f"<title>t</title><link>{link}</link>", head="<link>https://site.example/</link>"))
    assert feed.drafts[0].link == absolute


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jonna Riis", "Jonna Riis"),
        ("jonna@coast.example (Jonna Riis)", "Jonna Riis"),
        ("Jonna Riis &lt;jonna@coast.example&gt;", "Jonna Riis"),
        ("jonna@coast.example", None),
        ("", None),
        ("x" * 40_000, None),
        ("(" * 40_000, None),
    ],
)
def test_an_author_is_a_name_without_an_address(written: str, name: str | None) -> None:
    assert only_draft(f"<title>t</title><author>{written}</author>").author == name


def test_entries_come_newest_first_and_one_without_a_date_stays_where_it_stood() -> None:
    def item(name: str, date: str) -> str:
        return f"<title>{name}</title><pubDate>{date}</pubDate>" if date else f"<title>{name}</title>"

    feed = parsed(
        rss(
            item("old", "Sun, 01 Nov 2026 10:00:00 GMT"),
            item("beside old", ""),
            item("new", "Mon, 23 Nov 2026 10:00:00 GMT"),
            item("future", "Fri, 01 Jan 2100 00:00:00 GMT"),
        )
    )
    assert [draft.title for draft in feed.drafts] == ["future", "new", "old", "beside old"]
    assert feed.drafts[0].published_at == datetime(2100, 1, 1, tzinfo=UTC)
    assert feed.drafts[3].published_at is None


def test_an_id_that_looks_like_a_day_is_no_date() -> None:
    feed = parsed(rss("<title>a</title><guid>1</guid>", "<title>b</title><guid>2026-01-05</guid>"))
    assert [draft.published_at for draft in feed.drafts] == [None, None]
    date = "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
    [draft] = parsed(rss(f"<title>a</title><guid>1</guid>{date}")).drafts
    assert draft.published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_of_more_entries_than_the_limit_the_newest_are_taken() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    items = [
        f"<title>n{number}</title><pubDate>{(first + timedelta(hours=number)).isoformat()}</pubDate>"
        for number in range(MOST_ENTRIES + 100)
    ]
    titles = [draft.title for draft in parsed(rss(*items)).drafts]
    assert len(titles) == MOST_ENTRIES
    assert (titles[0], titles[-1]) == (f"n{MOST_ENTRIES + 99}", "n100")


def test_an_overlong_field_is_cut_after_a_whole_word_and_called_cut() -> None:
    content = escape("".join(f"<p>Paragraph number {number} is here.</p>" for number in range(5000)))
    draft = only_draft(f"<title>{'long ' * 300}</title><content:encoded>{content}</content:encoded>")
    assert not draft.is_complete
    assert sum(map(len, draft.paragraphs)) <= LONGEST_FIELD
    assert draft.paragraphs[0] == "Paragraph number 0 is here."
    assert draft.paragraphs[-1].endswith("…")
    assert len(draft.title) <= 500


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "nothing in it"),
        ("<!doctype html><html><body>news</body></html>", "web page, not a feed"),
        ("just words", "neither RSS nor Atom"),
        ('<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "refused for safety"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [1]}', "JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 50_000, "JSON Feed"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(document: str, words: str) -> None:
    result = parse(document.encode(), address=ADDRESS, charset=None)
    assert isinstance(result, Problem)
    assert result.kind == "not_a_feed"
    assert words in result.message


def test_an_entity_declared_inside_the_root_expands_to_nothing() -> None:
    document = '<rss version="2.0"><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><channel><item><title>&a;</title></item></channel></rss>'
    result = parse(document.encode(), address=ADDRESS, charset=None)
    assert "root:" not in repr(result)


def test_a_result_travels_to_the_bot_and_arrives_as_it_was() -> None:
    for feed in map(recorded, ("wordpress.xml", "atom.xml", "media.xml")):
        head, *rest = lines_of(feed)
        arrived = read_head(head)
        assert not isinstance(arrived, Problem)
        bare, count = arrived
        assert count == len(rest)
        assert tuple(draft for line in rest for draft in read_drafts(line)) == feed.drafts
        assert (bare.title, bare.site, bare.language, bare.ttl) == (feed.title, feed.site, feed.language, feed.ttl)
    problem = Problem(kind="not_a_feed", message="No.")
    assert [read_head(line) for line in lines_of(problem)] == [problem]


SEEDS = tuple(path.read_bytes() for path in sorted(DATA.glob("*.xml")))


@given(st.data())
def test_no_mutation_of_a_feed_makes_parsing_fail_or_its_result_unfit_for_travel(data: st.DataObject) -> None:
    document = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(document)))
        length = data.draw(st.integers(0, 40))
        document[at : at + length] = data.draw(
            st.binary(max_size=12)
            | st.sampled_from(
                (b"<", b"]]>", b"<![CDATA[", b"&#x0;", b"&#55296;", b"<!--", b"</item>", b"<item>", b"\x00")
            )
        )
    result = parse(bytes(document), address=ADDRESS, charset=None)
    for line in lines_of(result):
        assert line.count(b"\n") == 1
    if isinstance(result, ParsedFeed):
        assert all(draft.title for draft in result.drafts)


@pytest.mark.parametrize(
    "written",
    [
        *("-1", "0", "1", "12", "2026", "2026-11", "10:30", "T10:00", "now", "today", "tomorrow", "yesterday", "-"),
        *(
            "5 minutes ago",
            "Monday",
            "Mon",
            "November",
            "May",
            "Nov 2026",
            "12 Nov",
            "Wed, 02 Oct",
            "Wed, 02 Oct 10:30",
        ),
        *("null", "N/A", "Invalid Date", "{{date}}", "%a, %d", "0000-00-00 00:00:00", "13/13/2026", "99999", "1e9"),
        *("Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_date_that_is_none_is_never_guessed(written: str) -> None:
    assert only_draft(f"<title>A</title><pubDate>{written}</pubDate>").published_at is None
    assert only_draft(f"<title>A</title><pubDate><![CDATA[ {written} ]]></pubDate>").published_at is None
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>x</id><title>A</title><updated>{written}</updated></entry></feed>"
    assert parsed(atom).drafts[0].published_at is None
    entry = f'{{"id": "1", "title": "A", "date_published": "{written}"}}'
    feed = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{entry}]}}'
    assert parsed(feed).drafts[0].published_at is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Mon, 23 Nov 26 10:00:00 GMT", 23),
        ("Monday, November 23, 2026 - 10:30", 23),
        ("Nov 23, 2026 10:30 AM", 23),
        ("Mon Nov 23 10:30:00 UTC 2026", 23),
        ("20261123T101112Z", 23),
        ("2026/11/23 10:30", 23),
        ("23-Nov-2026", 23),
        ("1795429800", 23),
    ],
)
def test_a_date_in_an_unusual_form_is_read(written: str, day: int) -> None:
    at = only_draft(f"<title>A</title><pubDate>{written}</pubDate>").published_at
    assert at is not None
    assert (at.year, at.month, at.day) == (2026, 11, day)


def test_an_id_that_looks_like_a_date_is_none_even_beside_a_date_that_is_none() -> None:
    assert only_draft("<title>A</title><guid>12</guid><pubDate>-1</pubDate>").published_at is None


_SHAPED = "<h2>Timetable</h2><p>Ferries leave <em>at dawn</em>.</p><ul><li>To Orrin</li></ul>"
_XHTML = f'<div xmlns="http://www.w3.org/1999/xhtml">{_SHAPED}</div>'
_CONTENT = "http://purl.org/rss/1.0/modules/content/"


@pytest.mark.parametrize(
    "document",
    [
        rss(f"<title>A</title><content:encoded><![CDATA[{_SHAPED}]]></content:encoded>"),
        rss(f"<title>A</title><description>{_SHAPED.replace('<', '&lt;')}</description>"),
        (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>A</title>"
            f"<content type='xhtml'>{_XHTML}</content></entry></feed>"
        ),
        (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>A</title>"
            f"<content type='html'>{_SHAPED.replace('<', '&lt;')}</content></entry></feed>"
        ),
        (
            f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
            f" xmlns:content='{_CONTENT}'><channel rdf:about='c'><title>t</title></channel><item rdf:about='i'>"
            f"<title>A</title><content:encoded><![CDATA[{_SHAPED}]]></content:encoded></item></rdf:RDF>"
        ),
        (
            f'{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{{"id": "1", "title": "A",'
            f' "content_html": "{_SHAPED}"}}]}}'
        ),
    ],
    ids=["content:encoded", "description", "atom xhtml", "atom html", "rdf", "json"],
)
def test_every_format_keeps_headings_lists_and_stress(document: str) -> None:
    (draft,) = parsed(document).drafts
    assert draft.paragraphs == ("Timetable", "Ferries leave at dawn.", "To Orrin")
    assert draft.shapes == (
        Shape(kind=ParagraphKind.HEADING),
        Shape(stretches=(Stretch(start=14, end=21, stress=Stress.EMPHASIS),)),
        Shape(kind=ParagraphKind.ITEM),
    )


@pytest.mark.parametrize("begins", _NO_DATES)
@pytest.mark.parametrize("date", ["2026-11-25", "25.11.2026", "2026/11/25/10:00", "2026-11-25T10:00:00Z"])
def test_the_fast_parser_sees_no_date_in_ids_that_begin_as_most_do(begins: str, date: str) -> None:
    item = f"<rss version='2.0'><channel><title>t</title><item><guid>{begins}{date}</guid></item></channel></rss>"
    assert not fastfeedparser.parse(item.encode(), include_tags=False).entries[0].get("published")
