"""Stories are found by topic, source or words, a page at a time, newest first."""

import pytest

from bot.domain.errors import SearchError
from bot.services.find_stories import latest, search
from tests.builders import draft
from tests.newsroom import Newsroom


@pytest.fixture
async def stocked(newsroom: Newsroom) -> Newsroom:
    await newsroom.import_stories(*(draft(f"Harbour news {number}") for number in range(4)), title="Wire")
    return newsroom


async def titles(newsroom: Newsroom, wish: str, *, size: int = 20, page: int = 0) -> list[str]:
    found = await latest(newsroom.database, newsroom.topics, wish, size=size, page=page)
    return [story.title for story in found.stories]


async def test_without_a_wish_it_is_everything_newest_first(stocked: Newsroom) -> None:
    assert await titles(stocked, " ", size=2) == ["Harbour news 3", "Harbour news 2"]


async def test_a_source_s_name_brings_its_stories_alone(stocked: Newsroom) -> None:
    assert await titles(stocked, "wire") == [f"Harbour news {number}" for number in (3, 2, 1, 0)]


async def test_a_topic_s_name_brings_stories_that_speak_of_it_whatever_their_words(stocked: Newsroom) -> None:
    assert await titles(stocked, "China") == ["Beijing opens a museum"]


async def test_any_words_bring_stories_that_hold_them(stocked: Newsroom) -> None:
    assert await titles(stocked, "vellmar ferries") == ["Ferries return to Vellmar"]
    assert await titles(stocked, "zebra") == []


@pytest.mark.parametrize("wish", ["", "wire", "harbour news"])
async def test_the_last_page_says_that_it_is(stocked: Newsroom, wish: str) -> None:
    all_of_them = 7 if not wish else 4
    pages = [await latest(stocked.database, stocked.topics, wish, size=2, page=page) for page in range(5)]
    ids = [story.id for found in pages for story in found.stories]
    assert len(ids) == len(set(ids)) == all_of_them
    assert [found.is_last for found in pages] == [(page + 1) * 2 >= all_of_them for page in range(5)]


async def test_a_search_is_paged_too_and_named_by_its_words(stocked: Newsroom) -> None:
    first = await search(stocked.database, "  harbour   news ", size=3, page=0)
    second = await search(stocked.database, "harbour news", size=3, page=1)
    assert first.name == "“harbour news”"
    assert (first.is_last, second.is_last) == (False, True)
    assert len({story.id for story in (*first.stories, *second.stories)}) == 4


@pytest.mark.parametrize("words", ["", "  ", "?!", "\n", "“”"])
async def test_a_search_for_no_word_says_what_to_type(stocked: Newsroom, words: str) -> None:
    with pytest.raises(SearchError, match="/search and one or more words"):
        await search(stocked.database, words, size=3, page=0)
