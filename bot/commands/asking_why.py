"""Asking why a story came here, came late, or did not come."""

from bot.commands.house import House
from bot.messages.exchange import Answer, Audience, Command, Show
from bot.services.explain import explain_here
from bot.services.read_story import story_asked_for
from bot.views.notices import hint
from bot.views.why import why, why_nothing_here


async def ask_why(house: House, command: Command) -> Answer:
    asked = command.arguments.get("story", "")
    if not asked.strip():
        return Show(
            post=hint("Why what?", "Type /why and the story's number or words from it. /headlines has the latest.")
        )
    story = await story_asked_for(house.storage, asked)
    async with house.storage.reading() as look:
        explained = await explain_here(look, house.topics, command.scene.channel, story, now=house.clock.now())
    post = why(explained) if explained else hint(f"Why: {story.title}", why_nothing_here())
    return Show(post=post, audience=Audience.ALONE)
