"""An opinion is one person's, counts once, and lets every card say so."""

from datetime import timedelta

import pytest

from bot.domain.article import StoryId
from bot.domain.errors import OpinionError, UnknownStoryError
from bot.domain.opinion import Stance, Tally
from bot.services.give_opinion import OpinionBox
from storage import Database
from tests.builders import new_article, new_source, person
from tests.fakes.clocks import HeldClock


@pytest.fixture
async def story_id(database: Database, clock: HeldClock) -> StoryId:
    async with database.writing() as work:
        source = await work.sources.add(new_source(), now=clock.now())
        opened = await work.stories.open(now=clock.now())
        await work.articles.add(new_article(source.id, opened, keys=("k",)))
        await work.commit()
    return opened


@pytest.fixture
def box(database: Database, clock: HeldClock) -> OpinionBox:
    return OpinionBox(database, clock, refresh_delay=timedelta(seconds=10))


async def test_a_stance_counts_once_and_is_taken_back_by_pressing_again(box: OpinionBox, story_id: StoryId) -> None:
    first = await box.press_stance(person(), story_id, Stance.FOR, once="1")
    assert first.story.tally == Tally(in_favour=1, voices=1)
    back = await box.press_stance(person(), story_id, Stance.FOR, once="2")
    assert back.story.tally == Tally()


async def test_the_same_press_told_twice_counts_once(box: OpinionBox, story_id: StoryId) -> None:
    told = [await box.press_stance(person(), story_id, Stance.FOR, once="1") for _ in range(2)]
    assert [given.story.tally.in_favour for given in told] == [1, 1]


async def test_one_may_change_sides_and_has_one_voice(box: OpinionBox, story_id: StoryId) -> None:
    await box.press_stance(person(), story_id, Stance.FOR, once="1")
    given = await box.press_stance(person(), story_id, Stance.AGAINST, once="2")
    assert given.story.tally == Tally(against=1, voices=1)


async def test_people_of_both_platforms_share_one_tally(box: OpinionBox, story_id: StoryId) -> None:
    await box.give(person(platform="discord"), story_id, words="Good.", stance=Stance.FOR)
    given = await box.give(person(platform="telegram"), story_id, words="Bad.", stance=Stance.AGAINST)
    assert given.story.tally == Tally(in_favour=1, against=1, voices=2, words=2)
    assert [opinion.words for opinion in given.story.latest] == ["Bad.", "Good."]


async def test_words_given_later_keep_the_stance(box: OpinionBox, story_id: StoryId) -> None:
    await box.press_stance(person(), story_id, Stance.FOR, once="1")
    given = await box.give(person(), story_id, words="Because.", stance=None)
    assert (given.opinion.stance, given.opinion.words) == (Stance.FOR, "Because.")


async def test_nothing_is_no_opinion(box: OpinionBox, story_id: StoryId) -> None:
    with pytest.raises(OpinionError, match="nothing in it"):
        await box.give(person(), story_id, words=None, stance=None)


async def test_too_many_words_leave_nothing_behind(box: OpinionBox, story_id: StoryId, database: Database) -> None:
    with pytest.raises(OpinionError, match="Nothing was saved"):
        await box.give(person(), story_id, words="x" * 5000, stance=Stance.FOR)
    async with database.reading() as look:
        assert await look.opinions.tally(story_id) == Tally()


async def test_a_story_that_is_not_there_takes_none(box: OpinionBox) -> None:
    with pytest.raises(UnknownStoryError):
        await box.give(person(), StoryId(99), words="Hello.", stance=None)
