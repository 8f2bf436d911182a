"""What commands and buttons answer, as a reader meets them one after another."""

import pytest

from bot.domain.subscription import FromTopic
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Ask, Command, Replace, Show
from bot.messages.post import Control, Post
from tests.builders import draft
from tests.newsroom import EVERYTHING, LIMITS, Newsroom, Place, labels, words_of


def post_of(answer: Answer) -> Post:
    assert isinstance(answer, Show | Replace)
    return answer.post


def button(answer: Answer, label: str) -> Action:
    """What the first button does whose label begins so."""
    controls: list[Control] = [control for row in post_of(answer).controls for control in row]
    action = next(control.action for control in controls if control.label.startswith(label))
    assert action
    return action


async def press(newsroom: Newsroom, answer: Answer, label: str) -> Answer:
    action = button(answer, label)
    return await newsroom.press(action.verb, action.subject, action.page)


async def test_headlines_are_the_newest_first_with_the_numbers_that_open_them(newsroom: Newsroom) -> None:
    answer = await newsroom.command("headlines")
    told = words_of(answer)
    assert told.index("3. Ferries return") < told.index("2. Beijing opens") < told.index("1. Tokyo votes")
    opened = await press(newsroom, answer, "Read 2")
    assert "Carpets from every province" in words_of(opened)


@pytest.mark.parametrize("wish", ["Japan", "япония", "JAPAN ", "tokyo", "the herald"])
async def test_headlines_are_had_by_topic_in_any_language_by_words_and_by_source(newsroom: Newsroom, wish: str) -> None:
    told = words_of(await newsroom.command("headlines", topic=wish))
    assert "Tokyo votes" in told
    assert ("Beijing" in told) == (wish == "the herald")


async def test_a_topic_that_is_spelled_nearly_right_is_offered_and_opens_in_place(newsroom: Newsroom) -> None:
    answer = await newsroom.command("headlines", topic="Jpan")
    assert "Did you mean" in words_of(answer)
    opened = await press(newsroom, answer, "Japan")
    assert isinstance(opened, Replace)
    assert "Tokyo votes" in words_of(opened)


async def test_an_empty_topic_is_not_offered_again_to_who_asked_for_it(newsroom: Newsroom) -> None:
    answer = await newsroom.command("headlines", topic="Peru")
    assert "Peru" not in labels(post_of(answer))


async def test_headlines_are_turned_page_by_page_to_the_last_and_back(newsroom: Newsroom) -> None:
    await newsroom.import_stories(*(draft(f"Ferry {number} is late") for number in range(9)), title="Wire")
    shown = await newsroom.command("headlines", topic="ferry")
    seen = [words_of(shown)]
    while "›" in labels(post_of(shown)):
        shown = await press(newsroom, shown, "›")
        assert isinstance(shown, Replace), "pages turn in place"
        seen.append(words_of(shown))
    assert len(seen) == 2
    assert all(any(f"Ferry {number} is late" in page for page in seen) for number in range(9))
    assert words_of(await press(newsroom, shown, "‹")) == seen[0]


async def test_a_page_of_headlines_beyond_the_last_says_there_are_none(newsroom: Newsroom) -> None:
    answer = await newsroom.press(Verb.HEADLINES, 0, 999_999)
    assert words_of(answer).strip()


async def test_a_digest_opens_as_a_list_that_is_turned_in_place(newsroom: Newsroom) -> None:
    numbers = await newsroom.import_stories(*(draft(f"Ferry {number} is late") for number in range(7)), title="Wire")
    await newsroom.follow(EVERYTHING)
    async with newsroom.database.writing() as work:
        source = await work.sources.at("page:wire")
        assert source
        assert await work.digests.promise(source.id, numbers, now=newsroom.clock.now()) == 1
        await work.commit()
    first = await newsroom.press(Verb.DIGEST, 1)
    assert isinstance(first, Show)
    assert "Ferry 4 is late" in words_of(first)
    assert "7 more stories from Wire" in words_of(first)
    second = await press(newsroom, first, "›")
    assert isinstance(second, Replace)
    assert "Ferry 6 is late" in words_of(second)
    assert "›" not in labels(post_of(second))
    assert "Ferry 5 is late" in words_of(await press(newsroom, second, "Read"))
    assert "no longer here" in words_of(await newsroom.press(Verb.DIGEST, 2))


async def test_a_story_is_found_by_number_with_or_without_sign_and_by_words(newsroom: Newsroom) -> None:
    for asked in ("2", " #2 ", "museum", "opens BEIJING"):
        assert post_of(await newsroom.command("story", story=asked)).title == "Beijing opens a museum"


async def test_a_long_story_is_turned_to_its_end_without_losing_a_paragraph(newsroom: Newsroom) -> None:
    shown = await newsroom.command("story", story="Tokyo")
    pages = [words_of(shown)]
    while "›" in labels(post_of(shown)):
        shown = await press(newsroom, shown, "›")
        pages.append(words_of(shown))
    assert len(pages) > 1
    assert sum(page.count(f"Paragraph {number} of the vote.") for page in pages for number in range(6)) == 240
    assert all(len(page) <= LIMITS.text for page in pages)


async def test_a_search_finds_stories_that_hold_all_words(newsroom: Newsroom) -> None:
    told = words_of(await newsroom.command("search", words="new harbour"))
    assert "Tokyo votes" in told
    assert "Ferries" not in told


