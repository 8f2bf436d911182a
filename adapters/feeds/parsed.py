"""A parsed feed, and how it travels from the worker process: a line of JSON for the feed, then one for each draft.

One line per draft, so that the reader of a large feed never has more than one to decode before others get their turn.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.article import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a document says: ``drafts`` newest first, ``ttl`` the least time between readings that it asks for."""

    title: str
    drafts: tuple[Draft, ...] = ()
    site: str | None = None
    language: str | None = None
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a document was not parsed, in the words of ReadingError."""

    kind: str
    message: str


def lines_of(result: ParsedFeed | Problem) -> list[bytes]:
    """The result as lines, each with its line end."""
    match result:
        case Problem():
            return [_line({"problem": asdict(result)})]
        case ParsedFeed():
            head = {
                "title": result.title,
                "site": result.site,
                "language": result.language,
                "ttl_s": None if result.ttl is None else result.ttl.total_seconds(),
                "drafts": len(result.drafts),
            }
            return [_line(head), *map(_draft_line, result.drafts)]


def read_head(line: bytes) -> tuple[ParsedFeed, int] | Problem:
    """The feed without its drafts and how many lines of these follow, or the problem."""
    told = json.loads(line)
    if "problem" in told:
        return Problem(**told["problem"])
    ttl_s = told["ttl_s"]
    feed = ParsedFeed(
        title=told["title"],
        site=told["site"],
        language=told["language"],
        ttl=None if ttl_s is None else timedelta(seconds=ttl_s),
    )
    return feed, told["drafts"]


def read_draft(line: bytes) -> Draft:
    """One draft."""
    told = json.loads(line)
    published = told.pop("published_at")
    draft = Draft(**told | {"paragraphs": tuple(told["paragraphs"])})
    return replace(draft, published_at=datetime.fromisoformat(published)) if published else draft


def _draft_line(draft: Draft) -> bytes:
    told = asdict(draft)
    told["published_at"] = draft.published_at.isoformat() if draft.published_at else None
    return _line(told)


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
