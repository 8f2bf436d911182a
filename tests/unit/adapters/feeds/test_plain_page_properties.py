"""What holds for any page whatever."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.page_furniture import furniture
from adapters.feeds.page_titles import LONGEST_TITLE, derived_title, is_cut
from adapters.feeds.plain_page import PlainPageError, PlainStory, decode, read_plain_page

WORDS = "the Mayor of Riga said “we will” he Aliyev, Baku. U.S. ferry (new) и Токаев «да» Bakıda 5.4 … — why? Oslo’s"
words = st.sampled_from(WORDS.split())
line = st.lists(words, min_size=1, max_size=40).map(" ".join)
page = st.lists(st.one_of(line, st.just(""), st.just("Share"), st.text(max_size=200)), max_size=30).map("\n".join)


def lines_of(story: PlainStory) -> list[str]:
    own = [story.title] if story.has_own_title else []
    return [*own, *([story.teaser] if story.teaser else []), *story.paragraphs]


@given(page)
def test_only_errors_of_the_family_leave(text: str) -> None:
    with suppress(PlainPageError):
        assert read_plain_page(decode(text.encode())).stories


@given(st.lists(line, min_size=1, max_size=30), st.sampled_from(["\n", "\n\n"]))
def test_every_line_of_a_story_is_in_exactly_one_in_order(lines: list[str], between: str) -> None:
    kept = [text for text in lines if furniture(text) is None and not is_cut(text)]
    if not kept:
        return
    stories = read_plain_page(between.join(kept)).stories
    assert [text for story in stories for text in lines_of(story)] == kept


@given(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_a_derived_title_is_never_empty_nor_too_long(lead: str) -> None:
    assert 1 <= len(derived_title(lead)) <= LONGEST_TITLE


@given(line)
def test_a_derived_title_is_made_of_whole_words_of_the_lead(lead: str) -> None:
    title = derived_title(lead)
    marks = ' ,;:.”»“"—–…-'
    assert [word.strip(marks) for word in title.split()] == [word.strip(marks) for word in lead.split()][
        : len(title.split())
    ]
    assert not title.endswith(",")


@given(page)
def test_titles_of_stories_keep_their_measure(text: str) -> None:
    try:
        stories = read_plain_page(text).stories
    except PlainPageError:
        return
    assert all(1 <= len(story.title) <= LONGEST_TITLE for story in stories)
    assert all(story.paragraphs or story.teaser for story in stories)
