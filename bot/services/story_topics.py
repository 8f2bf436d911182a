"""Say what a story is about, from all its tellings."""

from bot.domain.article import StoryId
from bot.ports.storage import UnitOfWork
from bot.services.topics import Topics


async def set_story_topics(work: UnitOfWork, topics: Topics, story_id: StoryId) -> None:
    """Set the topics of the story anew: what its lead touches first, then what the others add. One that is not there
    is left alone.
    """
    if story := await work.stories.find(story_id):
        others = [told for told in story.told if told is not story.lead]
        tellings = [told.article.draft for told in (story.lead, *others)]
        matches = [match for draft in tellings for match in await topics.touched_by(work, draft)]
        await work.stories.set_topics(story.id, matches)
