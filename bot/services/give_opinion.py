"""Take what a person thinks of a story, and let every card of the story say so."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.article import StoryId
from bot.domain.errors import OpinionError, UnknownStoryError
from bot.domain.opinion import Opinion, Stance, clean_words
from bot.domain.opinion_links import OpinionLinks
from bot.domain.person import Person
from bot.domain.story import Story
from bot.ports.clock import Clock
from bot.ports.storage import Storage, UnitOfWork
from bot.services.collisions import again_after_collision


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The opinion as it stands now and the story with its new tally."""

    opinion: Opinion
    story: Story


class OpinionBox:
    """Where opinions go in. ``refresh_delay`` is how long wishes to edit a story's cards are gathered; ``links`` says
    which links are taken, without it every one is.
    """

    def __init__(
        self, storage: Storage, clock: Clock, *, refresh_delay: timedelta, links: OpinionLinks | None = None
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._refresh_delay = refresh_delay
        self._links = links

    @again_after_collision
    async def press_stance(self, person: Person, story_id: StoryId, stance: Stance, *, once: str) -> Given:
        """Take the stance, or take it back where the person has it already. The same request told twice counts once.

        Raises UnknownStoryError.
        """
        async with self._storage.writing() as work:
            before = await self._before(work, person, story_id)
            after = before
            if await work.requests.is_first(person.ref.platform, once, now=self._clock.now()):
                after = replace(
                    before, stance=None if before.stance is stance else stance, at=self._clock.now(), person=person
                )
                await self._save(work, after)
            given = Given(opinion=after, story=await self._story(work, story_id))
            await work.commit()
        return given

    @again_after_collision
    async def give(self, person: Person, story_id: StoryId, *, words: str | None, stance: Stance | None) -> Given:
        """Store words, a stance, or both; what is left out stays as it was. The same again changes nothing.

        Raises OpinionError where there is neither or the words cannot be taken, UnknownStoryError.
        """
        if words is None and stance is None:
            raise OpinionError("There was nothing in it. Choose where you stand, write what you think, or both.")
        cleaned = None if words is None else clean_words(words)
        if cleaned and self._links:
            self._links.check(cleaned)
        async with self._storage.writing() as work:
            before = await self._before(work, person, story_id)
            after = replace(
                before,
                stance=stance or before.stance,
                words=cleaned or before.words,
                person=person,
                at=self._clock.now(),
            )
            if (after.stance, after.words) != (before.stance, before.words):
                await self._save(work, after)
            given = Given(opinion=after, story=await self._story(work, story_id))
            await work.commit()
        return given

    async def _before(self, work: UnitOfWork, person: Person, story_id: StoryId) -> Opinion:
        story = await self._story(work, story_id)  # one that was merged goes by another number
        held = await work.opinions.of_person(story.id, person.ref)
        return held or Opinion(story_id=story.id, person=person, stance=None, words=None, at=self._clock.now())

    async def _save(self, work: UnitOfWork, opinion: Opinion) -> None:
        await work.opinions.save(opinion)
        await work.deliveries.refresh(opinion.story_id, due=self._clock.now() + self._refresh_delay)

    @staticmethod
    async def _story(work: UnitOfWork, story_id: StoryId) -> Story:
        story = await work.stories.find(story_id)
        if story is None:
            raise UnknownStoryError("This story is no longer here. Type /headlines for the latest ones.")
        return story
