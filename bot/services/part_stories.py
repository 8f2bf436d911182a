"""Correct by hand which articles are one story."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.article import ArticleId, StoryId
from bot.domain.errors import StoryEditError, UnknownArticleError, UnknownStoryError
from bot.domain.story import Story
from bot.ports.clock import Clock
from bot.ports.storage import Reading, Storage, UnitOfWork
from bot.services.collisions import again_after_collision
from bot.services.story_topics import set_story_topics
from bot.services.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """Two stories that were one: the one that was left, and the one that is told on its own."""

    left: Story
    own: Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The story that tells what two told, and the number that the other went by."""

    story: Story
    gone: StoryId


class StoryEditor:
    """Makes one story of two and two of one. The cards of both follow, after ``refresh_delay``."""

    def __init__(self, storage: Storage, topics: Topics, clock: Clock, *, refresh_delay: timedelta) -> None:
        self._storage = storage
        self._topics = topics
        self._clock = clock
        self._refresh_delay = refresh_delay

    @again_after_collision
    async def merge(self, one: StoryId, other: StoryId) -> Merged:
        """Let the older of two stories tell what both told, with both's opinions; nothing is posted again.

        Raises UnknownStoryError, and StoryEditError where the two are one already.
        """
        async with self._storage.writing() as work:
            await work.stories.in_turn()
            both = [await _story(work, one), await _story(work, other)]
            kept, gone = sorted((story.id for story in both), key=int)
            if kept == gone:
                raise StoryEditError(f"{one} and {other} are the same story already.")
            await work.stories.merge(kept, gone)
            await self._brought_up_to_date(work, kept)
            merged = Merged(story=await _story(work, kept), gone=gone)
            await work.commit()
        return merged

    @again_after_collision
    async def part(self, kept: StoryId, gone: StoryId) -> Parted:
        """Undo a merge: both stories tell again what they told before. Opinions stay with the one that was kept.

        Raises StoryEditError where the two are no longer one.
        """
        async with self._storage.writing() as work:
            await work.stories.in_turn()
            if not await work.stories.part(kept, gone):
                raise StoryEditError(f"{kept} and {gone} are two stories already.")
            parted = await self._parted(work, kept, gone)
            await work.commit()
        return parted

    @again_after_collision
    async def split(self, article_id: ArticleId, *, announce: bool | None = None) -> Parted:
        """Let an article be a story of its own: the one that it was merged from, or a new one.

        Opinions stay with the story that it leaves. It is only posted if it is to be announced, and then in no channel
        that has it; None: if the article was. Raises UnknownArticleError, and StoryEditError where nobody else tells
        the story.
        """
        now = self._clock.now()
        async with self._storage.writing() as work:
            await work.stories.in_turn()
            article = await work.articles.find(article_id)
            if article is None:
                raise UnknownArticleError(f"There is no article {article_id}.")
            left = await _story(work, article.story_id)
            if len(left.told) == 1:
                raise StoryEditError(f"Article {article_id} is all that story {left.id} has.")
            own = await work.stories.split(article_id, now=now)
            parted = await self._parted(work, left.id, own)
            if article.is_announced if announce is None else announce:
                await work.deliveries.promise(own, now=now)
            await work.commit()
        return parted

    async def _parted(self, work: UnitOfWork, left: StoryId, own: StoryId) -> Parted:
        for story_id in (left, own):
            await self._brought_up_to_date(work, story_id)
        return Parted(left=await _story(work, left), own=await _story(work, own))

    async def _brought_up_to_date(self, work: UnitOfWork, story_id: StoryId) -> None:
        await self._topics.refresh(work)
        await set_story_topics(work, self._topics, story_id)
        await work.deliveries.refresh(story_id, due=self._clock.now() + self._refresh_delay)


async def _story(look: Reading, story_id: StoryId) -> Story:
    story = await look.stories.find(story_id)
    if story is None:
        raise UnknownStoryError(f"There is no story {story_id}.")
    return story
