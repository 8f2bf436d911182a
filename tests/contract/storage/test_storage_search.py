"""What the port promises about finding stories by words."""

import pytest
from sqlalchemy import insert

from storage import Database
from storage.tables import article_words, articles, stories
from tests import stored
from tests.builders import NOON, draft


async def _found(storage: Database, words: str, *, limit: int = 10, offset: int = 0) -> list[str]:
    async with storage.reading() as look:
        return [story.title for story in await look.stories.search(words, limit=limit, offset=offset)]


async def test_all_the_words_must_be_there_in_any_order(storage: Database) -> None:
    await stored.story(storage, "Harbour reopens", "The ferries left at dawn.")
    await stored.story(storage, "Airport reopens", "The planes left at noon.")

    assert await _found(storage, "ferries harbour") == ["Harbour reopens"]
    assert await _found(storage, "left reopens") == ["Airport reopens", "Harbour reopens"]
    assert await _found(storage, "harbour planes") == []


async def test_the_last_word_may_be_a_beginning_and_the_others_not(storage: Database) -> None:
    await stored.story(storage, "Harbour reopens", "The ferries left at dawn.")

    assert await _found(storage, "harbour fer") == ["Harbour reopens"]
    assert await _found(storage, "har ferries") == []


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("İlham ƏLİYEV Bakıda", "ilham eliyev baki"),
        ("Ilham Aliyev in BAKU", "bAKu İLHAM"),
        ("Café society in Orléans", "cafe orleans"),
        ("Cafe society in Orleans", "Café Orléans"),
        ("Ещё один ёж", "еще еж"),
        ("Türkiye'nin başkenti", "turkiye baskent"),
        ("東京で地震", "東京で地震"),
        ("U.S. Senate votes", "us senate"),
        ("Covid-19 returns", "covid 19"),
    ],
)
async def test_case_and_accents_make_no_difference(storage: Database, written: str, typed: str) -> None:
    await stored.story(storage, written)
    await stored.story(storage, "Something else")

    assert await _found(storage, typed) == [written]


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "?!", '"', "***", "🛳️", "-", "_", "\n\t", "()", "\ud800", "'"])
async def test_a_search_without_words_finds_nothing(storage: Database, typed: str) -> None:
    await stored.story(storage, "Harbour reopens")

    assert await _found(storage, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        '"harbour',
        "harbour*",
        "harbour AND reopens",
        "harbour & reopens",
        "harbour | reopens",
        "NOT harbour",
        "!harbour",
        "title:harbour",
        "words : harbour",
        "^harbour",
        "harbour NEAR(reopens, 2)",
        "harbour <-> reopens",
        "harbour:*",
        "'; DROP TABLE stories; --",
        "harbour\x00reopens",
        "harbour \\",
        "{harbour}",
        "harbour + reopens",
        "%harbour_",
        "🛳️harbour🛳️",
        "$1 :x ?",
        "'har''bour'",
        "harbour " * 2_000,
        " ".join(f"word{number}" for number in range(2_000)),
        "x" * 10_000,
    ],
)
async def test_nothing_that_is_typed_means_anything_to_the_database(storage: Database, typed: str) -> None:
    await stored.story(storage, "Harbour reopens")

    assert await _found(storage, typed) in ([], ["Harbour reopens"])
    assert await _found(storage, "harbour") == ["Harbour reopens"]


async def test_operators_are_words_like_any_other(storage: Database) -> None:
    await stored.story(storage, "To be or not to be")
    await stored.story(storage, "Near and far")

    assert await _found(storage, "be OR") == ["To be or not to be"]
    assert await _found(storage, "NOT to") == ["To be or not to be"]
    assert await _found(storage, "NEAR") == ["Near and far"]


async def test_words_in_the_title_come_before_words_in_the_text_and_newer_before_older(storage: Database) -> None:
    await stored.story(storage, "Old bridge opens", "A harbour town.")
    await stored.story(storage, "Harbour floods", "No bridge was hurt.")
    await stored.story(storage, "Harbour bridge closes", "Until May.")
    await stored.story(storage, "Nothing new", "Bridge and harbour are where they were.")
    await stored.story(storage, "Nothing newer", "Bridge and harbour are where they were.")

    assert await _found(storage, "harbour bridge") == [
        "Harbour bridge closes",
        "Harbour floods",
        "Old bridge opens",
        "Nothing newer",
        "Nothing new",
    ]
    assert await _found(storage, "harbour bridge", limit=2, offset=1) == ["Harbour floods", "Old bridge opens"]
    assert await _found(storage, "harbour bridge", limit=2, offset=5) == []


async def test_a_story_that_several_sources_tell_is_found_once(storage: Database) -> None:
    async with storage.writing() as work:
        story_id = await work.stories.open(now=NOON)
        await stored.told(work, story_id, draft("Harbour reopens"), by="https://a.example/")
        await stored.told(work, story_id, draft("Port open again after harbour storm"), by="https://b.example/")
        await work.commit()

    assert await _found(storage, "harbour") == ["Harbour reopens"]
    assert await _found(storage, "port") == ["Harbour reopens"]


async def test_teaser_and_paragraphs_are_searched_too(storage: Database) -> None:
    await stored.story(storage, "Harbour reopens", "One.", "Two.", "The mayor spoke of patience.")

    assert await _found(storage, "patience mayor") == ["Harbour reopens"]


async def test_only_the_newest_thousand_hits_are_ranked(storage: Database) -> None:
    oldest = await stored.story(storage, "Common word in the oldest title")
    async with storage.changing() as connection:
        source_id = (await connection.execute(articles.select().with_only_columns(articles.c.source_id))).scalar_one()
        numbers = range(oldest + 1, oldest + 1_101)
        await connection.execute(insert(stories), [{"id": n, "opened_at": NOON, "at": NOON} for n in numbers])
        told = {
            "source_id": source_id,
            "title": "T",
            "paragraphs": (),
            "shapes": (),
            "is_complete": True,
            "has_own_title": True,
        }
        told |= {"is_announced": True, "page_tries": 0, "former_titles": ()}
        await connection.execute(
            insert(articles), [{"id": n, "story_id": n, "first_seen_at": NOON, **told} for n in numbers]
        )
        await connection.execute(
            insert(article_words), [{"article_id": n, "title": "t", "words": "t common word"} for n in numbers]
        )
        await connection.commit()

    async with storage.reading() as look:
        found = await look.stories.search("common word", limit=2_000)
    assert [story.id for story in found] == list(range(oldest + 1_100, oldest + 100, -1))
