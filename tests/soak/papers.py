"""Hundreds of feeds that are read for hours; now and then one of them has news."""

import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

from aiohttp import web

from tests.fakes.served import served

_IN_A_DOCUMENT = 5
_NEWS_SHARE = 0.2
_LETTERS = "bdfgklmnprstvz", "aeiou"


@dataclass(slots=True)
class Papers:
    """``readings`` counts all answers, ``told`` the articles."""

    dice: random.Random = field(default_factory=lambda: random.Random(1))
    readings: int = 0
    told: int = 0
    _feeds: dict[int, deque[str]] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """The feed's document, or 304 where the reader knows it."""
        self.readings += 1
        items = self._feeds.setdefault(int(request.match_info["number"]), deque(maxlen=_IN_A_DOCUMENT))
        if not items or self.dice.random() < _NEWS_SHARE:
            items.appendleft(self._item())
        etag = f'"{hash(items[0])}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        head = "<title>The Daily</title><link>https://daily.example/</link>"
        text = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": etag})

    def _item(self) -> str:
        self.told += 1
        title = f"{self._words(3).capitalize()} {self.told}"
        return (
            f"<item><guid>{self.told}</guid><title>{title}</title>"
            f"<description>{self._words(60)}</description><pubDate>{formatdate(usegmt=True)}</pubDate></item>"
        )

    def _words(self, count: int) -> str:
        """Words that no other article has."""
        consonants, vowels = _LETTERS
        word = "".join
        return " ".join(
            word(self.dice.choice(letters) for _ in range(4) for letters in (consonants, vowels)) for _ in range(count)
        )


@asynccontextmanager
async def printed(papers: Papers, count: int) -> AsyncIterator[list[str]]:
    """The addresses of so many feeds."""
    application = web.Application()
    application.router.add_get("/{number}", papers.answer)
    async with served(application) as address:
        yield [f"{address}/{number}" for number in range(count)]
