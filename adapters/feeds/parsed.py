"""What worker processes find in documents, and how it travels from them: in lines of JSON.

A feed is a line for itself, then lines of some drafts each, so that the reader of a large feed never has many to decode
before others get their turn. Everything else is one line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from adapters.feeds.hub_links import Named
from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.matching import Match
from bot.domain.paragraph import shapes_as_json, shapes_from_json
from bot.domain.topic import TopicId
from bot.domain.wording import Traits, Wording
from bot.ports.reading import FeedFormat, FoundFeed

_AT_ONCE = 32 * 1024
"""Characters of a line beyond which no draft is added: such a line is decoded in less than a millisecond."""


class Work(StrEnum):
    """What is asked of a worker process; the word is the document's."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots.txt"
    LINKS = "site"


TOPICS: Final = "topics"
"""What is no work: the catalogue's topics, to be kept in mind; nothing comes of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a document says: ``drafts`` newest first, ``ttl`` the least time between readings that it asks for.

    ``links`` name its hub and itself, as they are written.
    """

    title: str
    drafts: tuple[Draft, ...] = ()
    format: FeedFormat = FeedFormat.RSS
    site: str | None = None
    language: str | None = None
    ttl: timedelta | None = None
    links: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a document was not parsed, in the words of ReadingError."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """The feeds that a page declares, in its order and those of comments last; of a page that declares none, the links
    anywhere in it that look like feeds. Each address once. ``is_page``: the document is a web page at all.
    """

    is_page: bool = False
    declared: tuple[FoundFeed, ...] = ()
    suspected: tuple[FoundFeed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsSay:
    """What a robots.txt says to us of one address; ``delay_s`` is the time between requests that it asks for."""

    is_allowed: bool
    delay_s: float | None = None


Result = ParsedFeed | PageText | RobotsSay | PageLinks | Problem
"""What comes of each kind of work."""


def lines_of(result: Result) -> list[bytes]:
    """The result as lines, each with its line end."""
    match result:
        case Problem():
            return [_line({"problem": asdict(result)})]
        case PageText():
            return [_line({"found": asdict(result) | {"shapes": shapes_as_json(result.shapes)}})]
        case RobotsSay() | PageLinks():
            return [_line({"found": asdict(result)})]
        case ParsedFeed():
            drafts = list(_draft_lines(result.drafts))
            head = {
                "title": result.title,
                "format": result.format,
                "site": result.site,
                "language": result.language,
                "ttl_s": None if result.ttl is None else result.ttl.total_seconds(),
                "links": result.links,
                "lines": len(drafts),
            }
            return [_line(head), *drafts]


def read_head(line: bytes) -> tuple[ParsedFeed, int] | Problem:
    """The feed without its drafts and how many lines of them follow, or the problem."""
    told = json.loads(line)
    if "problem" in told:
        return Problem(**told["problem"])
    ttl_s = told["ttl_s"]
    feed = ParsedFeed(
        title=told["title"],
        format=FeedFormat(told["format"]),
        site=told["site"],
        language=told["language"],
        ttl=None if ttl_s is None else timedelta(seconds=ttl_s),
        links=tuple((rel, address) for rel, address in told["links"]),
    )
    return feed, told["lines"]


def read_page(line: bytes) -> PageText | Problem:
    """A page's text, or the problem."""
    told = json.loads(line)
    if "problem" in told:
        return Problem(**told["problem"])
    return PageText(**told["found"] | _text(told["found"]))


def read_robots(line: bytes) -> RobotsSay | Problem:
    """What a robots.txt says, or the problem."""
    told = json.loads(line)
    return Problem(**told["problem"]) if "problem" in told else RobotsSay(**told["found"])


def read_links(line: bytes) -> PageLinks | Problem:
    """The feeds that a page names, or the problem."""
    told = json.loads(line)
    if "problem" in told:
        return Problem(**told["problem"])
    found = told["found"]
    declared, suspected = ([FoundFeed(**feed) for feed in found[sort]] for sort in ("declared", "suspected"))
    return PageLinks(is_page=found["is_page"], declared=tuple(declared), suspected=tuple(suspected))


def read_drafts(line: bytes) -> list[Draft]:
    """Some drafts."""
    return list(map(_draft, json.loads(line)))


def _draft(told: dict[str, Any]) -> Draft:
    published, wording = told["published_at"], told["wording"]
    told["published_at"] = datetime.fromisoformat(published) if published else None
    told["wording"] = _wording(**wording) if wording else None
    return Draft(**told | _text(told))


def _wording(*, matches: list[list[Any]], traits: list[list[str]] | None, **others: Any) -> Wording:
    return Wording(
        matches=tuple(Match(topic_id=TopicId(topic), word=word, paragraph=at) for topic, word, at in matches),
        traits=None if traits is None else Traits(terms=tuple(traits[0]), beginning=frozenset(traits[1])),
        **others,
    )


def _draft_lines(drafts: Iterable[Draft]) -> Iterator[bytes]:
    some: list[str] = []
    for draft in drafts:
        some.append(_json(_draft_as_json(draft)))
        if sum(map(len, some)) >= _AT_ONCE:
            yield f"[{','.join(some)}]\n".encode()
            some.clear()
    if some:
        yield f"[{','.join(some)}]\n".encode()


def _draft_as_json(draft: Draft) -> dict[str, Any]:
    return {
        "title": draft.title,
        "paragraphs": draft.paragraphs,
        "shapes": shapes_as_json(draft.shapes),
        "teaser": draft.teaser,
        "guid": draft.guid,
        "link": draft.link,
        "author": draft.author,
        "image": draft.image,
        "caption": draft.caption,
        "published_at": draft.published_at.isoformat() if draft.published_at else None,
        "is_complete": draft.is_complete,
        "has_own_title": draft.has_own_title,
        "wording": _wording_as_json(draft.wording) if draft.wording else None,
    }


def _wording_as_json(wording: Wording) -> dict[str, Any]:
    return {
        "language": wording.language,
        "title": wording.title,
        "words": wording.words,
        "matches": [(match.topic_id, match.word, match.paragraph) for match in wording.matches],
        "traits": (wording.traits.terms, tuple(wording.traits.beginning)) if wording.traits else None,
    }


def _text(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"paragraphs": tuple(told["paragraphs"]), "shapes": shapes_from_json(told["shapes"])}


def _line(told: dict[str, Any]) -> bytes:
    return _json(told).encode() + b"\n"


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
