"""What the port promises about stories that several sources tell, that are merged and that are split."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.article import ArticleId, StoryId
from bot.domain.channel import ChannelId, ChannelKind
from bot.domain.delivery import DeliveryKind, Sent
from bot.domain.opinion import Stance
from bot.domain.sameness import Likeness
from bot.domain.subscription import Everything, FromSource
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, draft, match, new_channel, opinion, person, receipt

A, B, C = "https://a.example/", "https://b.example/", "https://c.example/"
WORDS = ("krumovgrad", "floods", "rescued", "bulgaria")


async def like(
    storage: Database,
    words: Sequence[str] = WORDS,
    *,
    at_least: int = 2,
    not_by: str = C,
    since: datetime = NOON - timedelta(hours=48),
    limit: int = 9,
) -> list[str]:
    """The titles of what is like that."""
    async with storage.writing() as work:
        source = await stored.source_at(work, not_by)
        wanted = Likeness(words=tuple(words), at_least=at_least, since=since)
        [found] = await work.stories.like_these([wanted], not_by=source.id, limit=limit)
    return [article.draft.title for article in found]


async def test_articles_are_found_by_enough_of_the_words_wherever_they_stand(storage: Database) -> None:
    await stored.story(storage, "Floods in Krumovgrad", by=A)
    await stored.story(storage, "River rises", "Many were rescued in Krumovgrad, Bulgaria.", by=B)
    await stored.story(storage, "Bulgaria votes", by=A)
    await stored.story(storage, "Krumovgradski floods", by=A)

    assert await like(storage) == ["River rises", "Floods in Krumovgrad"]
    assert await like(storage, at_least=3) == ["River rises"]
    assert await like(storage, at_least=5) == []
    assert await like(storage, limit=1) == ["River rises"]


async def test_several_are_looked_for_at_once_each_with_its_own_bounds(storage: Database) -> None:
    await stored.story(storage, "Floods in Krumovgrad", by=A)
    await stored.story(storage, "Bridge in Krumovgrad closed", by=B, at=NOON - timedelta(hours=3))

    def wanted(*words: str, hours: int = 48) -> Likeness:
        return Likeness(words=words, at_least=2, since=NOON - timedelta(hours=hours))

    async with storage.writing() as work:
        source = await stored.source_at(work, C)
        found = await work.stories.like_these(
            [
                wanted("krumovgrad", "bridge"),
                wanted("krumovgrad", "bridge", hours=2),
                wanted("ferries", "fog"),
                wanted("krumovgrad", "floods", hours=2),
            ],
            not_by=source.id,
            limit=9,
        )
        none = await work.stories.like_these([], not_by=source.id, limit=9)

    titles = [[article.draft.title for article in articles] for articles in found]
    assert titles == [["Bridge in Krumovgrad closed"], [], [], ["Floods in Krumovgrad"]]
    assert none == []


async def test_a_word_that_a_hundred_newer_articles_have_tells_nothing(storage: Database) -> None:
    await stored.story(storage, "Floods in Bulgaria", by=A)
    await stored.story(storage, "Floods and many rescued", by=A)
    async with storage.writing() as work:
        for number in range(100):
            story_id = await work.stories.open(now=NOON)
            await stored.told(work, story_id, draft(f"Bulgaria {number}"), by=A)
        await work.commit()

    assert await like(storage) == ["Floods and many rescued"]


async def test_what_the_source_tells_itself_is_not_like_it(storage: Database) -> None:
    shared = await stored.story(storage, "Floods in Krumovgrad", by=A)
    async with storage.writing() as work:
        await stored.told(work, shared, draft("Krumovgrad under water"), by=B)
        await work.commit()

    assert await like(storage, not_by=A) == []
    assert await like(storage, not_by=B) == []
    assert await like(storage, not_by=C) == ["Floods in Krumovgrad"]


async def test_stories_that_began_earlier_are_not_looked_at(storage: Database) -> None:
    await stored.story(storage, "Floods in Krumovgrad", by=A, at=NOON - timedelta(hours=49))
    await stored.story(storage, "Krumovgrad floods again", by=A, at=NOON - timedelta(hours=48))

    assert await like(storage) == ["Krumovgrad floods again"]


async def test_more_words_than_a_search_takes_are_cut_and_none_find_nothing(storage: Database) -> None:
    await stored.story(storage, "Floods in Krumovgrad", by=A)

    assert await like(storage, (*WORDS, *(f"word{number}" for number in range(40)))) == ["Floods in Krumovgrad"]
    assert await like(storage, ()) == []


@pytest.mark.parametrize("words", [("'", '"'), ("floods OR", "krumovgrad*"), ("a & b", "!c"), ("\x00", "%_")])
async def test_no_word_is_taken_for_the_language_of_the_database(storage: Database, words: tuple[str, ...]) -> None:
    await stored.story(storage, "Floods in Krumovgrad", by=A)

    assert await like(storage, words) in ([], ["Floods in Krumovgrad"])


async def test_related_stories_share_telling_words_of_the_title(storage: Database) -> None:
    this = await stored.story(storage, "Floods in Krumovgrad after storm", by=A)
    near = await stored.story(storage, "Storm and floods in Greece", by=A)
    nearest = await stored.story(storage, "Bridge falls", "The floods in Krumovgrad took it.", by=B)
    await stored.story(storage, "Krumovgrad elects a mayor", by=B)
    await stored.story(storage, "Ferries after fog", by=B)

    async with storage.reading() as look:
        story = await look.stories.find(this)
        assert story is not None
        assert {found.id for found in await look.stories.related(story, limit=3)} == {near, nearest}
        assert len(await look.stories.related(story, limit=1)) == 1


async def test_the_first_complete_telling_leads(storage: Database) -> None:
    async with storage.writing() as work:
        story_id = await work.stories.open(now=NOON)
        beginning = replace(draft("Only the beginning", published_at=NOON - timedelta(hours=1)), is_complete=False)
        await stored.told(work, story_id, beginning, by=A)
        await stored.told(work, story_id, draft("All of it"), by=B)
        await stored.told(work, story_id, draft("All of it again"), by=C)

        story = await work.stories.find(story_id)
        assert story is not None
        assert story.title == "All of it"
        assert story.at == NOON - timedelta(hours=1)
        assert [listed.at for listed in await work.stories.latest(limit=1)] == [story.at]


async def merged(storage: Database, kept: StoryId, gone: StoryId) -> None:
    async with storage.writing() as work:
        await work.stories.merge(kept, gone)
        await work.commit()


async def split(storage: Database, article_id: ArticleId) -> StoryId:
    async with storage.writing() as work:
        own = await work.stories.split(article_id, now=NOON)
        await work.commit()
    return own


async def titles(storage: Database, story_id: StoryId) -> list[str]:
    async with storage.reading() as look:
        story = await look.stories.find(story_id)
    return [told.article.draft.title for told in story.told] if story else []


async def article_of(storage: Database, story_id: StoryId, place: int = -1) -> ArticleId:
    async with storage.reading() as look:
        story = await look.stories.find(story_id)
    assert story is not None
    return story.told[place].article.id


async def test_a_merged_story_answers_by_both_numbers_and_is_listed_once(storage: Database) -> None:
    kept = await stored.story(storage, "Floods", by=A, at=NOON + timedelta(hours=1), topics=["bulgaria"])
    gone = await stored.story(storage, "Deluge", by=B, topics=["floods"])
    await merged(storage, kept, gone)

    assert await titles(storage, kept) == await titles(storage, gone) == ["Floods", "Deluge"]
    async with storage.reading() as look:
        assert [story.id for story in await look.stories.latest(limit=9)] == [kept]
        assert [story.id for story in await look.stories.search("deluge", limit=9)] == [kept]
        assert await look.stories.count() == 1
        assert await look.stories.topics(gone) == []


async def test_stories_merged_one_after_the_other_answer_by_every_number(storage: Database) -> None:
    first, second, third = [
        await stored.story(storage, title, by=by) for title, by in zip("123", (A, B, C), strict=True)
    ]
    await merged(storage, second, third)
    await merged(storage, first, second)

    assert [await titles(storage, number) for number in (first, second, third)] == [["1", "2", "3"]] * 3


async def test_of_a_persons_two_opinions_the_later_one_stays(storage: Database) -> None:
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    later = NOON + timedelta(minutes=1)
    async with storage.writing() as work:
        await work.opinions.save(opinion(kept, person("early"), words="early kept"))
        await work.opinions.save(opinion(gone, person("early"), stance=Stance.AGAINST, words="late gone", at=later))
        await work.opinions.save(opinion(kept, person("late"), words="late kept", at=later))
        await work.opinions.save(opinion(gone, person("late"), words="early gone"))
        await work.opinions.save(opinion(kept, person("twin"), words="twin kept"))
        await work.opinions.save(opinion(gone, person("twin"), words="twin gone"))
        await work.opinions.save(opinion(gone, person("other"), words="other gone"))
        await work.commit()
    await merged(storage, kept, gone)

    async with storage.reading() as look:
        said = await look.opinions.with_words(kept, limit=9)
        assert {one.words for one in said} == {"late gone", "late kept", "twin kept", "other gone"}
        assert (await look.opinions.tally(kept)).voices == 4
        assert (await look.opinions.tally(gone)).voices == 0


async def shown(storage: Database, story_id: StoryId, *, in_the_end: str = "1") -> None:
    """The story's headlines that are promised are sent."""
    claims = await stored.claimed(storage)
    assert {claim.story_id for claim in claims} == {story_id}
    await stored.settled(storage, *((claim, Sent(receipt=receipt(in_the_end))) for claim in claims))


