"""Where a feed says that it can be followed at a hub (W3C WebSub, section 4). Runs in the worker process too."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import unescape
from urllib.parse import urljoin, urlsplit

from bot.domain.source import HubLink

Named = tuple[str, str]
"""What a link is to the document, ``hub`` or ``self``, and where it leads as it is written."""

_LONGEST = 2048
_LINK = re.compile(r"<(?:[\w.-]{1,30}:)?link\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HEADER = re.compile(r"<([^<>]{1,2048})>([^<>]{0,2000})")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))", re.IGNORECASE)
_RELATIONS = frozenset({"hub", "self"})


def in_header(values: Iterable[str]) -> list[Named]:
    """Hub and self of Link headers (RFC 8288)."""
    found = [(match[1], rel) for value in values for match in _HEADER.finditer(value) for rel in _rels(match[2])]
    return [(rel, address) for address, rel in found]


def in_markup(head: str) -> list[Named]:
    """Hub and self of a feed's head, written in XML."""
    named = []
    for link in _LINK.finditer(head):
        attributes = {name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(link[1])}
        named += [(rel, attributes.get("href", "")) for rel in _relations(attributes.get("rel", ""))]
    return named


def in_json(text: str) -> list[Named]:
    """Hub and self of a JSON feed (version 1.1, ``hubs`` and ``feed_url``)."""
    if '"hubs"' not in text:
        return []
    with suppress(ValueError, RecursionError, AttributeError, TypeError):
        told = json.loads(text)
        hubs = [hub["url"] for hub in told["hubs"] if str(hub.get("type", "")).lower() == "websub"]
        named = [("hub", hub) for hub in hubs] + [("self", told.get("feed_url"))]
        return [(rel, address) for rel, address in named if isinstance(address, str)]
    return []


def hub_link(named: Iterable[Named], address: str) -> HubLink | None:
    """The first hub and topic among them; the topic of a feed that names none is where it was read. None: no hub."""
    hub, topic = "", address
    for rel, written in reversed(list(named)):
        link = _absolute(written, address)
        if link and rel == "hub":
            hub = link
        elif link:
            topic = link
    return HubLink(address=hub, topic=topic) if hub else None


def _rels(parameters: str) -> Iterator[str]:
    if found := _REL.search(parameters):
        yield from _relations(found[1] or found[2] or "")


def _relations(rel: str) -> list[str]:
    return [one for one in rel.lower().split() if one in _RELATIONS]


def _absolute(written: str, base: str) -> str | None:
    with suppress(ValueError):
        link = urljoin(base, written.strip())
        parts = urlsplit(link)
        if (
            written.strip()
            and parts.scheme in {"http", "https"}
            and parts.hostname
            and len(link) <= _LONGEST
            and link.isprintable()
        ):
            return link
    return None
