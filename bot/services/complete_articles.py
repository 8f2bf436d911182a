"""Complete articles of which the feed gave only a beginning, from their own pages.

An article is published at once with what its feed gave; its headline waits five seconds at most. Nearly every page is
read by then, so that readers get one post with the right topics and the whole story behind *Read*, instead of one that
says "only the beginning" and is edited a moment later, at the price of a second message in each channel. A page that
comes later is stored as a correction without a new post. The whole text may show that another source tells the same.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.article import Article
from bot.domain.full_text import PageText, is_more, next_try
from bot.ports.clock import Clock
from bot.ports.events import Events
from bot.ports.progress import Beat, unheard
from bot.ports.reading import PageReader, ReadingError
from bot.ports.storage import Storage
from bot.services.collisions import again_after_collision
from bot.services.join_stories import told_by_whole_text
from bot.services.set_back import SetBack
from bot.services.story_topics import set_story_topics
from bot.services.topics import Topics

_AT_ONCE = 4
_LOOKED_AT = 200
"""So many of those that wait are looked at for hosts that are free; a feed holds 500 at most."""

_PAUSE_S = 0.5


class ArticleCompleter:
    """Reads pages, four at once and one of each host. What waits is in the database; nothing is lost by a restart.

    ``wake`` tells the deliverer that something may leave earlier.
    """

    def __init__(
        self,
        storage: Storage,
        pages: PageReader,
        topics: Topics,
        clock: Clock,
        events: Events,
        *,
        refresh_delay: timedelta,
        wake: Callable[[], None],
    ) -> None:
        self._storage = storage
        self._pages = pages
        self._topics = topics
        self._clock = clock
        self._events = events
        self._refresh_delay = refresh_delay
        self._wake = wake
        self._set_back = SetBack(clock)

    async def run(self, beat: Beat = unheard) -> None:
        """Complete what there is to complete, until cancelled; ``beat`` is called as it goes on."""
        busy: dict[asyncio.Task[None], str] = {}
        try:
            while True:
                for article in await self._next(busy.values()):
                    busy[asyncio.create_task(self.complete(article))] = _host(article)
                pause = asyncio.create_task(self._clock.sleep(_PAUSE_S))
                try:
                    await asyncio.wait({pause, *busy}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    pause.cancel()
                for task in [task for task in busy if task.done()]:
                    del busy[task]
                    task.result()
                beat()
        finally:
            for task in busy:
                task.cancel()
            await asyncio.gather(*busy, return_exceptions=True)

    async def complete(self, article: Article) -> None:
        """Read the article's page once. What goes wrong is written to the article and never raised."""
        try:
            page = await self._pages.read_page(article.draft.link or "")
            if not is_more(article.fed, page):
                raise ReadingError("The page says no more than the feed.", kind=page.problem or "no_text")  # noqa: TRY301  # as any other
            await self._store(article, page)
        except ReadingError as error:
            await self._note(article, error)
        except Exception as error:  # noqa: BLE001  # one odd page must not hold up all others
            self._events.trouble("completing failed", error, article=article.id)
            await self._note(article, ReadingError("This is an error in newsbot itself.", kind="error"))

    async def _next(self, busy: Collection[str]) -> list[Article]:
        """The first that waits of each host that is free, as many as may be read now."""
        room = _AT_ONCE - len(busy)
        if room <= 0:
            return []
        await self._set_back.heal(self._set_right)
        async with self._storage.reading() as look:
            due = await look.articles.pages_due(self._clock.now(), limit=_LOOKED_AT)
        first: dict[str, Article] = {}
        for article in due:
            first.setdefault(_host(article), article)
        return [article for host, article in first.items() if host not in busy][:room]

    async def _set_right(self, now: datetime) -> None:
        async with self._storage.writing() as work:
            if count := await work.articles.set_right(now=now):
                await work.commit()
                self._events.warn("the clock was set back", pages=count)

    @again_after_collision
    async def _store(self, article: Article, page: PageText) -> None:
        now = self._clock.now()
        async with self._storage.writing() as work:
            await work.stories.in_turn()
            completed = await work.articles.complete(article.id, page)
            await self._topics.refresh(work)
            matches = await self._topics.touched_by(work, completed.draft)
            story_id = await told_by_whole_text(work, completed, matches, now=now)
            await set_story_topics(work, self._topics, story_id)
            if article.is_announced:
                await work.deliveries.promise(story_id, now=now)
            for told in sorted({story_id, completed.story_id}):
                await work.deliveries.hasten(told, now=now)
            await work.deliveries.refresh(story_id, due=now + self._refresh_delay)
            await work.commit()
        self._wake()

    @again_after_collision
    async def _note(self, article: Article, error: ReadingError) -> None:
        now = self._clock.now()
        again_at = next_try(now, kind=error.kind, tries=article.page_tries + 1, at_least=error.retry_after)
        async with self._storage.writing() as work:
            await work.articles.page_failed(article.id, error.kind, again_at=again_at)
            await work.deliveries.hasten(article.story_id, now=now)
            await work.commit()
        self._events.note("page not read", article=article.id, kind=error.kind, again=again_at is not None)
        self._wake()


def _host(article: Article) -> str:
    try:
        return urlsplit(article.draft.link or "").hostname or ""
    except ValueError:
        return ""
