"""Lists of feeds are read whatever wrote them, and written so that nothing is lost on the way back."""

import time
import unicodedata
from contextlib import suppress
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.feeds.opml import OpmlError, read_opml, write_opml
from bot.domain.source import ListedFeed, NewSource, SourceKind
from tests.builders import NOON


def outline(address: str, title: str | None = None) -> str:
    named = f" text={quoteattr(title)}" if title is not None else ""
    return f'<outline type="rss"{named} xmlUrl={quoteattr(address)}/>'


def folder(name: str, *inside: str) -> str:
    return f"<outline text={quoteattr(name)}>{''.join(inside)}</outline>"


def opml(*outlines: str) -> bytes:
    return f"<opml version='2.0'><head/><body>{''.join(outlines)}</body></opml>".encode()


def source(address: str, title: str, *labels: str, site: str | None = None) -> NewSource:
    return NewSource(kind=SourceKind.FEED, address=address, title=title, labels=labels, site=site)


def labels_of(document: bytes) -> dict[str, tuple[str, ...]]:
    return {feed.address: feed.labels for feed in read_opml(document)}


def test_feeds_come_in_the_order_of_the_list_with_the_folders_they_stand_in() -> None:
    document = opml(
        outline("https://a.example/feed", "The Anchor"),
        folder("Europe", outline("https://b.example/feed", "B"), folder("France", outline("https://c.example/feed"))),
        outline("https://d.example/feed", "D"),
    )
    assert read_opml(document) == (
        ListedFeed(address="https://a.example/feed", title="The Anchor"),
        ListedFeed(address="https://b.example/feed", title="B", labels=("Europe",)),
        ListedFeed(address="https://c.example/feed", labels=("Europe › France",)),
        ListedFeed(address="https://d.example/feed", title="D"),
    )


def test_a_feed_in_two_folders_is_one_feed_with_two_labels() -> None:
    twice = outline("https://a.example/feed", "A")
    assert labels_of(opml(folder("Sport", twice), folder("Baku", twice), folder("Sport", twice))) == {
        "https://a.example/feed": ("Sport", "Baku")
    }


def test_prefixes_namespaces_and_the_case_of_names_mean_nothing() -> None:
    document = b"""<?xml version="1.0" encoding="UTF-8"?>
    <o:OPML xmlns:o="urn:lists" xmlns:frss="https://freshrss.org/opml"><o:body>
      <o:Outline Text="News" frss:open="yes">
        <o:outline TITLE="The Herald" frss:xmlUrl="https://herald.example/feed" frss:priority="10"/>
      </o:Outline>
    </o:body></o:OPML>"""
    herald = ListedFeed(address="https://herald.example/feed", title="The Herald", labels=("News",))
    assert read_opml(document) == (herald,)


def test_the_attribute_of_the_first_opml_is_understood_and_a_mere_link_is_no_feed() -> None:
    document = opml(
        '<outline type="rss" text="Old" url="https://old.example/rss"/>',
        '<outline type="link" text="Elsewhere" url="https://else.example/list.opml"/>',
    )
    assert read_opml(document) == (ListedFeed(address="https://old.example/rss", title="Old"),)


def test_what_hands_and_old_programs_write_is_read_all_the_same() -> None:
    naked = '<outline text="Fish & Chips&nbsp;daily" xmlUrl="https://a.example/?feed=rss&cat=2"/>'
    (feed,) = read_opml(opml(naked))
    assert feed.address == "https://a.example/?feed=rss&cat=2"
    assert feed.title == "Fish & Chips&nbsp;daily"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_the_encoding_may_be_any(encoding: str) -> None:
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?>" + opml(folder("Спорт", outline("https://a.example/"))).decode()
    )
    assert labels_of(text.encode(encoding)) == {"https://a.example/": ("Спорт",)}


def test_outlines_fifty_deep_are_one_label_with_the_whole_way() -> None:
    nested = outline("https://a.example/feed", "A")
    for depth in range(50, 0, -1):
        nested = folder(str(depth), nested)
    assert labels_of(opml(nested)) == {"https://a.example/feed": (" › ".join(str(one) for one in range(1, 51)),)}


