"""What we read: feeds and pages of plain text."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.schedule import is_recent

SourceId = NewType("SourceId", int)


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the last reading left to ask "has it changed?" with, of the server (RFC 9110, section 8.8) and of what it
    sends: ``digest`` stands for the document. Opaque to the core. ``rest`` is how long the document asks to be left
    alone after each reading, for as long as it stays the same.
    """

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    rest: timedelta | None = None


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the last reading failed: a short kind for programs, a sentence for people."""

    kind: str
    message: str

    @property
    def is_final(self) -> bool:
        """Whether the server says that it will stay so (RFC 9110, section 15.5.11)."""
        return self.kind == "gone"


class Identity(StrEnum):
    """What has proved to tell a source's articles apart; a source steps down from one to the next, never up."""

    GUID = "guid"
    LINK = "link"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect that a server answers with: ``answers`` times in a row since ``since``."""

    address: str
    since: datetime
    answers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLink:
    """Where a feed says that it can be followed: the hub's address, and the topic as the hub knows it."""

    address: str
    topic: str


PUSHES_LAST = timedelta(days=7)
"""So long after a push the next one is expected to come by itself too."""


FOLDER_SIGN = " › "
"""Stands between the names of a label's folders: ``Europe › France``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as a list of feeds names it; ``labels`` are the folders that it stands in."""

    address: str
    title: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source about to be stored.

    ``address`` is its URL, or ``page:NAME`` for imported text; ``interval_s`` is the time between readings in seconds.
    It follows the source's own pace unless ``keeps_interval``: then a person chose it.
    ``fetches_full_text``: where the feed gives only a beginning, the rest is read from the article's own page.
    ``labels`` are the topics under which its people keep it, in no order that means anything.
    """

    kind: SourceKind
    address: str
    title: str
    site: str | None = None
    language: str | None = None
    interval_s: float = 600.0
    keeps_interval: bool = False
    footer: str | None = None
    opinion_prompt: tuple[str, ...] = ()
    fetches_full_text: bool = True
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(NewSource):
    """A stored source and how reading it goes. ``next_read_at`` None: never by itself (pages, paused sources).

    ``lately`` is when its newest articles came out, newest first, ten at most; ``entries`` is how many the longest of
    its documents held. ``failing_since`` is the first of the failures in a row; ``is_trouble_told``: an operator has
    been told of it. ``pushed_at`` is when its hub last brought what reading would have brought later.
    """

    id: SourceId
    added_at: datetime
    next_read_at: datetime | None
    last_read_at: datetime | None = None
    validators: Validators = NO_VALIDATORS
    trouble: Trouble | None = None
    failures: int = 0
    failing_since: datetime | None = None
    is_trouble_told: bool = False
    identity: Identity = Identity.GUID
    lately: tuple[datetime, ...] = ()
    entries: int = 0
    move: Move | None = None
    is_paused: bool = False
    hub: HubLink | None = None
    pushed_at: datetime | None = None

    def is_pushed(self, now: datetime) -> bool:
        """Whether its news comes by itself, so that it may be read less often."""
        return self.pushed_at is not None and is_recent(self.pushed_at, now, within=PUSHES_LAST)
