"""One event told by two sources is recognised, and two events never pass for one."""

import itertools
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.feeds.plain_page import read_plain_page
from bot.domain.article import Draft
from bot.domain.sameness import Sameness, gist, sameness

HERE = Path(__file__).parents[3]
FILES = sorted((HERE / "data" / "same_event").glob("*.toml"))
RECALL = 0.4
"""What the rules find at least of all pairs that tell of one event: of those that they were made with two in three, of
the second that were held out one in six. A miss only repeats the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One source's text about an event."""

    file: str
    group: str
    event: str
    number: int
    draft: Draft

    @property
    def name(self) -> str:
        return f"{self.event} {self.number}"

    def is_of_the_event_of(self, other: "Telling") -> bool:
        return (self.file, self.group, self.event) == (other.file, other.group, other.event)


def _tellings(file: Path) -> Iterator[Telling]:
    for event in tomllib.loads(file.read_text(encoding="utf-8"))["event"]:
        first = event["told"][0]
        for number, told in enumerate(event["told"]):
            title, text = told.get("title", first["title"]), told.get("text", first["text"])
            for old, new in told.get("edits", ()):
                assert old in title or old in text, f"{event['name']}: nothing to edit: {old}"
                title, text = title.replace(old, new), text.replace(old, new)
            yield Telling(
                file=file.stem,
                group=event["group"],
                event=event["name"],
                number=number,
                draft=Draft(title=title, paragraphs=(text,)),
            )


TELLINGS = [telling for file in FILES for telling in _tellings(file)]
PAIRS = list(itertools.combinations(TELLINGS, 2))
SAME = [(one, other) for one, other in PAIRS if one.is_of_the_event_of(other)]
EASILY_CONFUSED = [
    (one, other)
    for one, other in PAIRS
    if (one.file, one.group) == (other.file, other.group) and not one.is_of_the_event_of(other)
]


def _names(pairs: Sequence[tuple[Telling, Telling]]) -> list[str]:
    return [f"{one.file}: {one.name} | {other.name}" for one, other in pairs]


def _is_recognised(one: Draft, other: Draft) -> bool:
    return sameness(gist(one), gist(other)) is not Sameness.NOTHING


@pytest.mark.parametrize(("one", "other"), EASILY_CONFUSED, ids=_names(EASILY_CONFUSED))
def test_events_that_are_easily_confused_are_two(one: Telling, other: Telling) -> None:
    assert not _is_recognised(one.draft, other.draft)


def test_no_two_events_of_all_pass_for_one() -> None:
    gists = {id(telling): gist(telling.draft) for telling in TELLINGS}
    merged = [
        f"{one.name} | {other.name}"
        for one, other in PAIRS
        if not one.is_of_the_event_of(other) and sameness(gists[id(one)], gists[id(other)]) is not Sameness.NOTHING
    ]
    assert merged == []


def test_many_events_are_recognised_in_other_words_and_every_copy_with_edits() -> None:
    found = [(one, other) for one, other in SAME if _is_recognised(one.draft, other.draft)]
    assert len(found) >= RECALL * len(SAME)
    copies = [pair for pair in SAME if sameness(gist(pair[0].draft), gist(pair[1].draft)) is Sameness.TEXT]
    assert len(copies) >= 7


def test_there_are_pairs_enough_to_believe_it() -> None:
    assert len(SAME) >= 50
    assert len(EASILY_CONFUSED) >= 100


@pytest.mark.parametrize(("one", "other"), SAME, ids=_names(SAME))
def test_the_order_does_not_matter_and_a_text_is_always_its_own_copy(one: Telling, other: Telling) -> None:
    first, second = gist(one.draft), gist(other.draft)
    assert sameness(first, second) is sameness(second, first)
    assert len(first.shingles) < 15 or sameness(first, first) is Sameness.TEXT


@pytest.mark.parametrize("page", sorted((HERE.parent / "seeds" / "pages").glob("*.txt")), ids=lambda page: page.stem)
def test_no_two_stories_of_a_real_page_pass_for_one(page: Path) -> None:
    stories = read_plain_page(page.read_text(encoding="utf-8")).stories
    gists = [gist(Draft(title=told.title, teaser=told.teaser, paragraphs=told.paragraphs)) for told in stories]
    merged = [
        (stories[one].title, stories[other].title)
        for one, other in itertools.combinations(range(len(stories)), 2)
        if sameness(gists[one], gists[other]) is not Sameness.NOTHING
    ]
    assert len(stories) > 1
    assert merged == []


OPENING = (
    "The Lumen Bridge in Karsava was closed to lorries on Monday after engineers found cracks in 14 of its 60 cables. "
    "Mayor Ilze Ozola said that repairs will cost 9 million euros and last until August."
)


def test_background_that_two_texts_share_makes_them_no_copies() -> None:
    background = "The bridge was built in 1974 by the engineer Valdis Rozitis and carries 12,000 cars a day. " * 8
    closed = Draft(title="Lumen Bridge in Karsava closed to lorries", paragraphs=(OPENING, background))
    film = Draft(
        title="Film about the builder of Karsava's Lumen Bridge wins prize",
        paragraphs=("A film by Anna Viduleja about Valdis Rozitis won the prize of the jury in Riga.", background),
    )
    assert not _is_recognised(closed, film)


def test_a_teaser_that_begins_as_the_whole_text_does_is_a_copy() -> None:
    title = "Lumen Bridge in Karsava closed to lorries"
    whole = Draft(title=title, paragraphs=(OPENING, "Buses go on. " * 40))
    assert sameness(gist(Draft(title=title, teaser=OPENING)), gist(whole)) is Sameness.TEXT


@pytest.mark.parametrize(
    "nothing",
    [
        Draft(title="…"),
        Draft(title="Breaking"),
        Draft(title="12"),
        Draft(title="速報", paragraphs=("地震です。" * 50,)),
    ],
    ids=lambda draft: draft.title,
)
def test_texts_with_next_to_nothing_in_them_are_the_same_as_none(nothing: Draft) -> None:
    assert all(not _is_recognised(nothing, telling.draft) for telling in TELLINGS)
    assert not _is_recognised(nothing, Draft(title="Breaking news", paragraphs=("More soon.",)))


def test_a_text_of_any_length_costs_the_same() -> None:
    short, long = (Draft(title="Lumen Bridge closed", paragraphs=(OPENING * times,)) for times in (5, 5_000))
    assert gist(long).opening == gist(short).opening
