"""What the port promises about opinions."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.opinion import Stance, Tally
from storage import Database
from tests import stored
from tests.builders import NOON, opinion, person


async def test_a_person_has_one_opinion_of_a_story_and_may_change_it(storage: Database) -> None:
    story_id, other = await stored.story(storage), await stored.story(storage, "Other")
    who = person("7", "Aytac")
    async with storage.writing() as work:
        await work.opinions.save(opinion(story_id, who, stance=Stance.FOR, words="Əla! 👏\nYes."))
        changed = opinion(
            story_id, person("7", "Aytac M."), stance=Stance.AGAINST, words=None, at=NOON + timedelta(hours=1)
        )
        await work.opinions.save(changed)

        assert await work.opinions.of_person(story_id, who.ref) == changed
        assert await work.opinions.of_person(other, who.ref) is None
        assert await work.opinions.tally(story_id) == Tally(against=1, voices=1)


async def test_an_opinion_without_stance_and_words_is_withdrawn(storage: Database) -> None:
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        said = opinion(story_id, stance=Stance.MIXED, words="Hm.")
        await work.opinions.save(said)
        await work.opinions.save(replace(said, stance=None, words=None))
        await work.opinions.save(replace(said, stance=None, words=None))

        assert await work.opinions.of_person(story_id, said.person.ref) is None
        assert await work.opinions.tally(story_id) == Tally()


async def test_the_same_number_on_two_platforms_is_two_people(storage: Database) -> None:
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        await work.opinions.save(opinion(story_id, person("7", platform="telegram"), stance=Stance.FOR))
        await work.opinions.save(opinion(story_id, person("7", platform="discord"), stance=Stance.AGAINST))

        assert await work.opinions.tally(story_id) == Tally(in_favour=1, against=1, voices=2)


async def test_the_tally_counts_each_stance_all_voices_and_those_who_wrote(storage: Database) -> None:
    story_id = await stored.story(storage)
    said = [(Stance.FOR, None), (Stance.FOR, "Yes"), (Stance.AGAINST, "No"), (Stance.MIXED, None), (None, "Well")]
    async with storage.writing() as work:
        for number, (stance, words) in enumerate(said):
            await work.opinions.save(opinion(story_id, person(str(number)), stance=stance, words=words))

        assert await work.opinions.tally(story_id) == Tally(in_favour=2, against=1, mixed=1, voices=5, words=3)


async def test_opinions_with_words_come_newest_first_and_page_by_page(storage: Database) -> None:
    story_id = await stored.story(storage)
    async with storage.writing() as work:
        for number in range(6):
            words = None if number == 3 else f"words {number}"
            at = NOON + timedelta(minutes=number)
            await work.opinions.save(opinion(story_id, person(str(number)), words=words, at=at))
        revised = opinion(story_id, person("0"), words="words 0 again", at=NOON + timedelta(hours=1))
        await work.opinions.save(revised)

        listed = await work.opinions.with_words(story_id, limit=9)
        assert [said.words for said in listed] == ["words 0 again", "words 5", "words 4", "words 2", "words 1"]
        assert listed[0] == revised
        page = await work.opinions.with_words(story_id, limit=2, offset=1)
        assert [said.words for said in page] == ["words 5", "words 4"]
        assert await work.opinions.with_words(story_id, limit=2, offset=5) == []
