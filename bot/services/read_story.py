"""Find the one story that a person asked for."""

from bot.domain.article import StoryId
from bot.domain.errors import UnknownStoryError
from bot.domain.story import Headline, Story
from bot.ports.storage import Reading, Storage

_LONGEST_NUMBER = 18
RELATED = 3
"""How many other stories are offered after one."""


async def story_numbered(storage: Storage, number: int) -> Story:
    """The story with that number. Raises UnknownStoryError."""
    async with storage.reading() as look:
        return await _numbered(look, number)


async def story_asked_for(storage: Storage, asked: str) -> Story:
    """The story by its number, or the best match for the words. Raises UnknownStoryError."""
    wanted = asked.strip().removeprefix("#")
    async with storage.reading() as look:
        if wanted.removeprefix("-").isdecimal() and len(wanted) <= _LONGEST_NUMBER:
            return await _numbered(look, int(wanted))
        found = await look.stories.search(wanted, limit=1)
    if not found:
        raise UnknownStoryError(
            f"I found no story about “{wanted[:80]}”. Try fewer words, or /headlines for the latest."
        )
    return found[0]


async def related_to(storage: Storage, story: Story) -> tuple[Headline, ...]:
    """Up to three other stories about the same things."""
    async with storage.reading() as look:
        return tuple(await look.stories.related(story, limit=RELATED))


async def _numbered(look: Reading, number: int) -> Story:
    story = await look.stories.find(StoryId(number))
    if story is None:
        raise await missing(look, number)
    return story


async def missing(look: Reading, number: int) -> UnknownStoryError:
    """The error that tells a person why there is no such story: it was one of long ago, or none ever had the number."""
    if await look.stories.was_told(StoryId(number)):
        return UnknownStoryError(
            f"Story {number} is no longer here: old stories are deleted. Type /headlines for the latest ones, "
            "or /search with a few of its words."
        )
    return UnknownStoryError(f"There is no story {number}. Type /headlines to see the latest with their numbers.")
