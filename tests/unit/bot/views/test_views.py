"""What readers see of stories, opinions and settings, before any platform draws it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.article import Article, ArticleId, Draft, StoryId
from bot.domain.digest import Digest, DigestId
from bot.domain.opinion import Opinion, Stance, Tally
from bot.domain.person import Person, PersonRef
from bot.domain.source import Source, SourceId, SourceKind
from bot.domain.story import Headline, Story, Told
from bot.messages.action import Action, Verb
from bot.messages.limits import Limits
from bot.messages.post import BlockKind, Post
from bot.messages.text import plain
from bot.views.digest import digest_post
from bot.views.full_story import full_story
from bot.views.headline import card
from bot.views.opinions import BESIDE_THANKS, opinion_list, thanks
from bot.views.tally import bar, in_words

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LIMITS = Limits(measure=len, text=1000, label=40, buttons_in_row=5, rows=5)


def source(number: int = 1, title: str = "Harbour Post", **facts: object) -> Source:
    told: dict[str, object] = {
        "id": SourceId(number),
        "kind": SourceKind.FEED,
        "address": f"https://example.org/{number}",
        "title": title,
        "added_at": NOW,
        "next_read_at": NOW,
    }
    return Source(**(told | facts))  # type: ignore[arg-type]  # a builder of tests


def told(draft: Draft, by: Source) -> Told:
    article = Article(id=ArticleId(by.id), source_id=by.id, story_id=StoryId(7), draft=draft, first_seen_at=NOW)
    return Told(article=article, source=by)


def story(draft: Draft, *others: Source, by: Source | None = None, **facts: object) -> Story:
    tellings = (told(draft, by or source()), *(told(draft, other) for other in others))
    return Story(id=StoryId(7), told=tellings, **facts)  # type: ignore[arg-type]  # a builder of tests


def opinion(words: str, platform: str = "telegram") -> Opinion:
    person = Person(ref=PersonRef(platform=platform, id="5"), name="Somebody")
    return Opinion(story_id=StoryId(7), person=person, stance=Stance.FOR, words=words, at=NOW)


def words_of(post: Post) -> str:
    return "\n".join(plain(block.text) for block in post.blocks)


def labels(post: Post) -> list[str]:
    return [control.label for row in post.controls for control in row]


def test_a_card_says_who_tells_it_when_and_who_else_reports_it() -> None:
    post = card(story(Draft(title="Ferries return", paragraphs=("One.", "Two.")), source(2, "Coast Radio")))
    assert plain(post.byline) == "Harbour Post · 5 Jan 2026, 09:30 UTC · 1 min read · also: Coast Radio"


def test_a_card_leads_to_the_story_its_opinions_and_both_stances() -> None:
    post = card(story(Draft(title="Ferries return"), tally=Tally(in_favour=12, against=5, words=8, voices=20)))
    assert labels(post) == ["Read", "Opinions (8)", "👍 12", "👎 5"]
    assert [control.action for row in post.controls for control in row] == [
        Action(verb=verb, subject=7) for verb in (Verb.READ, Verb.OPINIONS, Verb.FAVOUR, Verb.OPPOSE)
    ]


def test_a_title_made_from_the_lead_is_not_said_twice() -> None:
    lead = "The council closed the bridge on Monday, saying that two piers had cracked in the frost of May."
    post = card(story(Draft(title="The council closed the bridge on Monday", paragraphs=(lead,), has_own_title=False)))
    assert words_of(post) == "…saying that two piers had cracked in the frost of May."


def test_a_sentence_after_the_title_s_begins_as_a_sentence() -> None:
    lead = "The cause was bad weather. A leaked letter of the committee makes the claim."
    post = card(story(Draft(title="The cause was bad weather", paragraphs=(lead,), has_own_title=False)))
    assert words_of(post) == "A leaked letter of the committee makes the claim."


def test_what_a_picture_shows_is_said_where_there_is_a_picture() -> None:
    pictured = Draft(title="Ferries return", paragraphs=("One.",), image="https://example.org/1.jpg")
    for draft, said in ((pictured, "In the picture: A ferry at dawn"), (replace(pictured, image=None), "One.")):
        teller = told(draft, source())
        by = Told(article=replace(teller.article, caption="A ferry at dawn"), source=teller.source)
        post = full_story(Story(id=StoryId(7), told=(by,)), LIMITS)
        assert plain(post.blocks[0].text) == said
        assert post.image is None or post.image.alt == "A ferry at dawn"


def test_a_story_says_what_it_was_called_before_the_latest_names_last() -> None:
    teller = told(Draft(title="Ferries return", paragraphs=("One.",)), source())
    for former, said in (((), None), (("A",), "Earlier title: A"), (("A", "B", "C", "D"), "Earlier title: B; C; D")):
        by = Told(article=replace(teller.article, former_titles=former), source=teller.source)
        words = words_of(full_story(Story(id=StoryId(7), told=(by,)), LIMITS))
        assert said in words.split("\n") if said else "Earlier" not in words


def test_a_story_that_the_source_cut_says_so() -> None:
    draft = Draft(title="Floods", teaser="The river came close to overflowing …", is_complete=False)
    assert "The source shows only the beginning." in words_of(card(story(draft)))
    assert "The source shows only the beginning." in words_of(full_story(story(draft), LIMITS))


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (None, "The source shows only the beginning. Its page has the rest: press the title."),
        ("timeout", "The source shows only the beginning. Its page has the rest: press the title."),
        ("paywall", "the rest is for its subscribers. Press the title to read it there."),
        ("bot_check", "its site wants to see a person before it shows more. Press the title to read it there."),
        ("robots", "its site asks bots to leave the rest alone. Press the title to read it there."),
        ("gone", "The source shows only the beginning, and its page is no longer there."),
        ("cut", "of which only the beginning is kept. Press the title for the rest."),
    ],
)
def test_a_story_says_why_it_ends_where_it_does(problem: str | None, said: str) -> None:
    draft = Draft(title="Floods", teaser="The river …", is_complete=False, link="https://wire.example/1")
    teller = told(draft, source())
    by = Told(article=replace(teller.article, page_problem=problem), source=teller.source)
    ends = [plain(block.text) for block in full_story(Story(id=StoryId(7), told=(by,)), LIMITS).blocks]
    assert any(words.endswith(said) for words in ends), ends


def test_a_card_quotes_the_latest_words_and_names_no_reader() -> None:
    post = card(story(Draft(title="Ferries"), tally=Tally(words=1, voices=1), latest=(opinion("At last."),)))
    assert "“At last.” — a reader on Telegram" in words_of(post)
    assert "Somebody" not in words_of(post)


@given(st.lists(st.text("ab cd.", min_size=1, max_size=400).filter(str.strip), min_size=1, max_size=30))
def test_all_pages_together_hold_every_paragraph_in_order(paragraphs: list[str]) -> None:
    long_story = story(Draft(title="Long", paragraphs=tuple(paragraphs)))
    pages, seen = [], ""
    for page in range(1000):
        post = full_story(long_story, LIMITS, page=page)
        pages.append(post)
        seen += "".join(plain(block.text) for block in post.blocks if block.kind is BlockKind.BODY)
        if "›" not in labels(post):
            break
    assert seen == "".join(paragraphs)
    assert len(pages) == 1 or f"1 / {len(pages)}" in labels(pages[0])


def test_a_page_beyond_the_last_shows_the_last() -> None:
    long_story = story(Draft(title="Long", paragraphs=("x " * 450, "y " * 450)))
    assert full_story(long_story, LIMITS, page=99) == full_story(long_story, LIMITS, page=1)


def test_the_source_s_footer_and_question_close_the_story_and_stand_in_no_paragraph() -> None:
    by = source(footer="You can download the app.", opinion_prompt=("What is your opinion on this topic?",))
    post = full_story(story(Draft(title="Long", paragraphs=("One.",)), by=by), LIMITS)
    assert [(block.kind, plain(block.text)) for block in post.blocks] == [
        (BlockKind.BODY, "One."),
        (BlockKind.NOTE, "You can download the app."),
        (BlockKind.NOTE, "What is your opinion on this topic?"),
    ]


def test_the_last_page_alone_offers_related_stories_by_number_and_button() -> None:
    long_story = story(Draft(title="Long", paragraphs=("x " * 450, "y " * 450)))
    related = (Headline(id=StoryId(12), title="Floods in Greece"), Headline(id=StoryId(7), title="z" * 300))
    first, last = (full_story(long_story, LIMITS, page=page, related=related) for page in (0, 99))

    assert "Related:\n12. Floods in Greece\n7. zzz" in words_of(last)
    assert {"Read 12", "Read 7"} <= set(labels(last))
    assert "Related" not in words_of(first)
    assert "Read 12" not in labels(first)
    assert "Related" not in words_of(full_story(long_story, LIMITS, page=99))


@pytest.mark.parametrize(
    ("count", "title", "label"),
    [
        (1, "1 more story from Harbour Post while we were away", "Read it"),
        (12, "12 more stories from Harbour Post while we were away", "Read all 12"),
    ],
)
def test_a_digest_says_how_many_stories_it_has_and_shows_the_newest(count: int, title: str, label: str) -> None:
    newest = tuple(Headline(id=StoryId(n), title=f"Ship {n} " + "sails " * 40) for n in range(min(count, 10)))
    post = digest_post(Digest(id=DigestId(3), source="Harbour Post", count=count, headlines=newest))
    assert post.title == title
    assert labels(post) == [label]
    assert post.controls[0][0].action == Action(verb=Verb.DIGEST, subject=3)
    assert words_of(post).startswith("0. Ship 0 sails")
    assert ("… and 2 more." in words_of(post)) == (count == 12)
    assert len(words_of(post)) < 1500, "all ten fit into a message"


def test_an_empty_opinion_list_invites_in_the_source_s_own_words() -> None:
    by = source(opinion_prompt=("What is your opinion on this topic?", "Leave the first comment"))
    post = opinion_list(story(Draft(title="Long"), by=by), (), page=0, pages=1)
    assert words_of(post) == "Leave the first comment"
    assert "Give your opinion" in labels(post)


def test_a_stance_given_under_the_thanks_stays_with_the_thanks() -> None:
    post = thanks(story(Draft(title="Long")), replace(opinion("Good."), stance=None))
    stances = [control.action for control in post.controls[0] if control.action]
    assert [action.verb for action in stances] == [Verb.FAVOUR, Verb.OPPOSE, Verb.MIX]
    assert {action.page for action in stances} == {BESIDE_THANKS}


def test_opinions_are_listed_with_where_they_were_said() -> None:
    post = opinion_list(
        story(Draft(title="Long"), tally=Tally(in_favour=1, voices=1, words=1)), (opinion("Good."),), page=0, pages=1
    )
    assert "“Good.” — a reader on Telegram · 5 Jan 2026, 09:30 UTC" in words_of(post)
    assert "first comment" not in words_of(post)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_bar_has_ten_cells_and_hides_no_stance(in_favour: int, against: int, mixed: int) -> None:
    drawn = bar(Tally(in_favour=in_favour, against=against, mixed=mixed))
    if not in_favour + against + mixed:
        assert drawn == ""
        return
    assert len(drawn) == 10
    assert [sign in drawn for sign in "🟦🟧⬜"] == [bool(n) for n in (in_favour, against, mixed)]


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), ""),
        (Tally(words=1, voices=1), "1 opinion"),
        (Tally(in_favour=12, against=5, mixed=3, words=8, voices=20), "12 for · 5 against · 3 mixed · 8 opinions"),
    ],
)
def test_the_tally_in_words_leaves_out_what_nobody_said(tally: Tally, words: str) -> None:
    assert in_words(tally) == words
