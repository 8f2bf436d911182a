"""A small newspaper that publishes one article after the other, so that a newcomer sees headlines arrive."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

from adapters.sandbox.contract import Clock, Documents
from adapters.sandbox.options import CannotOpenError

NAME = "The Vellmar Herald"
_KIND = "newspaper"
_TEASER_CHARACTERS = 220


class BadArticleError(CannotOpenError):
    """An article's file has no headline, no "By …" line or no paragraph; the text names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """One article as its file tells it."""

    slug: str
    headline: str
    author: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An article on the day it was published; ``at`` is in Unix seconds. Later rounds are editions of their own."""

    number: int
    slug: str
    title: str
    article: DemoArticle
    at: float

    @property
    def date(self) -> str:
        return format_datetime(datetime.fromtimestamp(self.at, UTC), usegmt=True)

    @property
    def day(self) -> str:
        return f"{datetime.fromtimestamp(self.at, UTC):%d %B %Y, %H:%M} UTC".lstrip("0")

    @property
    def body(self) -> str:
        """All paragraphs as HTML."""
        return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.article.paragraphs)

    @property
    def teaser(self) -> str:
        """The first sentences of the lead, at most 220 characters, cut between sentences or else between words."""
        lead = self.article.paragraphs[0]
        if len(lead) <= _TEASER_CHARACTERS:
            return lead
        cut = lead[:_TEASER_CHARACTERS]
        sentence = cut.rfind(". ")
        return cut[: sentence + 1] if sentence > 0 else cut[: cut.rfind(" ")] + " …"


class Newspaper:
    """Publishes the files of a directory in the order of their names, one every ``every_s`` seconds, round after round.

    What was published stands in documents and is there again after a restart. With no directory, or with 0 seconds,
    nothing is published.
    """

    def __init__(self, documents: Documents, clock: Clock, *, directory: Path | None, every_s: float) -> None:
        self._documents = documents
        self._clock = clock
        self._every_s = every_s
        self._articles = tuple(read_articles(directory)) if directory else ()
        self._editions = list(self._remembered())

    def editions(self) -> Sequence[Edition]:
        """All that was published, oldest first."""
        return self._editions

    def edition(self, slug: str) -> Edition | None:
        return next((edition for edition in reversed(self._editions) if edition.slug == slug), None)

    def due_in(self) -> float | None:
        """Seconds until the next article is due, 0 when it is; None when none will come."""
        if not self._articles or self._every_s <= 0:
            return None
        if not self._editions:
            return 0.0
        return max(0.0, self._editions[-1].at + self._every_s - self._clock())

    def publish_next(self) -> Edition:
        """Publish the article whose turn it is."""
        number = self._editions[-1].number + 1 if self._editions else 1
        article = self._articles[(number - 1) % len(self._articles)]
        edition = _edition(number, (number - 1) // len(self._articles), article, self._clock())
        self._documents.put(
            _KIND,
            str(number),
            {"number": number, "article": article.slug, "slug": edition.slug, "title": edition.title, "at": edition.at},
        )
        self._editions.append(edition)
        return edition

    async def run(self) -> None:
        """Publish what is due until cancelled. After a pause of the sandbox one article comes at once, not all."""
        while (wait := self.due_in()) is not None:
            await asyncio.sleep(wait)
            if self.due_in() == 0.0:
                self.publish_next()

    def _remembered(self) -> Iterator[Edition]:
        """What documents hold; an article whose file is gone meanwhile is left out."""
        by_slug = {article.slug: article for article in self._articles}
        for document in self._documents.all(_KIND).values():
            article = by_slug.get(str(document["article"]))
            if article is not None:
                yield Edition(
                    number=int(str(document["number"])),
                    slug=str(document["slug"]),
                    title=str(document["title"]),
                    article=article,
                    at=float(str(document["at"])),
                )


def read_articles(directory: Path) -> Iterator[DemoArticle]:
    """The articles of a directory in the order of their file names: headline, "By Name", then paragraphs."""
    for path in sorted(directory.glob("*.txt")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        match lines:
            case [headline, byline, _, *_] if byline.startswith("By "):
                yield DemoArticle(
                    slug=_slug(headline),
                    headline=headline,
                    author=byline.removeprefix("By ").strip(),
                    paragraphs=tuple(lines[2:]),
                )
            case _:
                raise BadArticleError(f'{path}: expected a headline, a line "By Name" and at least one paragraph.')


def _edition(number: int, round_before: int, article: DemoArticle, at: float) -> Edition:
    slug, title = article.slug, article.headline
    if round_before:
        slug, title = f"day-{round_before + 1}-{slug}", f"Day {round_before + 1}: {title}"
    return Edition(number=number, slug=slug, title=title, article=article, at=at)


def _slug(headline: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", headline.lower()).strip("-")[:80].rstrip("-")
