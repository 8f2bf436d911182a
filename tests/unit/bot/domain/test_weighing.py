"""The wording of drafts is what anybody would work out from their words."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.article import Draft
from bot.domain.findable import findable
from bot.domain.full_text import PageText, completed
from bot.domain.language import language_of
from bot.domain.matching import Matcher
from bot.domain.sameness import traits_of
from bot.domain.weighing import weighed
from bot.domain.wording import Traits
from tests.builders import NOON
from tests.newsroom import small_catalogue

CATALOGUE = Matcher(small_catalogue())
TOLD = Draft(
    title="Tokyo closes its 3 bridges",
    paragraphs=("The bridges of Tokyo are to be closed until Monday.", "Ferries will go instead."),
    teaser="What the city said.",
    published_at=NOON,
    is_complete=False,
)


def test_a_draft_s_wording_says_what_its_words_say() -> None:
    [told] = weighed([TOLD], CATALOGUE)
    assert told == TOLD
    assert told.wording
    assert told.wording.language == language_of(TOLD) == "en"
    assert (told.wording.title, told.wording.words) == findable(TOLD)
    assert told.wording.traits == traits_of(TOLD)
    assert told.wording.matches == CATALOGUE.match(TOLD.title, TOLD.paragraphs)


def test_what_has_a_wording_is_not_read_again() -> None:
    [told] = weighed([TOLD], CATALOGUE)
    assert told.wording
    other = replace(
        told,
        wording=replace(told.wording, language="tr", words="bir", traits=Traits(terms=("iki",), beginning=frozenset())),
    )
    assert (language_of(other), findable(other).words, traits_of(other).terms) == ("tr", "bir", ("iki",))


def test_only_what_may_be_new_has_its_wording_worked_out() -> None:
    undated, old, new = (
        replace(TOLD, published_at=at) for at in (None, NOON - timedelta(hours=1), NOON + timedelta(seconds=1))
    )
    told = weighed([undated, old, new], CATALOGUE, news_since=NOON)
    assert [draft.wording is not None for draft in told] == [True, False, True]


def test_traits_are_left_for_later_where_the_article_is_two_days_older_than_the_newest() -> None:
    told = weighed([TOLD, replace(TOLD, published_at=NOON - timedelta(hours=49))], CATALOGUE)
    assert [draft.wording.traits is not None for draft in told if draft.wording] == [True, False]
    assert traits_of(told[1]) == traits_of(TOLD)


def test_what_an_immense_document_holds_beyond_its_share_is_left_for_later() -> None:
    long = replace(TOLD, paragraphs=("bridge " * 8_000,))
    told = weighed([long] * 40, CATALOGUE)
    assert [draft.wording is not None for draft in told] == [True] * 35 + [False] * 5


def test_a_draft_that_its_page_completed_has_no_wording_of_before() -> None:
    [told] = weighed([TOLD], CATALOGUE)
    assert completed(told, PageText(paragraphs=("The whole story.",))).wording is None
