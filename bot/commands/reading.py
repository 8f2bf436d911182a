"""Reading: headlines, whole stories, search."""

from bot.commands.house import House
from bot.domain.digest import DigestId
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Command, Press, Replace, Show
from bot.messages.post import Post
from bot.services.find_stories import Found, latest, search
from bot.services.read_story import related_to, story_asked_for
from bot.views.digest import digest_list
from bot.views.full_story import full_story
from bot.views.notices import hint
from bot.views.story_list import STORIES_ON_PAGE, no_stories, story_list

_MEANT = 3


async def show_headlines(house: House, command: Command) -> Answer:
    return Show(post=await _headlines(house, command.arguments.get("topic", ""), page=0))


async def press_latest(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _headlines(house, await phrase_of(house, action.subject), page=0))


async def press_headlines(house: House, press: Press, action: Action) -> Answer:
    return Replace(post=await _headlines(house, await phrase_of(house, action.subject), page=action.page))


async def press_digest(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _digest(house, DigestId(action.subject), page=0))


async def press_browse(house: House, press: Press, action: Action) -> Answer:
    return Replace(post=await _digest(house, DigestId(action.subject), page=action.page))


async def show_search(house: House, command: Command) -> Answer:
    return Show(post=await _search(house, command.arguments.get("words", ""), page=0))


async def press_search(house: House, press: Press, action: Action) -> Answer:
    return Replace(post=await _search(house, await phrase_of(house, action.subject), page=action.page))


async def show_story(house: House, command: Command) -> Answer:
    asked = command.arguments.get("story", "")
    if not asked.strip():
        return Show(
            post=hint("Which story?", "Type /story and its number or words from it. /headlines has the latest.")
        )
    story = await story_asked_for(house.storage, asked)
    related = await related_to(house.storage, story)
    return Show(post=full_story(story, command.scene.limits, related=related))


async def press_read(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _page(house, press, action))


async def press_turn(house: House, press: Press, action: Action) -> Answer:
    return Replace(post=await _page(house, press, action))


async def _page(house: House, press: Press, action: Action) -> Post:
    volume = await house.shelf.take(action.subject)
    return full_story(volume.story, press.scene.limits, page=action.page, related=volume.related)


async def _headlines(house: House, wish: str, *, page: int) -> Post:
    found = await latest(house.storage, house.topics, wish, size=STORIES_ON_PAGE, page=page)
    if found.stories or not wish.strip():
        empty = "The first ones are on their way."
        return await _listed(house, found, Verb.HEADLINES, wish, page=page, empty=empty)
    names = [topic.name("en") for topic in house.topics.catalogue.suggest(wish, limit=_MEANT)]
    meant = [(name, await number_of(house, name)) for name in names if name != found.name]
    hint_if_empty = "Did you mean this topic?" if len(meant) == 1 else "Did you mean one of these topics?"
    return no_stories(
        f"No stories: {found.name}",
        hint_if_empty if meant else "Try /topics for what there is, or other words.",
        meant=meant,
    )


async def _digest(house: House, number: DigestId, *, page: int) -> Post:
    async with house.storage.reading() as look:
        digest = await look.digests.find(number, headlines=1)
        found = await look.digests.stories(number, limit=STORIES_ON_PAGE + 1, offset=page * STORIES_ON_PAGE)
    if digest is None or not found:
        return no_stories("These stories are no longer here", "Type /headlines for the latest ones.")
    return digest_list(digest, found[:STORIES_ON_PAGE], page=page, is_last=len(found) <= STORIES_ON_PAGE)


async def _search(house: House, words: str, *, page: int) -> Post:
    found = await search(house.storage, words, size=STORIES_ON_PAGE, page=page)
    return await _listed(house, found, Verb.SEARCH, words, page=page, empty="Try fewer or other words.")


async def _listed(house: House, found: Found, verb: Verb, wish: str, *, page: int, empty: str) -> Post:
    if not found.stories:
        return no_stories(f"No stories: {found.name}" if wish.strip() else "No stories yet", empty)
    subject = await number_of(house, wish) if wish.strip() else 0
    return story_list(found.name, found.stories, verb=verb, subject=subject, page=page, is_last=found.is_last)


async def number_of(house: House, phrase: str) -> int:
    """The number that stands for the phrase in buttons."""
    async with house.storage.writing() as work:
        number = await work.requests.number(" ".join(phrase.split())[:200], now=house.clock.now())
        await work.commit()
    return number


async def phrase_of(house: House, number: int) -> str:
    """The phrase that the number stands for, empty for 0 and for numbers never given."""
    if not number:
        return ""
    async with house.storage.reading() as look:
        return await look.requests.phrase(number) or ""