async def test_following_is_confirmed_with_what_it_brought_and_what_to_do_next(newsroom: Newsroom) -> None:
    answer = await newsroom.command("subscribe", what="japan")
    assert "You follow Japan now" in words_of(answer)
    assert "1 story in the last week." in words_of(answer)
    assert "Tokyo votes" in words_of(await press(newsroom, answer, "Latest"))
    assert "You follow Japan already" in words_of(await newsroom.command("subscribe", what="Япония"))
    stopped = await press(newsroom, answer, "Stop")
    assert "Stopped: Japan" in words_of(stopped)
    assert await newsroom.followed() == []
    await press(newsroom, stopped, "Follow again")
    assert [target.label for target in await newsroom.followed() if isinstance(target, FromTopic)] == ["Japan"]


@pytest.mark.parametrize("wish", ["everything", "ALL", "все", "hamısı"])
async def test_everything_is_followed_and_stopped_by_name(newsroom: Newsroom, wish: str) -> None:
    await newsroom.command("subscribe", what=wish)
    assert await newsroom.followed() == [EVERYTHING]
    assert "Stopped: everything" in words_of(await newsroom.command("unsubscribe", what=wish))
    assert await newsroom.followed() == []


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ((), "Nothing is followed here any more, so no more stories arrive."),
        (("China", "tea with milk"), "Still followed here: China, “tea with milk”."),
        (("China", "everything"), "Everything is still followed here, so all stories arrive as before."),
    ],
)
async def test_whoever_stops_something_is_told_what_arrives_still(
    newsroom: Newsroom, others: tuple[str, ...], sentence: str
) -> None:
    for wish in ("Japan", *others):
        await newsroom.command("subscribe", what=wish)
    assert sentence in words_of(await newsroom.command("unsubscribe", what="Japan"))


async def test_own_words_near_a_topic_are_followed_and_the_topic_is_offered(newsroom: Newsroom) -> None:
    answer = await newsroom.command("subscribe", what="japn")
    assert "You follow “japn” now" in words_of(answer)
    assert "Did you mean the topic Japan?" in words_of(answer)
    assert "You follow Japan now" in words_of(await press(newsroom, answer, "Follow Japan"))


async def test_unsubscribe_without_a_word_lists_what_could_be_stopped(newsroom: Newsroom) -> None:
    await newsroom.command("subscribe", what="Japan")
    answer = await newsroom.command("unsubscribe")
    assert "• Japan" in words_of(answer)
    assert labels(post_of(answer)) == ["Stop Japan"]


async def test_an_empty_list_of_subscriptions_says_how_to_begin(newsroom: Newsroom) -> None:
    answer = await newsroom.command("subscriptions")
    assert "/subscribe" in words_of(answer)
    assert "Press one to follow it" in words_of(await press(newsroom, answer, "Topics"))


async def test_a_topic_is_followed_from_the_catalogue(newsroom: Newsroom) -> None:
    answer = await newsroom.command("topics")
    assert "You follow China now" in words_of(await press(newsroom, answer, "China"))


async def test_a_button_for_words_that_nobody_knows_any_more_says_where_fresh_ones_are(newsroom: Newsroom) -> None:
    assert "/topics" in words_of(await newsroom.press(Verb.SUBSCRIBE, 4_000))


async def test_following_wakes_a_paused_channel_and_the_sender(newsroom: Newsroom) -> None:
    await newsroom.command("subscribe", what="Japan")
    assert newsroom.woken


async def test_an_opinion_without_words_is_asked_for(newsroom: Newsroom) -> None:
    answer = await newsroom.command("opinion", story="2")
    assert isinstance(answer, Ask)
    assert answer.form.action == Action(verb=Verb.OPINE, subject=2)


async def test_an_opinion_is_shown_to_the_next_who_asks(newsroom: Newsroom) -> None:
    empty = await newsroom.command("opinions", story="1")
    assert "Leave the first comment" in words_of(empty)
    await newsroom.command("opinion", story="1", words="The harbour was too small.")
    told = words_of(await newsroom.command("opinions", story="1"))
    assert "“The harbour was too small.”" in told
    assert "Leave the first comment" not in told


async def test_opinions_are_turned_page_by_page(newsroom: Newsroom) -> None:
    for number in range(7):
        words = {"story": "1", "words": f"Voice {number}."}
        scene = newsroom.scene(Place(), who=str(number))
        await newsroom.desk.answer(Command(scene=scene, name="opinion", arguments=words))
    shown = await newsroom.command("opinions", story="1")
    seen = [words_of(shown)]
    while "›" in labels(post_of(shown)):
        shown = await press(newsroom, shown, "›")
        seen.append(words_of(shown))
    told = "".join(seen)
    assert all(told.count(f"Voice {number}.") == 1 for number in range(7))
    beyond = await newsroom.press(Verb.LEAF, 1, 99)
    assert words_of(beyond) == seen[-1], "beyond the last page is the last"


async def test_help_names_every_command_and_the_greeting_only_where_people_are_greeted(newsroom: Newsroom) -> None:
    told = words_of(await newsroom.command("help"))
    assert "/subscribe what" in told
    assert "/headlines [topic]" in told
    assert "/start" not in told
    assert words_of(await newsroom.press(Verb.HELP)) == told
