"""What the port promises about articles."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.article import Draft, NewArticle
from bot.domain.full_text import PageText
from storage import Database
from tests import stored
from tests.builders import NOON, draft, match, new_article

_FULL = Draft(
    title="“Quoted” заголовок, başlıq 🛳️",
    paragraphs=("One.", "", 'Two "quoted" \\ back\nslash', "Üç"),
    teaser="It began …",
    guid="urn:uuid:1",
    link="https://wire.example/1?a=b&c=d",
    author="A. Writer",
    image="https://wire.example/1.jpg",
    caption="The first ferry",
    published_at=NOON - timedelta(hours=1, microseconds=7),
    is_complete=False,
    has_own_title=False,
)


async def test_an_article_is_kept_as_it_was_told(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        added = await work.articles.add(
            NewArticle(source_id=source.id, story_id=story_id, draft=_FULL, keys=("g1",), first_seen_at=NOON)
        )
        await work.commit()

    async with storage.reading() as look:
        article = (await look.articles.known(["g1"]))["g1"]
        assert (article.draft, article.caption) == (_FULL, _FULL.caption)
        assert (article.id, article.source_id, article.story_id) == (added, source.id, story_id)
        assert (article.first_seen_at, article.changed_at) == (NOON, None)


async def test_an_article_is_known_by_each_of_its_keys_and_no_other(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        first = await work.articles.add(new_article(source.id, story_id, keys=("g1", "l1")))
        second = await work.articles.add(new_article(source.id, story_id, keys=("g2",)))

        known = await work.articles.known(["g1", "l1", "g2", "g3"])
        assert {key: article.id for key, article in known.items()} == {"g1": first, "l1": first, "g2": second}
        assert await work.articles.known([]) == {}


async def test_many_at_once_are_kept_as_one_by_one_and_numbered_in_their_order(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        there = await work.stories.open(now=NOON)
        many = [
            new_article(
                source.id,
                there if place == 20 else None,
                draft(f"Title {place}", f"word{place}"),
                keys=(f"k{place}", "shared"),
            )
            for place in range(40)
        ]
        filed = await work.articles.add_all(many)
        added, stories = [one.article_id for one in filed], [one.story_id for one in filed]
        assert added == sorted(added)
        assert stories[20] == there
        assert (len(set(stories)), stories[:20] + stories[21:]) == (40, sorted({*stories} - {there}))
        await work.stories.set_all_topics({story_id: [match(f"t{story_id}")] for story_id in stories})

        known = await work.articles.known(["shared", *(f"k{place}" for place in range(40))])
        assert [known[f"k{place}"].id for place in range(40)] == added
        assert [known[f"k{place}"].story_id for place in range(40)] == stories
        assert known["shared"].id == added[0]
        assert [story.id for story in await work.stories.search("word17", limit=9)] == [stories[17]]
        assert await work.stories.topics(stories[17]) == [match(f"t{stories[17]}")]
        assert [one.at for one in await work.stories.latest(limit=99)] == [NOON] * 40


async def test_none_at_once_are_none(storage: Database) -> None:
    async with storage.writing() as work:
        assert await work.articles.add_all([]) == []
        await work.stories.set_all_topics({})


async def test_a_key_stays_with_the_article_that_had_it_first(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        first = await work.articles.add(new_article(source.id, story_id, keys=("g1",)))
        await work.articles.add(new_article(source.id, story_id, keys=("g1", "l2")))

        assert (await work.articles.known(["g1"]))["g1"].id == first


async def test_thousands_of_keys_may_be_asked_for_at_once(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        await work.articles.add(new_article(source.id, story_id, keys=tuple(f"k{number}" for number in range(3_000))))

        assert len(await work.articles.known(f"k{number}" for number in range(40_000))) == 3_000


async def test_a_correction_replaces_the_words_and_keeps_the_identity(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        added = await work.articles.add(new_article(source.id, story_id, draft("Old harbour"), keys=("g1",)))
        later = NOON + timedelta(hours=2)
        await work.articles.correct(added, draft("New bridge", "Other words"), keys=("g1", "l1"), now=later)

        known = await work.articles.known(["g1", "l1"])
        assert known["g1"] == known["l1"]
        assert known["g1"].id == added
        assert known["g1"].draft == draft("New bridge", "Other words")
        assert (known["g1"].first_seen_at, known["g1"].changed_at) == (NOON, later)


async def test_a_corrected_article_is_found_by_its_new_words_and_no_more_by_the_old(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        added = await work.articles.add(new_article(source.id, story_id, draft("Old harbour", "ferries")))
        await work.articles.correct(added, draft("New bridge", "trains"), keys=(), now=NOON)

        for word, hits in {"harbour": 0, "ferries": 0, "bridge": 1, "trains": 1}.items():
            assert len(await work.stories.search(word, limit=5)) == hits, word


async def test_five_thousand_paragraphs_come_back_in_order(storage: Database) -> None:
    paragraphs = tuple(f"Paragraph {number} of a long text" for number in range(5_000))
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        await work.articles.add(new_article(source.id, story_id, Draft(title="Long", paragraphs=paragraphs)))
        story = await work.stories.find(story_id)
        assert story is not None
        assert story.lead.article.draft.paragraphs == paragraphs
        assert len(await work.stories.search("paragraph 4999", limit=1)) == 1


async def test_characters_that_no_database_can_hold_are_left_out(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        await work.articles.add(
            new_article(source.id, story_id, Draft(title="A\x00B \ud83d", paragraphs=("C\x00D", "E\udc00F")))
        )
        story = await work.stories.find(story_id)
        assert story is not None
        assert story.title == "AB "
        assert story.lead.article.draft.paragraphs == ("CD", "EF")


async def test_a_text_of_more_words_than_a_database_indexes_is_kept_whole_and_found_by_its_first(
    storage: Database,
) -> None:
    endless = "x" * 5_000
    paragraph = " ".join(["aardvark", endless, *(f"word{number}" for number in range(120_000)), "zebra"])
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        await work.articles.add(new_article(source.id, story_id, Draft(title="Long", paragraphs=(paragraph,))))
        await work.commit()

    async with storage.reading() as look:
        [story] = await look.stories.search("aardvark", limit=1)
        assert story.lead.article.draft.paragraphs == (paragraph,)
        assert len(await look.stories.search(endless, limit=1)) == 1
        assert await look.stories.search("zebra", limit=1) == []


async def test_an_article_is_known_by_what_it_learns_and_no_more_by_what_is_released(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        first = await work.articles.add(new_article(source.id, story_id, keys=("g1",)))
        second = await work.articles.add(new_article(source.id, story_id, keys=("g2",)))
        await work.articles.recognise(second, ("g1", "l2"))
        known = await work.articles.known(["g1", "g2", "l2"])
        assert {key: article.id for key, article in known.items()} == {"g1": first, "g2": second, "l2": second}

        await work.articles.release(("g1", "unheard of"))
        await work.articles.release(())
        assert set(await work.articles.known(["g1", "g2", "l2"])) == {"g2", "l2"}
        third = await work.articles.add(new_article(source.id, story_id, keys=("g1",)))
        assert (await work.articles.known(["g1"]))["g1"].id == third


async def test_an_article_learns_forty_keys_at_most(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        added = await work.articles.add(new_article(source.id, story_id, keys=("g",)))
        for number in range(30):
            await work.articles.recognise(added, (f"g{number}", f"l{number}"))
        known = await work.articles.known([f"{kind}{number}" for number in range(30) for kind in "gl"] + ["g"])
        assert len(known) == 40


async def test_former_titles_are_remembered_each_once_while_the_source_gives_titles(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        added = await work.articles.add(new_article(source.id, story_id, draft("A"), keys=("g",)))

        async def called(title: str, *, own: bool = True) -> tuple[str, ...]:
            told = replace(draft(title), has_own_title=own)
            return (await work.articles.correct(added, told, keys=(), now=NOON)).former_titles

        assert await called("B") == ("A",)
        assert await called("B") == ("A",)
        assert await called("C") == ("A", "B")
        assert await called("A") == ("B", "C")
        assert await called("Derived", own=False) == ("B", "C", "A")
        assert await called("Derived too", own=False) == ("B", "C", "A")
        for number in range(39):
            await called(f"T{number}")
        former = await called("T39")
        assert former == tuple(f"T{number}" for number in range(19, 39))
        assert (await work.articles.known(["g"]))["g"].former_titles == former


async def test_an_article_has_the_language_of_its_words_however_they_come(storage: Database) -> None:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        story_id = await work.stories.open(now=NOON)
        english = draft("Ferries return", "The ferries are back in the harbour, said the mayor of the town.")
        added = await work.articles.add(new_article(source.id, story_id, english, keys=("g",)))
        assert (await work.articles.known(["g"]))["g"].language == "en"

        short = Draft(title="Feribotlar", is_complete=False)
        corrected = await work.articles.correct(added, short, keys=(), now=NOON)
        assert corrected.language is None

        page = PageText(paragraphs=("Feribotlar için yeni bir iskele açıldı ve seferler daha sık olacak.",))
        completed = await work.articles.complete(added, page)
        found = await work.articles.find(added)
        assert found is not None
        assert (completed.language, found.language) == ("tr", "tr")
