"""Opinions: giving, pressing a stance, reading others'."""

import math

from bot.commands.house import House
from bot.domain.article import StoryId
from bot.domain.errors import OpinionError
from bot.domain.opinion import Stance
from bot.domain.story import Story
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Ask, Command, Press, Replace, Show, Submission
from bot.messages.post import Post
from bot.services.read_story import story_asked_for, story_numbered
from bot.views.headline import card
from bot.views.notices import hint
from bot.views.opinions import (
    BESIDE_THANKS,
    OPINIONS_ON_PAGE,
    STANCE,
    WORDS,
    opinion_form,
    opinion_list,
    question_about,
    stance_noted,
    thanks,
)

_STANCES = {Verb.FAVOUR: Stance.FOR, Verb.OPPOSE: Stance.AGAINST, Verb.MIX: Stance.MIXED}


async def opine(house: House, command: Command) -> Answer:
    """With words the opinion is taken at once, without them the form is asked."""
    asked, words = command.arguments.get("story", ""), command.arguments.get("words")
    if not asked.strip():
        return Show(post=hint("On which story?", "Type /opinion and the story's number. /headlines has the latest."))
    story = await story_asked_for(house.storage, asked)
    if words is None:
        return Ask(form=question_about(story))
    return await _take(house, command, story.id, words=words, stance=None)


async def press_opine(house: House, press: Press, action: Action) -> Answer:
    """Where the form need not be the first answer to the press, it can say which story it is about."""
    return Ask(form=question_about(await story_numbered(house.storage, action.subject)))


async def submit_opinion(house: House, submission: Submission, action: Action) -> Answer:
    """What cannot be taken is asked for again where a reply in the chat was the form."""
    try:
        return await _take(
            house,
            submission,
            StoryId(action.subject),
            words=submission.values.get(WORDS, "").strip() or None,
            stance=_stance(submission.values.get(STANCE)),
        )
    except OpinionError as refused:
        if submission.scene.limits.has_forms:
            raise
        return Ask(form=opinion_form(action, refusal=str(refused)))


async def press_stance(house: House, press: Press, action: Action) -> Answer:
    """What carries the button shows the stance at once; the story's other cards follow soon."""
    given = await house.opinions.press_stance(
        press.scene.person, StoryId(action.subject), _STANCES[action.verb], once=press.scene.once
    )
    house.wake()
    beside_thanks = action.page == BESIDE_THANKS
    post = thanks(given.story, given.opinion) if beside_thanks else card(given.story)
    return Replace(post=post, toast=stance_noted(given.opinion.stance))


async def show_opinions(house: House, command: Command) -> Answer:
    asked = command.arguments.get("story", "")
    if not asked.strip():
        return Show(post=hint("On which story?", "Type /opinions and the story's number. /headlines has the latest."))
    return Show(post=await _opinions(house, await story_asked_for(house.storage, asked), page=0))


async def press_opinions(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _opinions(house, await story_numbered(house.storage, action.subject), page=0))


async def press_leaf(house: House, press: Press, action: Action) -> Answer:
    story = await story_numbered(house.storage, action.subject)
    return Replace(post=await _opinions(house, story, page=action.page))


async def _take(
    house: House, request: Command | Submission, story_id: StoryId, *, words: str | None, stance: Stance | None
) -> Answer:
    given = await house.opinions.give(request.scene.person, story_id, words=words, stance=stance)
    house.wake()
    return Show(post=thanks(given.story, given.opinion))


async def _opinions(house: House, story: Story, *, page: int) -> Post:
    pages = max(1, math.ceil(story.tally.words / OPINIONS_ON_PAGE))
    shown = min(page, pages - 1)
    async with house.storage.reading() as look:
        opinions = await look.opinions.with_words(story.id, limit=OPINIONS_ON_PAGE, offset=shown * OPINIONS_ON_PAGE)
    return opinion_list(story, tuple(opinions), page=shown, pages=pages)


def _stance(value: str | None) -> Stance | None:
    if not value:
        return None
    try:
        return Stance(value)
    except ValueError:
        raise OpinionError("That is none of the answers. Choose for, against or mixed.") from None
