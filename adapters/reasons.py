"""What the command about reasons does."""

from adapters.desk import open_desk
from adapters.settings import Settings
from bot.domain.explanation import Explanation
from bot.services.explain import channel_asked_for, explain
from bot.services.read_story import story_asked_for


async def why(settings: Settings, channel: str, story: str) -> Explanation:
    """Everything known of that story in that channel. Raises UnknownChannelError and UnknownStoryError."""
    async with open_desk(settings) as desk:
        asked_for = await story_asked_for(desk.database, story)
        async with desk.database.reading() as look:
            place = await channel_asked_for(look, channel)
            return await explain(look, desk.topics, place, asked_for, now=desk.clock.now())
