"""Who tells a story, and how moderators part and join stories, as they meet it one answer after another."""

from dataclasses import replace

from bot.domain.article import StoryId
from bot.domain.channel import ChannelKind
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Replace, Show
from bot.messages.post import Post
from tests.builders import channel_ref
from tests.newsroom import ARTICLES, Newsroom, Place, labels, words_of

MODERATED = Place(ref=channel_ref("77"), kind=ChannelKind.GROUP, is_manager=True)
READER = Place(ref=channel_ref("77"), kind=ChannelKind.GROUP, is_manager=False)


def post_of(answer: Answer) -> Post:
    assert isinstance(answer, Show | Replace), words_of(answer)
    return answer.post


def action_of(answer: Answer, label: str) -> Action:
    """What the first button does whose label begins so."""
    controls = [control for row in post_of(answer).controls for control in row]
    return next(control.action for control in controls if control.action and control.label.startswith(label))


async def press(newsroom: Newsroom, answer: Answer, label: str, place: Place = MODERATED) -> Answer:
    action = action_of(answer, label)
    return await newsroom.press(action.verb, action.subject, action.page, place=place)


async def titles(newsroom: Newsroom) -> list[list[str]]:
    """What each story tells, the oldest story first."""
    async with newsroom.database.reading() as look:
        stories = sorted(await look.stories.latest(limit=9), key=lambda story: story.id)
    return [[told.article.draft.title for told in story.told] for story in stories]


async def read_of_two(newsroom: Newsroom) -> Answer:
    """What a reader of a story sees that two sources tell."""
    (number,) = await newsroom.import_stories(replace(ARTICLES[1], title="Carpets in Beijing"), title="Wire")
    await newsroom.editor.merge(StoryId(2), number)
    return await newsroom.press(Verb.READ, 2, place=READER)


async def test_a_reader_sees_who_tells_a_story_and_no_buttons_that_are_not_theirs(newsroom: Newsroom) -> None:
    listed = await press(newsroom, await read_of_two(newsroom), "Sources (2)", READER)
    assert "1. The Herald" in words_of(listed)
    assert "2. Wire" in words_of(listed)
    assert "Carpets in Beijing" in words_of(listed)
    assert labels(post_of(listed)) == []


async def test_a_story_of_one_source_has_no_button_for_its_sources(newsroom: Newsroom) -> None:
    assert not any("Sources" in label for label in labels(post_of(await newsroom.press(Verb.READ, 1))))
    listed = await newsroom.command("sources", READER, story="1")
    assert "1. The Herald" in words_of(listed)


async def test_a_moderator_splits_off_what_does_not_belong_and_takes_it_back(newsroom: Newsroom) -> None:
    await read_of_two(newsroom)
    before = await titles(newsroom)
    listed = await newsroom.command("sources", MODERATED, story="2")
    split = await press(newsroom, listed, "Split off 2. Wire")
    assert isinstance(split, Replace)
    assert "These are two stories now" in words_of(split)
    assert len(newsroom.woken) == 1, "posts follow"
    assert len(await titles(newsroom)) == len(before) + 1
    assert "is all that story" in words_of(await press(newsroom, listed, "Split off 2. Wire"))
    undone = await press(newsroom, split, "Undo")
    assert "This is one story now" in words_of(undone)
    assert await titles(newsroom) == before


async def test_a_moderator_joins_a_related_story_and_takes_it_back(newsroom: Newsroom) -> None:
    await newsroom.import_stories(replace(ARTICLES[1], title="Beijing opens its museum late", paragraphs=("Hm.",)))
    before = await titles(newsroom)
    listed = await newsroom.command("sources", MODERATED, story="2")
    assert "The same event as one of these?" in words_of(listed)
    joined = await press(newsroom, listed, "Join 4")
    assert "2. Beijing opens a museum" in words_of(joined)
    assert len(await titles(newsroom)) == len(before) - 1
    assert "same story already" in words_of(await press(newsroom, listed, "Join 4"))
    assert "These are two stories now" in words_of(await press(newsroom, joined, "Undo"))
    assert await titles(newsroom) == before
    assert "two stories already" in words_of(await press(newsroom, joined, "Undo"))


async def test_words_that_somebody_looked_for_are_no_pair_of_stories(newsroom: Newsroom) -> None:
    for words in ("museum", "1 2 3", "one two"):
        answer = await newsroom.press(Verb.JOIN, await newsroom.number(words), place=MODERATED)
        assert "no longer here" in words_of(answer)
