"""The page that the desk starts with comes out as its twelve stories."""

from pathlib import Path

import pytest

from adapters.feeds.plain_page import PlainPage, decode, read_plain_page

(SEED,) = Path("seeds/pages").glob("*.txt")
LINES = SEED.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def page() -> PlainPage:
    return read_plain_page(decode(SEED.read_bytes()))


def test_there_are_twelve_stories_with_their_paragraphs(page: PlainPage) -> None:
    assert [len(story.paragraphs) for story in page.stories] == [0, 22, *[1] * 10]


def test_the_cut_teaser_ends_after_a_whole_word_and_says_that_it_is_not_all(page: PlainPage) -> None:
    story = page.stories[0]
    assert story.title == "Severe rainfall triggers flooding in Krumovgrad, Bulgaria"
    assert story.has_own_title
    assert not story.is_complete
    assert story.teaser is not None
    assert story.teaser.endswith("pushing the Krumovitsa River close to overflowing…")


def test_the_long_story_keeps_every_paragraph_in_order_with_its_quotes(page: PlainPage) -> None:
    story = page.stories[1]
    assert story.paragraphs == tuple(LINES[2:24])
    assert story.is_complete
    assert not story.has_own_title


def test_the_leads_after_it_are_stories_of_their_own_kept_whole(page: PlainPage) -> None:
    assert [story.paragraphs for story in page.stories[2:]] == [(line,) for line in LINES[24:34]]
    assert all(story.is_complete and story.teaser is None for story in page.stories[2:])


def test_the_titles_are_first_clauses(page: PlainPage) -> None:
    assert page.stories[1].title.endswith("participation in any combat or peace enforcement mission")
    assert [story.title for story in page.stories[1:]] == [
        LINES[2][:118],
        "Germany’s foreign intelligence service secretly monitored the telephone communications",
        "Diplomatic tensions between Tokyo and Beijing escalated as Japan slams China's export ban on dual-use goods",
        "Open-source intelligence (OSINT) sources reported a significant movement of U.S. military aircraft",
        "Iran’s chief justice has warned protesters there will be “no leniency for those who help the enemy”",
        "Two people have been killed after a private helicopter crashed at a recreation centre in Russia’s Perm region",
        "The leader of Yemen’s southern separatists failed to travel to Riyadh for crisis talks on Wednesday",
        "Azerbaijan is set to deliver a new consignment of oil products to Armenia on 8 January",
        "Azerbaijan and Syria have reached an agreement to establish a joint business council aimed at enhancing trade",
        "The Azerbaijan National NGO Forum has sent an open letter to Russia’s ambassador to Azerbaijan",
        "Russia has said bad weather was the cause of the AZAL plane crash in Kazakhstan in December 2024",
    ]


def test_the_app_line_and_the_prompts_are_the_sources_and_in_no_story(page: PlainPage) -> None:
    assert page.footer == "You can download the AnewZ application from Play Store and the App Store."
    assert page.opinion_prompt == ("What is your opinion on this topic?", "Leave the first comment")
    assert page.dropped == ()
