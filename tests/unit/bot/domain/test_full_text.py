"""How a page completes a draft, and when it is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.article import Draft
from bot.domain.full_text import PageText, completed, is_more, next_try, wants_page
from bot.domain.source import SourceKind
from tests.builders import NOON, new_source

TEASER = Draft(title="Ferries return", teaser="The first one left.", link="https://a.example/1", is_complete=False)
PAGE = PageText(paragraphs=("The first one left.", "It was full."), image="https://a.example/1.jpg", caption="A ferry")


def test_only_a_beginning_with_a_link_from_a_feed_that_may_be_completed_wants_its_page() -> None:
    feed = new_source()
    assert wants_page(feed, TEASER)
    assert not wants_page(feed, replace(TEASER, is_complete=True))
    assert not wants_page(feed, replace(TEASER, link=None))
    assert not wants_page(replace(feed, fetches_full_text=False), TEASER)
    assert not wants_page(replace(feed, kind=SourceKind.PAGE), TEASER)


def test_a_page_gives_the_paragraphs_and_a_picture_where_there_is_none() -> None:
    told = completed(TEASER, PAGE)
    assert (told.paragraphs, told.image, told.is_complete) == (PAGE.paragraphs, PAGE.image, True)
    assert (told.title, told.teaser, told.link) == (TEASER.title, TEASER.teaser, TEASER.link)
    own = replace(TEASER, image="https://a.example/own.jpg")
    assert completed(own, PAGE).image == own.image


@pytest.mark.parametrize("teaser", ["The first one le…", "The first one..."])
def test_a_teaser_that_breaks_off_gives_way_to_the_text(teaser: str) -> None:
    assert completed(replace(TEASER, teaser=teaser), PAGE).teaser is None


def test_what_a_page_hides_stays_incomplete() -> None:
    assert not completed(TEASER, replace(PAGE, problem="paywall")).is_complete


def test_what_the_feed_gives_whole_is_left_as_it_is() -> None:
    whole = replace(TEASER, paragraphs=("All of it.",), is_complete=True)
    assert completed(whole, PAGE) is whole
    assert completed(TEASER, None) is TEASER


def test_a_page_that_says_no_more_than_the_feed_is_no_text() -> None:
    assert is_more(TEASER, PAGE)
    assert not is_more(TEASER, PageText(paragraphs=("The first one left.",)))
    assert not is_more(replace(TEASER, paragraphs=("All that the page says, and more. " * 3,)), PAGE)


@pytest.mark.parametrize("kind", ["unreachable", "timeout", "status"])
def test_what_may_pass_is_tried_three_times_in_all(kind: str) -> None:
    waits = [next_try(NOON, kind=kind, tries=tries) for tries in (1, 2, 3, 4)]
    assert waits == [NOON + timedelta(minutes=2), NOON + timedelta(minutes=30), None, None]


@pytest.mark.parametrize(
    "kind", ["robots", "refused", "gone", "paywall", "bot_check", "no_text", "not_a_page", "too_big"]
)
def test_what_stays_is_not_tried_again(kind: str) -> None:
    assert next_try(NOON, kind=kind, tries=1) is None


def test_a_server_that_asks_for_more_time_gets_it() -> None:
    assert next_try(NOON, kind="status", tries=1, at_least=timedelta(hours=3)) == NOON + timedelta(hours=3)
