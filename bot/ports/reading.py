"""What the core needs of the world's feeds and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.domain.source import NO_VALIDATORS, HubLink, Validators

ADDRESS_NOT_ALLOWED = "That address is not allowed."
"""The same for every address that the guard refuses, so that nobody learns what is where in a private network."""


class ReadingError(Exception):
    """A source could not be read. ``kind`` is for programs, ``str(error)`` a sentence for people without secrets.

    Kinds: address (not an http(s) address, or a private one), unreachable, status (the server's refusal), not_a_feed,
    too_big, timeout, gone (taken away for good). ``retry_after`` is how long the server asks us to stay away.
    """

    def __init__(self, message: str, *, kind: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


class FeedFormat(StrEnum):
    """The language that a feed is written in."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A feed as it stands now. ``drafts`` newest first; ``ttl`` is the least time between readings that it asks for.

    ``moved_to`` is where the feed stands if only permanent redirects led there.
    """

    title: str
    drafts: tuple[Draft, ...]
    format: FeedFormat = FeedFormat.RSS
    site: str | None = None
    language: str | None = None
    validators: Validators = NO_VALIDATORS
    ttl: timedelta | None = None
    moved_to: str | None = None
    hub: HubLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Nothing new since the validators were given; ``ttl`` as in a Reading.

    ``validators`` are those to ask with from now on, None for the same ones, where the server only said so and sent
    nothing. Where it sent the same document again, ``moved_to`` is what it is in a Reading.
    """

    ttl: timedelta | None = None
    validators: Validators | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that a site has, with what the site calls it."""

    address: str
    title: str | None = None


class FeedFinder(Protocol):
    """Finds the feeds of a site."""

    async def find(self, address: str) -> Sequence[FoundFeed]:
        """The feeds that the page at the address names, the site's likeliest first; if it names none, what stands where
        sites usually keep theirs. Each address once, none if there is none.

        Whoever takes one reads it then: it may turn out to be no feed. Ends within two minutes; raises ReadingError
        when the page itself cannot be read.
        """
        ...


class PageReader(Protocol):
    """Reads articles' own pages."""

    async def read_page(self, address: str) -> PageText:
        """The article on the page at the address, where its site lets robots read it, at a pace that it asks for.

        Ends within 30 s of its turn; raises ReadingError, whose kind may also be robots, refused, gone, paywall,
        bot_check, no_text or not_a_page: these stay, while unreachable, timeout and status may pass.
        """
        ...


class FeedReader(Protocol):
    """Reads feeds."""

    async def read(
        self, address: str, validators: Validators = NO_VALIDATORS, *, news_since: datetime | None = None
    ) -> Reading | Unchanged:
        """The feed at the address, as soon as it is our turn at its host, which is asked for one feed at a time.

        What came out after ``news_since`` is likely to be new to us, and worth working its wording out: None, all of it
        is. Ends within 30 s from then on; raises ReadingError. Never blocks the event loop over 20 ms.
        """
        ...


class FeedParser(Protocol):
    """Reads feeds that somebody else fetched."""

    async def take_apart(self, document: bytes, *, address: str) -> Reading:
        """What the document says that stands, or stood, at the address. Raises ReadingError."""
        ...
