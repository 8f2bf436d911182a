"""Correct by hand which articles are one story."""

from datetime import timedelta

from bot.domain.article import ArticleId, StoryId
from bot.domain.errors import StoryEditError, UnknownArticleError, UnknownStoryError
from bot.domain.story import Story
from bot.ports.clock import Clock
from bot.ports.storage import Reading, Storage, UnitOfWork
from bot.services.story_topics import set_story_topics
from bot.services.topics import Topics


class StoryEditor:
    """Makes one story of two and two of one. The cards of both follow, after ``refresh_delay``."""

    def __init__(self, storage: Storage, topics: Topics, clock: Clock, *, refresh_delay: timedelta) -> None:
        self._storage = storage
        self._topics = topics
        self._clock = clock
        self._refresh_delay = refresh_delay

    async def merge(self, one: StoryId, other: StoryId) -> Story:
        """Let the older of two stories tell what both told, with both's opinions; nothing is posted again.

        Raises UnknownStoryError, and StoryEditError where the two are one already.
        """
        async with self._storage.writing() as work:
            both = [await _story(work, one), await _story(work, other)]
            kept, gone = sorted((story.id for story in both), key=int)
            if kept == gone:
                raise StoryEditError(f"{one} and {other} are the same story already.")
            await work.stories.merge(kept, gone)
            await self._brought_up_to_date(work, kept)
            merged = await _story(work, kept)
            await work.commit()
        return merged

    async def split(self, article_id: ArticleId, *, announce: bool = False) -> Story:
        """Let an article be a story of its own: the one that it was merged from, or a new one.

        Opinions stay with the story that it leaves. It is only posted if it is to be announced, and then in no channel
        that has it. Raises UnknownArticleError, and StoryEditError where nobody else tells the story.
        """
        now = self._clock.now()
        async with self._storage.writing() as work:
            article = await work.articles.find(article_id)
            if article is None:
                raise UnknownArticleError(f"There is no article {article_id}.")
            left = await _story(work, article.story_id)
            if len(left.told) == 1:
                raise StoryEditError(f"Article {article_id} is all that story {left.id} has.")
            own = await work.stories.split(article_id, now=now)
            for story_id in (left.id, own):
                await self._brought_up_to_date(work, story_id)
            if announce:
                await work.deliveries.promise(own, now=now)
            alone = await _story(work, own)
            await work.commit()
        return alone

    async def _brought_up_to_date(self, work: UnitOfWork, story_id: StoryId) -> None:
        await self._topics.refresh(work)
        await set_story_topics(work, self._topics, story_id)
        await work.deliveries.refresh(story_id, due=self._clock.now() + self._refresh_delay)


async def _story(look: Reading, story_id: StoryId) -> Story:
    story = await look.stories.find(story_id)
    if story is None:
        raise UnknownStoryError(f"There is no story {story_id}.")
    return story
