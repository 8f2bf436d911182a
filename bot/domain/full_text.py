"""How an article's own page completes what its feed gave."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.article import Draft
from bot.domain.paragraph import Shape
from bot.domain.source import NewSource, SourceKind

HEADLINE_PATIENCE = timedelta(seconds=5)
"""How long a headline waits for its article's page: long enough for nearly every page, too short to be missed."""

_NEXT_TRIES = (timedelta(minutes=2), timedelta(minutes=30))
PASSING = frozenset({"unreachable", "timeout", "status"})
"""Problems that may be gone later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What an article's page says: the words of at least one paragraph, in order, and their shapes as in a draft.

    ``problem`` is ``paywall`` where the page shows only the beginning too; ``caption`` says what the image shows.
    """

    paragraphs: tuple[str, ...]
    shapes: tuple[Shape, ...] = ()
    image: str | None = None
    caption: str | None = None
    problem: str | None = None


def wants_page(source: NewSource, draft: Draft) -> bool:
    """Whether the rest of the article is to be read from its page."""
    is_beginning = draft.link is not None and not draft.is_complete
    return is_beginning and source.kind is SourceKind.FEED and source.fetches_full_text


def is_more(draft: Draft, page: PageText) -> bool:
    """Whether the page says more than the feed did."""
    return sum(map(len, page.paragraphs)) > sum(map(len, draft.told))


def completed(draft: Draft, page: PageText | None) -> Draft:
    """The draft with its page's text, as readers are shown it. A teaser that breaks off gives way to the text."""
    if page is None or draft.is_complete:
        return draft
    teaser = draft.teaser
    return replace(
        draft,
        paragraphs=page.paragraphs,
        shapes=page.shapes,
        teaser=None if teaser is None or teaser.endswith(("…", "...")) else teaser,
        image=draft.image or page.image,
        is_complete=page.problem is None,
        wording=None,
    )


def next_try(now: datetime, *, kind: str, tries: int, at_least: timedelta | None = None) -> datetime | None:
    """When a page that could not be read is tried again after ``tries`` (≥ 1) attempts; None: not any more."""
    if kind not in PASSING or tries > len(_NEXT_TRIES):
        return None
    return now + max(_NEXT_TRIES[tries - 1], at_least or timedelta(0))
