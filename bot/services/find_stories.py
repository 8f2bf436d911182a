"""Find stories by topic or words, a page at a time."""

from dataclasses import dataclass

from bot.domain.errors import SearchError
from bot.domain.source import Source
from bot.domain.story import Story
from bot.domain.topic import Topic, TopicKind
from bot.ports.storage import Storage
from bot.services.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of stories under a name. ``is_last``: there is no further page."""

    name: str
    stories: tuple[Story, ...]
    is_last: bool


async def latest(storage: Storage, topics: Topics, wish: str, *, size: int, page: int) -> Found:
    """The newest stories: all of them, a source's, a catalogue topic's, or those that hold the words."""
    async with storage.reading() as look:
        source = _source_named(wish, await look.sources.all())
        topic = topics.catalogue.find(wish) if wish.strip() else None
        limit, offset = size + 1, page * size
        if not wish.strip():
            name, stories = "Latest news", await look.stories.latest(limit=limit, offset=offset)
        elif topic:
            name, stories = _name(topic), await look.stories.latest(topic_id=topic.id, limit=limit, offset=offset)
        elif source:
            name, stories = source.title, await look.stories.latest(source_id=source.id, limit=limit, offset=offset)
        else:
            name, stories = f"“{wish.strip()[:60]}”", await look.stories.search(wish, limit=limit, offset=offset)
    return Found(name=name, stories=tuple(stories[:size]), is_last=len(stories) <= size)


async def search(storage: Storage, words: str, *, size: int, page: int) -> Found:
    """Stories that hold all the words. Raises SearchError where there are none to look for."""
    wanted = " ".join(words.split())
    if not any(character.isalnum() for character in wanted):
        raise SearchError("Tell me what to look for: /search and one or more words.")
    async with storage.reading() as look:
        stories = await look.stories.search(wanted, limit=size + 1, offset=page * size)
    return Found(name=f"“{wanted[:60]}”", stories=tuple(stories[:size]), is_last=len(stories) <= size)


def _source_named(wish: str, sources: list[Source]) -> Source | None:
    wanted = wish.strip().casefold()
    return next((source for source in sources if wanted in {source.title.casefold(), source.address.casefold()}), None)


def _name(topic: Topic) -> str:
    return f"“{topic.name('')}”" if topic.kind is TopicKind.WORDS else topic.name("en")
