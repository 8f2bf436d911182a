"""The one story that somebody asked for is found by number or words, or the sentence says what to try."""

import pytest

from bot.domain.errors import UnknownStoryError
from bot.services.read_story import story_asked_for, story_numbered
from tests.newsroom import Newsroom


@pytest.mark.parametrize("asked", ["2", "#2", " 2 ", "museum", "Beijing museum", "carpets from every prov"])
async def test_a_story_is_found_by_number_by_title_and_by_what_it_tells(newsroom: Newsroom, asked: str) -> None:
    assert (await story_asked_for(newsroom.database, asked)).title == "Beijing opens a museum"


async def test_a_number_that_no_story_has_is_named(newsroom: Newsroom) -> None:
    with pytest.raises(UnknownStoryError, match="There is no story 99"):
        await story_numbered(newsroom.database, 99)
    with pytest.raises(UnknownStoryError, match="There is no story 999999999999999999"):
        await story_asked_for(newsroom.database, "9" * 18)


@pytest.mark.parametrize("asked", ["zebra", "9" * 400, '"', "*", "\x00"])
async def test_what_matches_nothing_is_said_back_in_short(newsroom: Newsroom, asked: str) -> None:
    with pytest.raises(UnknownStoryError, match="I found no story about") as caught:
        await story_asked_for(newsroom.database, asked)
    assert len(str(caught.value)) < 200
