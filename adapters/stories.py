"""What the commands about stories and their articles do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from adapters.desk import Desk, open_desk
from adapters.settings import Settings
from bot.domain.article import Article, ArticleId, StoryId
from bot.domain.errors import UnknownArticleError, UnknownSourceError, UnknownStoryError
from bot.domain.matching import Match
from bot.domain.source import SourceId
from bot.domain.story import Story, Told
from bot.ports.storage import Reading
from bot.services.part_stories import StoryEditor


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A story with the topics that it touches."""

    story: Story
    topics: Sequence[Match]


async def latest_stories(settings: Settings, *, source: int | None, limit: int) -> list[Shown]:
    """Newest first; of one source where given. Raises UnknownSourceError."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        stories = await look.stories.latest(source_id=await _source(look, source), limit=limit)
        return [Shown(story=story, topics=await look.stories.topics(story.id)) for story in stories]


async def one_story(settings: Settings, number: int) -> Shown:
    """The story of that number. Raises UnknownStoryError."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        story = await look.stories.find(StoryId(number))
        if story is None:
            raise UnknownStoryError(f"There is no story {number}. `newsbot story list` shows the latest.")
        return Shown(story=story, topics=await look.stories.topics(story.id))


async def merge_stories(settings: Settings, one: int, other: int) -> Shown:
    """The story that tells what both told. Raises UnknownStoryError and StoryEditError."""
    async with open_desk(settings) as desk:
        return await _shown(desk, (await _editor(settings, desk).merge(StoryId(one), StoryId(other))).story)


async def split_story(settings: Settings, article: int, *, announce: bool) -> Shown:
    """The story that the article is now. Raises UnknownArticleError and StoryEditError."""
    async with open_desk(settings) as desk:
        return await _shown(desk, (await _editor(settings, desk).split(ArticleId(article), announce=announce)).own)


async def latest_articles(settings: Settings, *, source: int | None, limit: int) -> list[Told]:
    """Those that came in last first; of one source where given. Raises UnknownSourceError."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        articles = await look.articles.latest(source_id=await _source(look, source), limit=limit)
        return [await _told(look, article) for article in articles]


async def one_article(settings: Settings, number: int) -> Told:
    """The article of that number. Raises UnknownArticleError."""
    async with open_desk(settings) as desk, desk.database.reading() as look:
        article = await look.articles.find(ArticleId(number))
        if article is None:
            raise UnknownArticleError(f"There is no article {number}. `newsbot article list` shows the latest.")
        return await _told(look, article)


def _editor(settings: Settings, desk: Desk) -> StoryEditor:
    delay = timedelta(seconds=settings.refresh_delay)
    return StoryEditor(desk.database, desk.topics, desk.clock, refresh_delay=delay)


async def _shown(desk: Desk, story: Story) -> Shown:
    async with desk.database.reading() as look:
        return Shown(story=story, topics=await look.stories.topics(story.id))


async def _told(look: Reading, article: Article) -> Told:
    """The article with its source, which a story knows even of one that was removed."""
    story = await look.stories.find(article.story_id)
    if story is None:
        raise UnknownStoryError(f"Article {article.id} belongs to no story.")
    return next(told for told in story.told if told.article.id == article.id)


async def _source(look: Reading, number: int | None) -> SourceId | None:
    if number is None:
        return None
    source = await look.sources.find(SourceId(number))
    if source is None:
        raise UnknownSourceError(f"There is no source {number}. `newsbot source list` shows them all.")
    return source.id
