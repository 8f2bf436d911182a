"""Sources of a story, and correcting which of them are one story: sources, split, join, part."""

from dataclasses import replace

from bot.commands.house import House, manages
from bot.commands.reading import number_of, phrase_of
from bot.domain.article import ArticleId, StoryId
from bot.domain.channel import ChannelKind
from bot.domain.errors import NotAllowedError, UnknownStoryError
from bot.domain.story import Story
from bot.messages.action import Action
from bot.messages.exchange import Answer, Command, Press, Replace, Scene, Show
from bot.messages.post import Post
from bot.services.part_stories import Parted
from bot.services.read_story import related_to, story_asked_for, story_numbered
from bot.views.notices import ONLY_EDITORS, STORY_GONE, hint
from bot.views.sources import Joinable, joined, parted, sources

_MOST_ASKED = 10
"""For how many places a platform is asked at most whether somebody manages one of them."""


async def show_sources(house: House, command: Command) -> Answer:
    asked = command.arguments.get("story", "")
    if not asked.strip():
        return Show(post=hint("Of which story?", "Type /sources and the story's number. /headlines has the latest."))
    return Show(post=await _sources(house, command.scene, await story_asked_for(house.storage, asked)))


async def press_sources(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _sources(house, press.scene, await story_numbered(house.storage, action.subject)))


async def press_split(house: House, press: Press, action: Action) -> Answer:
    async with house.storage.reading() as look:
        article = await look.articles.find(ArticleId(action.subject))
    if article is None:
        raise UnknownStoryError(STORY_GONE)
    await _must_edit(house, press.scene, article.story_id)
    return await _told_apart(house, await house.editor.split(article.id))


async def press_join(house: House, press: Press, action: Action) -> Answer:
    one, other = await _pair(house, action.subject)
    await _must_edit(house, press.scene, one)
    await _must_edit(house, press.scene, other)
    merged = await house.editor.merge(one, other)
    house.wake()
    pair = await _number_of_pair(house, merged.story.id, merged.gone)
    return Replace(post=joined(merged.story, pair=pair), toast="One story now.")


async def press_part(house: House, press: Press, action: Action) -> Answer:
    kept, gone = await _pair(house, action.subject)
    await _must_edit(house, press.scene, kept)
    return await _told_apart(house, await house.editor.part(kept, gone))


async def _told_apart(house: House, stories: Parted) -> Answer:
    house.wake()
    pair = await _number_of_pair(house, stories.left.id, stories.own.id)
    return Replace(post=parted(stories.left, stories.own, pair=pair), toast="Two stories now.")


async def _sources(house: House, scene: Scene, story: Story) -> Post:
    if not await _may_edit(house, scene, story.id):
        return sources(story, may_edit=False)
    joinable = [
        Joinable(story=other, pair=await _number_of_pair(house, story.id, other.id))
        for other in await related_to(house.storage, story)
    ]
    return sources(story, may_edit=True, joinable=joinable)


async def _number_of_pair(house: House, one: StoryId, other: StoryId) -> int:
    return await number_of(house, f"{one} {other}")


async def _pair(house: House, number: int) -> tuple[StoryId, StoryId]:
    numbers = (await phrase_of(house, number)).split()
    match numbers:
        case [one, other] if one.isdecimal() and other.isdecimal():
            return StoryId(int(one)), StoryId(int(other))
        case _:
            raise UnknownStoryError(STORY_GONE)


async def _may_edit(house: House, scene: Scene, story_id: StoryId) -> bool:
    """Whether the person may say which articles are this story: all its readers are concerned.

    In a shared place that is who manages it; in private who manages a shared place where the story's card stands. Where
    the operator named places, these alone count.
    """
    if scene.kind is not ChannelKind.PRIVATE:
        is_named = not house.editors or replace(scene.channel, thread=None) in house.editors
        return is_named and await manages(house, scene)
    person = scene.person.ref
    async with house.storage.reading() as look:
        shown = await look.channels.showing(story_id, platform=person.platform, limit=_MOST_ASKED)
    named = [place for place in house.editors if place.platform == person.platform]
    for place in named if house.editors else shown:
        if await house.may_manage(person, place):
            return True
    return False


async def _must_edit(house: House, scene: Scene, story_id: StoryId) -> None:
    if not await _may_edit(house, scene, story_id):
        raise NotAllowedError(ONLY_EDITORS)
