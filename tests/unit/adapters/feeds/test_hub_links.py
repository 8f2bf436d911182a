"""Where a feed can be followed is found as W3C WebSub, section 4, says: in headers first, then in the document."""

import json

import pytest

from adapters.feeds.hub_links import hub_link, in_header, in_json, in_markup
from adapters.feeds.parse import parse
from adapters.feeds.parsed import ParsedFeed, lines_of, read_head
from bot.domain.source import HubLink

READ_AT = "https://wire.example/feed"
HUB, TOPIC = "https://hub.example/", "https://wire.example/canonical"
LINK = HubLink(address=HUB, topic=TOPIC)
_ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<link href="https://wire.example/"/><link rel="self" href="{TOPIC}"/><link href='{HUB}' rel='hub'/>
<entry><title>One</title><id>1</id><link rel="self" href="https://wire.example/1"/></entry></feed>"""
_RSS = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Wire</title>
<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" type="application/rss+xml" href="{TOPIC}"></atom:link>
<item><title>One</title><guid>1</guid></item></channel></rss>"""
_JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Wire",
        "feed_url": TOPIC,
        "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": HUB}],
        "items": [{"id": "1", "title": "One"}],
    }
)


@pytest.mark.parametrize("document", [_ATOM, _RSS, _JSON], ids=["atom", "rss", "json"])
def test_every_format_names_its_hub_on_the_way_through_the_worker_too(document: str) -> None:
    feed = parse(document.encode(), address=READ_AT, charset=None)
    assert isinstance(feed, ParsedFeed)
    head = read_head(lines_of(feed)[0])
    assert isinstance(head, tuple)
    assert hub_link(head[0].links, READ_AT) == LINK


@pytest.mark.parametrize(
    "headers",
    [
        [f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'],
        [f"<{HUB}>; rel=hub", f"<{TOPIC}>; rel=self"],
        [f'<{HUB}>; title="a; b, c"; rel="preload hub", <{TOPIC}>;rel="Self"'],
        ["<https://x.example/>; rel=next", f"<{HUB}> ; rel=hub,<canonical>; rel=self"],
    ],
)
def test_headers_name_it_in_every_way_that_they_may(headers: list[str]) -> None:
    assert hub_link(in_header(headers), READ_AT) == LINK


def test_headers_come_before_the_document() -> None:
    named = [*in_header([f"<{HUB}>; rel=hub"]), *in_markup('<link rel="hub" href="https://other.example/"/>')]
    assert hub_link(named, READ_AT) == HubLink(address=HUB, topic=READ_AT)


def test_of_several_hubs_the_first_is_followed() -> None:
    named = in_markup(f'<link rel="hub" href="{HUB}"/><link rel="hub" href="https://other.example/"/>')
    assert hub_link(named, READ_AT) == HubLink(address=HUB, topic=READ_AT)


@pytest.mark.parametrize(
    "written", ["", "javascript:alert(1)", "http://", "file:///etc/passwd", "https://[", "https://x/" + "a" * 3000]
)
def test_what_is_no_web_address_is_no_hub(written: str) -> None:
    assert hub_link([("hub", written)], READ_AT) is None


@pytest.mark.parametrize(
    "document", ["", "{", '{"hubs": 7}', '{"hubs": [7]}', '{"hubs": [{}]}', '["hubs"]', "[" * 9999]
)
def test_odd_json_names_none(document: str) -> None:
    assert hub_link(in_json(document + '"hubs"'), READ_AT) is None
    assert hub_link(in_json(document), READ_AT) is None


def test_long_junk_is_looked_through_at_once() -> None:
    for junk in ("<link " * 20_000, "<link " + "a=" * 20_000, '<link rel="' * 5_000, "<a>;" * 8_000, "<" * 60_000):
        assert in_markup(junk) == []
        assert in_header([junk]) == []
