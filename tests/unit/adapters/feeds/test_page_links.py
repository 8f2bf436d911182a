"""A page's feeds are found however its site declares them, and nothing else is taken for one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feeds.page_links import page_links
from adapters.feeds.parsed import PageLinks
from bot.ports.reading import FoundFeed

HOME = "https://herald.example/news/today.html"


def links(page: str | bytes, *, address: str = HOME, charset: str | None = None) -> PageLinks:
    return page_links(page if isinstance(page, bytes) else page.encode(), address=address, charset=charset)


def declared(page: str) -> list[str]:
    return [feed.address for feed in links(page).declared]


def suspected(page: str) -> list[str]:
    return [feed.address for feed in links(page).suspected]


def test_declared_feeds_are_told_with_their_titles_in_the_order_of_the_page() -> None:
    page = """<!doctype html><html><head>
      <link rel="alternate" type="application/rss+xml" title="The Herald" href="/rss?a=1&amp;b=2">
      <link rel="alternate" type="application/atom+xml" title="Sport &amp; games" href="sport.atom#top">
      <link href='https://feeds.example/all.json' type='application/feed+json' rel='alternate'>
    </head></html>"""
    assert links(page).declared == (
        FoundFeed(address="https://herald.example/rss?a=1&b=2", title="The Herald"),
        FoundFeed(address="https://herald.example/news/sport.atom", title="Sport & games"),
        FoundFeed(address="https://feeds.example/all.json"),
    )


@pytest.mark.parametrize(
    "kind",
    [
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"),
        *("APPLICATION/RSS+XML", "application/rss+xml; charset=utf-8", " text/rss "),
    ],
)
def test_every_type_of_feed_is_known_however_it_is_written(kind: str) -> None:
    assert declared(f'<LINK TYPE="{kind}" REL="home Alternate" HREF="/x">') == ["https://herald.example/x"]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/x">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?format=json">',
        '<link rel="alternate" hreflang="ru" href="/ru/">',
        '<link rel="alternate" type="text/html" media="only screen" href="https://m.herald.example/">',
        '<link rel="sitemap" type="application/xml" href="/sitemap.xml">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[broken/feed">',
        '<link rel="alternate" type="application/rss+xml">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/x"> -->',
    ],
)
def test_what_is_no_feed_is_not_taken_for_one(tag: str) -> None:
    found = links(tag)
    assert (found.declared, found.suspected) == ((), ())


def test_a_vague_type_counts_where_the_address_says_feed() -> None:
    assert declared('<link rel="alternate" type="text/xml" href="/rss.xml">') == ["https://herald.example/rss.xml"]
    assert declared('<link rel="feed" href="/stories">') == ["https://herald.example/stories"]


def test_relative_addresses_stand_on_the_pages_base() -> None:
    page = '<base href="https://cdn.example/site/"><base href="/no/"><link rel=feed href="../all.rss">'
    assert declared(page) == ["https://cdn.example/all.rss"]
    assert declared('<base href="/deep/"><link rel=feed href="x">') == ["https://herald.example/deep/x"]


def test_an_address_is_told_once_and_those_of_comments_come_last() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
      <link rel="alternate" type="application/rss+xml" href="/feed/">
      <link rel="alternate" type="application/rss+xml" title="News" href="/feed/#main">"""
    assert links(page).declared == (
        FoundFeed(address="https://herald.example/feed/", title="News"),
        FoundFeed(address="https://herald.example/comments/feed/", title="Comments"),
    )


@pytest.mark.parametrize(
    "address",
    [
        *("/rss", "/feed/", "/feeds/posts/default", "/index.rdf", "/world.rss", "/rss.xml", "/rss/world.xml"),
        *("/atom.xml", "/feed.json", "/rss2.0.xml", "/news-rss.php", "/?feed=rss2", "/list?x=1&format=atom"),
        *("https://feeds.elsewhere.example/herald", "feed:https://a.example/rss", "feed://a.example/rss"),
    ],
)
def test_links_that_look_like_feeds_are_suspected(address: str) -> None:
    (feed,) = links(
        f'<p><a class="icon" href="{address}"><b>World</b> news</a> and <a href="/about">more</a>'
    ).suspected
    assert feed.title == "World news"
    assert feed.address.startswith("https://")


@pytest.mark.parametrize(
    "address",
    ["/about", "/feedback", "/news/fed-raises-rates", "/rss.png", "/sitemap.xml", "mailto:rss@a.example", "#rss", ""],
)
def test_other_links_are_not_suspected(address: str) -> None:
    assert suspected(f'<a href="{address}">RSS</a>') == []


def test_titles_come_in_whatever_encoding_the_page_has() -> None:
    page = '<meta charset="windows-1251"><link rel="alternate" type="application/rss+xml" title="Новости" href="/r">'
    assert links(page.encode("cp1251")).declared[0].title == "Новости"
    assert links(page.encode("cp1251"), charset="windows-1251").declared[0].title == "Новости"


def test_a_page_of_feeds_without_end_names_a_hundred() -> None:
    assert len(declared("".join(f"<link rel=feed href=/{number}>" for number in range(5000)))) == 100
    assert len(suspected("".join(f"<a href=/rss/{number}>x</a>" for number in range(5000)))) == 100


@pytest.mark.parametrize(
    ("document", "is_page"),
    [("<!DOCTYPE html>", True), ("<p>News</p>", True), ("Just words.", False), ('{"a": 1}', False)],
)
def test_a_document_that_is_no_page_is_told(document: str, is_page: bool) -> None:  # noqa: FBT001  # a table's column
    assert links(document).is_page is is_page


def test_a_page_that_declares_feeds_is_not_suspected_of_others() -> None:
    assert suspected('<link rel=feed href="/all.rss"><a href="/sport.rss">Sport</a>') == []


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 200_000 + '<link rel=feed href="/x">',
        "<a href=/rss/" + "x" * 1_000_000 + ">",
        "<a href=/rss>" * 100_000,
        "<link rel=" * 100_000,
        "rss/" * 500_000,
        '<a href="' + "/rss-" * 400 + '!">x</a>' * 2000,
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    begun = time.process_time()
    links(page)
    assert time.process_time() - begun < 5


@settings(max_examples=200, deadline=None)
@given(page=st.binary(max_size=300) | st.text("<>/ahreflinkbs=\"' rss\x00&#;", max_size=300).map(str.encode))
def test_no_page_breaks_it(page: bytes) -> None:
    for feed in (*links(page).declared, *links(page).suspected):
        assert feed.address.startswith(("http://", "https://"))