async def test_a_channel_that_has_one_of_two_merged_stories_never_gets_the_other(storage: Database) -> None:
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    async with storage.writing() as work:
        source = await stored.source_at(work, B)
        await stored.channel_in(work, "b", FromSource(source_id=source.id, label="B"))
        await work.commit()
    assert await stored.promised(storage, gone) == 1
    await shown(storage, gone)
    await stored.channel(storage, "all", Everything())
    await merged(storage, kept, gone)

    assert await stored.promised(storage, kept) == 1
    claims = await stored.claimed(storage)
    assert [claim.channel.id for claim in claims] == ["all"]
    async with storage.writing() as work:
        channel_id: ChannelId = (await stored.channel_in(work, "b")).id
        assert await work.deliveries.promise_to(channel_id, [kept], now=NOON) == 0


@pytest.mark.parametrize("is_shown_first", ["kept", "gone"])
async def test_what_waits_where_the_other_story_is_shown_is_not_sent_any_more(
    storage: Database, is_shown_first: str
) -> None:
    await stored.channel(storage, "all", Everything())
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    first, second = (kept, gone) if is_shown_first == "kept" else (gone, kept)
    await stored.promised(storage, first)
    await shown(storage, first)
    await stored.promised(storage, second)
    await merged(storage, kept, gone)

    assert await stored.claimed(storage) == []
    assert await stored.promised(storage, kept) == 0


