"""Which feeds a web page names. Runs in the worker process, since pages may be hostile."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from adapters.feeds.document import decode
from adapters.feeds.parse import web_link
from adapters.feeds.parsed import PageLinks
from adapters.feeds.tidying import tidy
from bot.ports.reading import FoundFeed

_MOST_FEEDS = 100
_READ = 2 * 1024 * 1024
"""So many characters of a page are looked at; feeds are named at the top, or in a footer of a page of ordinary size."""

_LONGEST_TITLE = 200
_LONGEST_ADDRESS = 2048
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/x-rss+xml",
        "application/x-atom+xml",
        "application/x.atom+xml",
        "text/rss+xml",
        "text/atom+xml",
        "text/rss",
    }
)
# Sites also announce their programming interface, their site map and translations as "alternate" under these.
_VAGUE_TYPES = frozenset({"application/xml", "text/xml", "application/json", "application/rss", ""})
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:rss|atom|rdf|feeds?|xmlfeed)(?:[-_.]?\d(?:\.\d)?)?"
    r"(?:[/._-][\w-]{0,80})?(?:\.(?:xml|json|rss|atom|rdf|php|aspx?))?/?$"
    r"|\.(?:rss|atom|rdf)$|/(?:rss|feeds?)/\S",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|alt|output|outputtype)=(?:rss|atom|rdf|feed)", re.IGNORECASE)
_FEED_HOST = re.compile(r"^(?:rss|feeds?)\d?\.", re.IGNORECASE)
_NO_FEED = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|pdf|mp3|zip)$", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|комментари|коммент", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|p|div|a)\b", re.IGNORECASE)
_META_WITHIN = 2048
_SCHEME = re.compile(r"feed:(?://)?(?=https?://)|feed:(?=//)", re.IGNORECASE)


def page_links(body: bytes, *, address: str, charset: str | None) -> PageLinks:
    """What the page at the address names, at most 100 feeds. A document that is no page names none.

    Declared: ``<link rel="alternate">`` with a feed's type (https://www.rssboard.org/rss-autodiscovery), and
    ``rel="feed"``.
    """
    declared_charset = _META_CHARSET.search(body[:_META_WITHIN])
    text = decode(body, charset or (declared_charset[1].decode() if declared_charset else None))
    tags = _Tags()
    parser = etree.HTMLParser(target=tags, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(text[:_READ].encode())
        parser.close()
    except etree.XMLSyntaxError:
        pass  # what was understood before the parser gave up is in the tags
    base = _absolute(tags.base, address) or address
    declared = _once(_feeds(tags.links, base))
    if declared:
        return PageLinks(is_page=True, declared=tuple(sorted(declared, key=_is_of_comments)[:_MOST_FEEDS]))
    suspected = _once(feed for feed in _feeds(tags.anchors, base) if _looks_like_feed(feed.address))
    return PageLinks(
        is_page=_PAGE.search(text) is not None,
        suspected=tuple(feed for feed in suspected if feed.address != address)[:_MOST_FEEDS],
    )


class _Tags:
    """Takes the parser's events; keeps what may name a feed, as address and title."""

    def __init__(self) -> None:
        self.base = ""
        self.links: list[tuple[str, str]] = []
        self.anchors: list[tuple[str, str]] = []
        self._anchor: tuple[str, str] | None = None
        self._words: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        address, title = attributes.get("href", ""), attributes.get("title", "")
        match tag:
            case "base":
                self.base = self.base or address
            case "link" if _declares_feed(attributes, address):
                self.links.append((address, title))
            case "a" | "area":
                self._end_anchor()
                self._anchor = (address, title)
            case _:
                pass

    def end(self, tag: str) -> None:
        """A tag closes."""
        if tag == "a":
            self._end_anchor()

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._anchor:
            self._words.append(text[:_LONGEST_TITLE])

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def close(self) -> None:
        """The last anchor ends too."""
        self._end_anchor()

    def _end_anchor(self) -> None:
        if self._anchor:
            address, title = self._anchor
            self.anchors.append((address, title or " ".join(self._words)))
        self._anchor = None
        self._words.clear()


def _declares_feed(attributes: Mapping[str, str], address: str) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if "stylesheet" in relations:
        return False
    if "feed" in relations:
        return True
    is_feed = kind in _FEED_TYPES or (kind in _VAGUE_TYPES and _looks_like_feed(address))
    return "alternate" in relations and is_feed


def _looks_like_feed(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if _NO_FEED.search(parts.path):
        return False
    return any(
        pattern.search(part)
        for pattern, part in ((_FEED_PATH, parts.path), (_FEED_QUERY, parts.query), (_FEED_HOST, host))
    )


def _feeds(named: Iterable[tuple[str, str]], base: str) -> Iterator[FoundFeed]:
    for written, title in named:
        if address := _absolute(written, base):
            yield FoundFeed(address=address, title=tidy(title)[:_LONGEST_TITLE] or None)


def _once(feeds: Iterable[FoundFeed]) -> list[FoundFeed]:
    """Each address once, with the first title that it is given."""
    by_address: dict[str, FoundFeed] = {}
    for feed in feeds:
        before = by_address.get(feed.address)
        if before is None or before.title is None:
            by_address[feed.address] = feed
    return list(by_address.values())


def _is_of_comments(feed: FoundFeed) -> bool:
    return _COMMENTS.search(f"{feed.title or ''} {urlsplit(feed.address).path}") is not None


def _absolute(written: str, base: str) -> str | None:
    """The address without its fragment; None for anything but http and https."""
    link = web_link(_SCHEME.sub("", tidy(written)), base)
    address = urldefrag(link).url if link else ""
    return address if 0 < len(address) <= _LONGEST_ADDRESS else None
