"""Newspapers that never run out of news and now and then correct what they said."""

import random
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from aiohttp import web

from tests.fakes.served import served

FEEDS: Final = 3
_IN_A_DOCUMENT = 20
_AHEAD = 5
"""How many articles a feed may hold that nobody has stored: fewer than what is announced after one reading."""

_CODE = re.compile(r"\bN\d{5}\b")
_LETTERS = "bdfgklmnprstvz", "aeiou"


@dataclass(slots=True, kw_only=True)
class _Entry:
    code: str
    title: str
    text: str
    date: str


def code_in(title: str) -> str | None:
    """What an article is recognised by, whatever becomes of its title."""
    found = _CODE.search(title)
    return found.group() if found else None


@dataclass(slots=True)
class Press:
    """``FEEDS`` feeds, each with one article more whenever it is read, until ``is_closed``.

    ``stored`` is what the database is known to hold: titles by code. What it does not hold yet stays in the documents.
    ``readings`` counts how often any feed was read.
    """

    dice: random.Random
    is_closed: bool = False
    stored: dict[str, str] = field(default_factory=dict)
    _feeds: dict[int, list[_Entry]] = field(default_factory=dict)
    readings: int = 0
    _told: int = 0

    @property
    def titles(self) -> Mapping[str, str]:
        """All that was ever told, with the latest title, by code."""
        return {entry.code: entry.title for entries in self._feeds.values() for entry in entries}

    @property
    def is_stored(self) -> bool:
        """Whether all that was told is stored as it was told last."""
        return all(self.stored.get(code) == title for code, title in self.titles.items())

    async def answer(self, request: web.Request) -> web.Response:
        """The document of one feed."""
        self.readings += 1
        entries = self._feeds.setdefault(int(request.match_info["number"]), [])
        waiting = [entry for entry in entries if self.stored.get(entry.code) != entry.title]
        if not self.is_closed and len(waiting) < _AHEAD:
            entries.append(self._news())
            self._correct(entries[-_AHEAD:-1])
        shown = [entry for entry in entries[:-_IN_A_DOCUMENT] if entry in waiting] + entries[-_IN_A_DOCUMENT:]
        return web.Response(text=_document(shown), content_type="application/rss+xml")

    def _news(self) -> _Entry:
        self._told += 1
        code = f"N{self._told:05}"
        return _Entry(
            code=code,
            title=f"{self._word().capitalize()} {self._word()} {code}",
            text=" ".join(self._word() for _ in range(30)),
            date=format_datetime(datetime.now(UTC), usegmt=True),  # noqa: TID251  # a publisher's own clock
        )

    def _correct(self, recent: list[_Entry]) -> None:
        if recent and self.dice.random() < 1 / 4:
            self.dice.choice(recent).title += f", {self._word()}"

    def _word(self) -> str:
        """A word that no other article has, so that no two of them tell the same event."""
        consonants, vowels = _LETTERS
        return "".join(self.dice.choice(letters) for _ in range(4) for letters in (consonants, vowels))


@asynccontextmanager
async def printed(press: Press) -> AsyncIterator[list[str]]:
    """The addresses of the feeds."""
    application = web.Application()
    application.router.add_get("/feed/{number}", press.answer)
    async with served(application) as address:
        yield [f"{address}/feed/{number}" for number in range(FEEDS)]


def _document(entries: list[_Entry]) -> str:
    items = "".join(
        f'<item><guid isPermaLink="false">{entry.code}</guid><title>{entry.title}</title>'
        f"<description>{entry.text}</description><pubDate>{entry.date}</pubDate></item>"
        for entry in reversed(entries)
    )
    head = "<title>The Ledger</title><link>https://ledger.example/</link>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