async def test_where_both_wait_one_is_sent(storage: Database) -> None:
    await stored.channel(storage, "all", Everything())
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    for story_id in (kept, gone):
        await stored.promised(storage, story_id)
    await merged(storage, kept, gone)

    claims = await stored.claimed(storage)
    await stored.settled(storage, *((claim, Sent(receipt=receipt())) for claim in claims))
    assert len(claims) == 1
    assert await stored.claimed(storage) == []


async def test_the_cards_of_both_stories_are_brought_up_to_date_together(storage: Database) -> None:
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    await stored.channel(storage, "all", Everything())
    for number, story_id in enumerate((kept, gone)):
        await stored.promised(storage, story_id)
        await shown(storage, story_id, in_the_end=str(number))
    await merged(storage, kept, gone)

    assert await stored.refreshed(storage, kept) == 2
    found = []
    while claims := await stored.claimed(storage):
        found += [(claim.kind, claim.receipt.message_ids) for claim in claims if claim.receipt]
        await stored.settled(storage, *((claim, Sent(receipt=claim.receipt)) for claim in claims))
    assert sorted(found) == [(DeliveryKind.REFRESH, ("0",)), (DeliveryKind.REFRESH, ("1",))]


async def test_splitting_what_was_merged_gives_the_number_and_its_cards_back(storage: Database) -> None:
    kept, gone = [await stored.story(storage, title, by=by) for title, by in (("Floods", A), ("Deluge", B))]
    await stored.channel(storage, "all", Everything())
    await stored.promised(storage, gone)
    await shown(storage, gone)
    async with storage.writing() as work:
        await work.opinions.save(opinion(gone, words="too wet"))
        await work.commit()
    await merged(storage, kept, gone)

    assert await split(storage, await article_of(storage, kept)) == gone
    assert (await titles(storage, kept), await titles(storage, gone)) == (["Floods"], ["Deluge"])
    assert (await stored.refreshed(storage, kept), await stored.refreshed(storage, gone)) == (0, 1)
    assert await stored.promised(storage, gone) == 0
    async with storage.reading() as look:
        assert (await look.opinions.tally(kept)).words == 1
        assert {story.id for story in await look.stories.latest(limit=9)} == {kept, gone}