def test_ten_thousand_outlines_are_read_within_two_seconds() -> None:
    many = opml(
        *(
            folder(f"Folder {place}", *(outline(f"https://{place}.example/{one}", f"Feed {one}") for one in range(100)))
            for place in range(100)
        )
    )
    begun = time.process_time()
    assert len(read_opml(many)) == 10_000
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "no XML"),
        (b"{}", "no XML"),
        (b"\x00\x01\x02\xff", "no XML"),
        (b"<opml><body>\n<outline", "line 2"),
        (b"<opml><body><outline text='a></body></opml>", "damaged"),
        (b"<opml><body></outline></body></opml>", "damaged"),
        (b"<rss version='2.0'><channel/></rss>", "no OPML"),
        (b"<html><body><opml/></body></html>", "no OPML"),
        (b"<!DOCTYPE o [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><opml>&b;</opml>", "refused"),
        (b"<!DOCTYPE o [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml>&a;</opml>", "refused"),
        (b"<opml>" + b"<outline text='a'>" * 10_000, "damaged"),
    ],
)
def test_what_is_no_list_of_feeds_is_said_in_a_sentence(document: bytes, said: str) -> None:
    with pytest.raises(OpmlError, match=said) as refused:
        read_opml(document)
    assert str(refused.value).endswith(".")


def test_a_list_without_feeds_is_an_empty_list() -> None:
    assert read_opml(opml(folder("Nothing"))) == ()


def test_what_is_written_is_opml_as_other_readers_expect_it() -> None:
    sources = [
        source("https://a.example/feed?x=1&y=2", 'The "A" & B', "Europe › France", site="https://a.example/"),
        source("https://b.example/feed", "B", "Europe"),
        source("https://c.example/feed", "C"),
    ]
    root = etree.fromstring(write_opml(sources, title="newsbot", at=NOON))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "newsbot"
    assert root.findtext("head/dateCreated") == "Sat, 14 Mar 2026 12:00:00 +0000"
    (deep,) = root.xpath("body/outline[@text='Europe']/outline[@text='France']/outline")
    assert dict(deep.attrib) == {
        "type": "rss",
        "text": 'The "A" & B',
        "title": 'The "A" & B',
        "xmlUrl": "https://a.example/feed?x=1&y=2",
        "htmlUrl": "https://a.example/",
    }
    assert root.xpath("string(body/outline[@text='Europe']/outline[@type]/@xmlUrl)") == "https://b.example/feed"
    assert root.xpath("string(body/outline[@type]/@xmlUrl)") == "https://c.example/feed"


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zs", "Zl", "Zp", "Mn", "Co", "Cn"]), min_size=1)
SOURCES = st.lists(
    st.builds(
        source,
        st.integers(0, 20).map("https://a.example/{}".format),
        st.just("Title"),
        NAMES,
        st.lists(NAMES, min_size=2, max_size=4).map(" › ".join),
    ),
    unique_by=lambda one: one.address,
    max_size=10,
)


@settings(max_examples=100, deadline=None)
@given(sources=SOURCES)
def test_what_is_written_is_read_back_with_every_address_title_and_label(sources: list[NewSource]) -> None:
    read = read_opml(write_opml(sources, title="newsbot", at=NOON))
    told = {(one.address, one.title, frozenset(one.labels)) for one in read}
    normal = {(one.address, one.title, frozenset(_normal(label) for label in one.labels)) for one in sources}
    assert told == normal


def _normal(label: str) -> str:
    """Composed, as all text is that comes in."""
    return unicodedata.normalize("NFC", label)


@settings(max_examples=300, deadline=None)
@given(document=st.binary(max_size=400) | st.binary(max_size=100).map(lambda cut: opml(outline("https://a/")) + cut))
def test_no_document_does_more_than_be_refused(document: bytes) -> None:
    with suppress(OpmlError):
        read_opml(document)
