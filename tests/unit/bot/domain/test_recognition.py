"""A document is judged as a whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.article import Article, ArticleId, Draft, StoryId
from bot.domain.identity import signs_of
from bot.domain.recognition import Document, Entry, came_out, newest_first
from bot.domain.source import Identity, Source, SourceId, SourceKind

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(
    id=SourceId(1),
    kind=SourceKind.FEED,
    address="https://p.example/feed",
    title="The Paper",
    added_at=NOW,
    next_read_at=NOW,
)


def articles(*drafts: Draft) -> dict[str, Article]:
    """What is known by which key when these were stored one after the other."""
    known: dict[str, Article] = {}
    for number, draft in enumerate(drafts, 1):
        article = Article(
            id=ArticleId(number), source_id=SOURCE.id, story_id=StoryId(number), draft=draft, first_seen_at=NOW
        )
        for key in signs_of(SOURCE, draft).keys:
            known.setdefault(key, article)
    return known


def recognised(known: dict[str, Article], *drafts: Draft, source: Source = SOURCE) -> list[Entry]:
    document = Document(source, drafts, now=NOW + HOUR)
    document.recognise({key: known[key] for key in document.keys if key in known})
    return document.entries()


def test_nothing_came_out_later_than_it_was_seen() -> None:
    assert came_out(Draft(title="A", published_at=NOW - HOUR), NOW) == NOW - HOUR
    assert came_out(Draft(title="A", published_at=NOW + HOUR), NOW) == NOW
    assert came_out(Draft(title="A"), NOW) == NOW


def test_dates_in_the_future_stand_in_the_order_of_their_places() -> None:
    soon = Draft(title="soon", published_at=NOW + HOUR)
    far = Draft(title="far", published_at=NOW + 9000 * HOUR)
    before = Draft(title="before", published_at=NOW - HOUR)
    assert newest_first([before, soon, far], NOW) == [soon, far, before]


def test_of_an_id_and_a_link_that_disagree_the_one_with_more_in_common_tells() -> None:
    first = Draft(title="Ferry back", guid="1", link="https://p.example/1", paragraphs=("At dawn.",))
    second = Draft(title="Bridge closed", guid="2", link="https://p.example/2", paragraphs=("Until May.",))
    mixed = replace(second, guid="1")
    [entry] = recognised(articles(first, second), mixed)
    assert entry.before is not None
    assert entry.before.draft == second


def test_equal_titles_of_several_days_without_id_and_link_are_several_stories() -> None:
    monday = Draft(title="Menu", published_at=NOW)
    tuesday = Draft(title="Menu", published_at=NOW + 24 * HOUR)
    entries = recognised(articles(monday), tuesday, monday)
    assert [entry.before is None for entry in entries] == [True, False]


def test_an_article_is_told_again_by_one_entry_at_most() -> None:
    before = Draft(title="Ferry back", guid="1", link="https://p.example/1", paragraphs=("At dawn.",))
    moved = replace(before, guid="2", title="Ferry back, all times")
    entries = recognised(articles(before), before, moved)
    assert [entry.before is None for entry in entries] == [False, True]


texts = st.sampled_from(["", "a", "b", "At dawn the ferries left and nobody was there to see it, not even the mayor."])
drafts = st.builds(
    Draft,
    title=st.sampled_from(["A", "B", "Ferry back", "Ferry back today"]),
    paragraphs=texts.map(lambda text: (text,) if text else ()),
    guid=st.sampled_from([None, "", "1", "2", "3", "https://p.example/1"]),
    link=st.sampled_from([None, "https://p.example/", *(f"https://p.example/{n}" for n in range(3))]),
    published_at=st.sampled_from([None, *(NOW + n * 300 * HOUR for n in range(-2, 2))]),
)


def stored(entries: list[Entry]) -> dict[str, Article]:
    """What is known by which key when the new ones of these are stored, oldest first."""
    known: dict[str, Article] = {}
    for number, entry in enumerate(reversed(entries), 1):
        article = Article(
            id=ArticleId(number), source_id=SOURCE.id, story_id=StoryId(number), draft=entry.draft, first_seen_at=NOW
        )
        for key in entry.keys:
            known.setdefault(key, article)
    return known


@given(st.lists(drafts, max_size=12), st.sampled_from(Identity))
def test_whatever_a_document_holds_the_same_document_again_is_known(told: list[Draft], identity: Identity) -> None:
    source = replace(SOURCE, identity=identity)
    first = recognised({}, *told, source=source)
    again = recognised(stored(first), *told, source=source)
    assert [entry.draft for entry in again if entry.before and entry.before.draft != entry.draft] == []
    assert len({entry.before.id for entry in again if entry.before}) == len(again) == len(first)


@given(st.lists(drafts, max_size=8), st.sampled_from(Identity), st.data())
def test_any_part_of_a_known_document_is_known(told: list[Draft], identity: Identity, data: st.DataObject) -> None:
    source = replace(SOURCE, identity=identity)
    first = recognised({}, *told, source=source)
    part = [entry.draft for entry in first if data.draw(st.booleans())]
    again = recognised(stored(first), *part, source=source)
    assert [entry.draft for entry in again if entry.before is None] == []