async def test_splitting_what_was_joined_opens_a_story(storage: Database) -> None:
    story_id = await stored.story(storage, "Floods", by=A)
    async with storage.writing() as work:
        late = draft("Deluge", published_at=NOON - timedelta(hours=3))
        article_id = await stored.told(work, story_id, late, by=B)
        await work.stories.set_topics(story_id, [match()])
        await work.commit()

    own = await split(storage, article_id)
    assert (await titles(storage, story_id), await titles(storage, own)) == (["Floods"], ["Deluge"])
    async with storage.reading() as look:
        assert [(story.id, story.at) for story in await look.stories.latest(limit=9)] == [
            (story_id, NOON),
            (own, NOON - timedelta(hours=3)),
        ]


async def test_splitting_the_first_article_leaves_the_story_to_the_second(storage: Database) -> None:
    story_id = await stored.story(storage, "Floods", by=A)
    async with storage.writing() as work:
        await stored.told(work, story_id, draft("Deluge", published_at=NOON - timedelta(hours=3)), by=B)
        await work.commit()
    own = await split(storage, await article_of(storage, story_id, 0))

    assert (await titles(storage, story_id), await titles(storage, own)) == (["Deluge"], ["Floods"])
    async with storage.reading() as look:
        assert [story.id for story in await look.stories.latest(limit=9)] == [own, story_id]


async def test_a_merge_of_a_story_with_several_articles_is_undone_as_a_whole(storage: Database) -> None:
    kept, gone = await stored.story(storage, "Kept", by=A), await stored.story(storage, "Gone", by=B)
    async with storage.writing() as work:
        await stored.told(work, gone, draft("Gone too"), by=C)
        await work.stories.merge(kept, gone)
        assert not await work.stories.part(gone, kept), "they were merged the other way"
        assert await work.stories.part(kept, gone)
        assert not await work.stories.part(kept, gone), "it is undone already"
        stories = await work.stories.latest(limit=9)
        await work.commit()
    told = {story.id: [told.article.draft.title for told in story.told] for story in stories}
    assert told == {kept: ["Kept"], gone: ["Gone", "Gone too"]}


async def test_it_is_known_which_shared_places_of_a_platform_show_a_story(storage: Database) -> None:
    kept, gone, other = [await stored.story(storage, title, by=by) for title, by in (("1", A), ("2", B), ("3", C))]
    async with storage.writing() as work:
        alone = await work.channels.meet(new_channel("1", kind=ChannelKind.PRIVATE), now=NOON)
        await work.subscriptions.add(alone.id, Everything(), now=NOON)
        for place, platform in (("2", "discord"), ("3", "discord"), ("4", "telegram")):
            await stored.channel_in(work, place, Everything(), platform=platform)
        await work.commit()
    await stored.promised(storage, gone)
    claims = await stored.claimed(storage)
    await stored.settled(storage, *((claim, Sent(receipt=receipt())) for claim in claims if claim.channel.id != "3"))
    async with storage.writing() as work:
        await work.stories.merge(kept, gone)
        assert await work.channels.showing(kept, platform="discord", limit=9) == [channel_ref("2")]
        assert await work.channels.showing(gone, platform="telegram", limit=0) == []
        assert await work.channels.showing(other, platform="discord", limit=9) == []
