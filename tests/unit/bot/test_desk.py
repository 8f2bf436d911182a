"""Whatever is asked, the desk answers, and what cannot be done changes nothing."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from bot.commands.routes import COMMAND_HANDLERS, PRESS_HANDLERS, SUBMISSION_HANDLERS
from bot.commands.table import COMMANDS
from bot.domain.article import Draft, StoryId
from bot.domain.channel import ChannelKind
from bot.domain.opinion import Tally
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import Answer, Ask, Command, Press, Replace, Show, Submission, Suggestions, Toast
from bot.messages.form import Form
from bot.messages.post import Tone
from bot.views import notices
from tests.builders import channel_ref, draft
from tests.newsroom import ARGUMENTS, EVERYTHING, ODD_TEXTS, Newsroom, Place, words_of


@pytest.fixture(scope="module")
def codec() -> ActionCodec:
    return ActionCodec(b"our key")


async def test_every_command_of_the_menu_has_a_handler_and_no_handler_is_hidden() -> None:
    assert set(COMMAND_HANDLERS) == {command.name for command in COMMANDS}


def test_every_verb_is_answered_by_a_handler() -> None:
    assert set(PRESS_HANDLERS) == set(Verb)


def test_every_form_that_opens_is_taken_back(newsroom: Newsroom) -> None:
    opens_a_form = {verb for verb in Verb if newsroom.desk.form_for(Action(verb=verb, subject=1))}
    assert opens_a_form == set(SUBMISSION_HANDLERS)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
async def test_every_command_gets_what_it_asks_for(newsroom: Newsroom, name: str) -> None:
    await newsroom.command("subscribe", what="Japan")
    answer = await newsroom.command(name, **ARGUMENTS.get(name, {}))
    assert isinstance(answer, Show)
    assert answer.post.tone is not Tone.TROUBLE
    assert not newsroom.events.troubles


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
async def test_a_command_without_its_arguments_is_told_how_it_is_used(newsroom: Newsroom, name: str) -> None:
    answer = await newsroom.command(name)
    assert isinstance(answer, Show)
    assert words_of(answer).strip()
    assert not newsroom.events.troubles


@pytest.mark.parametrize("verb", Verb)
async def test_every_button_gets_what_it_promises(newsroom: Newsroom, verb: Verb) -> None:
    moderated = Place(ref=channel_ref("77"), kind=ChannelKind.GROUP, is_manager=True)
    edits = verb in {Verb.SPLIT, Verb.JOIN, Verb.PART}
    answer = await newsroom.press(verb, await _subject(newsroom, verb), place=moderated if edits else None)
    decides = {Verb.SUBSCRIBE, Verb.RESEND, Verb.LEAVE, Verb.CATCH_UP, Verb.FROM_NOW, Verb.TRY_AGAIN, Verb.NOTED}
    assert isinstance(answer, Toast if verb in decides else Show | Replace | Ask)
    assert not isinstance(answer, Show) or answer.post.tone is not Tone.TROUBLE
    assert not newsroom.events.troubles


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize(("subject", "page"), [(10**18 - 1, 999_999), (0, 0)])
async def test_a_button_that_points_nowhere_gets_a_word_and_breaks_nothing(
    newsroom: Newsroom, verb: Verb, subject: int, page: int
) -> None:
    answer = await newsroom.press(verb, subject, page)
    assert words_of(answer).strip()
    assert not newsroom.events.troubles


@pytest.mark.parametrize(
    ("command", "option"), [(command.name, option.name) for command in COMMANDS for option in command.options]
)
async def test_nothing_that_can_be_typed_is_trouble(newsroom: Newsroom, command: str, option: str) -> None:
    for typed in ODD_TEXTS:
        answer = await newsroom.command(command, **{**ARGUMENTS[command], option: typed})
        assert words_of(answer).strip(), typed
        assert not newsroom.events.troubles, typed


@pytest.mark.parametrize(
    ("command", "option"),
    [(command.name, option.name) for command in COMMANDS for option in command.options if option.has_suggestions],
)
async def test_every_option_that_says_so_has_suggestions_within_the_platforms_limits(
    newsroom: Newsroom, command: str, option: str
) -> None:
    await newsroom.command("subscribe", what="Japan")
    await newsroom.import_stories(*(_long_titled(number) for number in range(30)), title="Herald " * 30)
    assert (await newsroom.suggest(command, option, "")).items, "something is offered before a letter is typed"
    for typed in ("", "j", "Jap", "her", "a", *ODD_TEXTS):
        offered = await newsroom.suggest(command, option, typed)
        assert len(offered.items) <= 25
        assert all(0 < len(item.value) <= 100 and 0 < len(item.label) <= 100 for item in offered.items)
        assert not newsroom.events.troubles, typed


async def test_suggestions_lead_to_what_they_name(newsroom: Newsroom) -> None:
    await newsroom.command("subscribe", what="tea with milk")
    assert [item.value for item in (await newsroom.suggest("subscribe", "what", "jap")).items] == ["Japan"]
    assert (await newsroom.suggest("subscribe", "what", "every")).items[0].value == "everything"
    assert "The Herald" in [item.value for item in (await newsroom.suggest("headlines", "topic", "her")).items]
    assert [item.value for item in (await newsroom.suggest("unsubscribe", "what", "tea")).items] == ["tea with milk"]
    (story,) = (await newsroom.suggest("story", "story", "museum")).items
    assert story.value == "2"
    assert story.label == "2. Beijing opens a museum"


async def test_an_option_without_suggestions_gets_none(newsroom: Newsroom) -> None:
    assert (await newsroom.suggest("search", "words", "mus")).items == ()
    assert (await newsroom.suggest("dance", "step", "left")).items == ()


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("dance", {}, "There is no command /dance. Type /help to see what I can do."),
        ("x" * 5000, {}, "There is no command /" + "x" * 32 + "."),
        ("story", {"story": "999"}, "There is no story 999. Type /headlines"),
        ("story", {"story": "-1"}, "There is no story -1. Type /headlines"),
        ("story", {"story": "zebra crossing"}, "I found no story about “zebra crossing”."),
        ("opinions", {"story": "999"}, "There is no story 999."),
        ("opinion", {"story": "999", "words": "Yes."}, "There is no story 999."),
        ("opinion", {"story": "1", "words": "x" * 5000}, "That is 5,000 characters; an opinion may have 1,000."),
        ("opinion", {"story": "1", "words": "\u200b"}, "There are no words in it."),
        ("search", {"words": ""}, "Tell me what to look for"),
        ("search", {"words": "?!"}, "Tell me what to look for"),
        ("search", {"words": "zebra"}, "No stories"),
        ("subscribe", {"what": ""}, "Follow what?"),
        ("subscribe", {"what": "x" * 61}, "That is 61 characters long. A topic of your own may have 60."),
        ("subscribe", {"what": "one two three four five six"}, "Those are 6 words."),
        ("unsubscribe", {"what": "Japan"}, "That is not followed here"),
    ],
)
async def test_what_cannot_be_done_is_told_in_a_sentence_and_leaves_the_database_as_it_was(
    newsroom: Newsroom, name: str, arguments: dict[str, str], sentence: str
) -> None:
    await newsroom.command("subscriptions")  # so that the channel is known
    before = newsroom.stored()
    answer = await newsroom.command(name, **arguments)
    assert sentence in words_of(answer)
    assert newsroom.stored() == before
    assert not newsroom.events.troubles
    assert not newsroom.woken


@pytest.mark.parametrize(
    ("unreadable", "sentence"),
    [
        (Unreadable(is_other_version=True), "from another version"),
        (Unreadable(is_other_version=False), "does nothing"),
    ],
)
async def test_a_button_or_form_that_cannot_be_read_gets_a_kind_word_and_changes_nothing(
    newsroom: Newsroom, unreadable: Unreadable, sentence: str
) -> None:
    before = newsroom.stored()
    pressed = await newsroom.press(unreadable)
    assert isinstance(pressed, Toast)
    assert sentence in pressed.text
    submitted = await newsroom.submit(unreadable, words="Yes.")
    assert isinstance(submitted, Show)
    assert sentence in words_of(submitted)
    assert newsroom.stored() == before


async def test_a_thousand_forged_tokens_never_become_an_action(codec: ActionCodec) -> None:
    ours = [codec.encode(Action(verb=verb, subject=41)) for verb in Verb]
    strangers = [ActionCodec(b"their key").encode(Action(verb=verb, subject=41)) for verb in Verb]
    mutated = [
        token[:place] + other + token[place + 1 :]
        for token in ours
        for place in range(len(token))
        for other in "0A-_"
        if token[place] != other
    ]
    assert len(mutated) >= 1000
    for token in (*strangers, *mutated, *(token + "A" for token in ours), *(token[:-1] for token in ours), "", "🎈"):
        assert isinstance(codec.decode(token), Unreadable), token


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "There was nothing in it."),
        ({"stance": "maybe"}, "Choose for, against or mixed."),
        ({"stance": "maybe", "words": "Good."}, "Choose for, against or mixed."),
        ({"stance": "for", "words": "x" * 5000}, "Nothing was saved."),
        ({"words": "\u202e\u200b"}, "There are no words in it."),
        ({"colour": "blue"}, "There was nothing in it."),
    ],
)
async def test_a_form_that_cannot_be_taken_is_told_so_and_nothing_of_it_is_kept(
    newsroom: Newsroom, values: dict[str, str], sentence: str
) -> None:
    before = newsroom.stored()
    answer = await newsroom.submit(Action(verb=Verb.OPINE, subject=1), **values)
    assert sentence in words_of(answer)
    assert newsroom.stored() == before
    assert not newsroom.events.troubles


async def test_a_stance_with_blanks_for_words_is_a_stance(newsroom: Newsroom) -> None:
    answer = await newsroom.submit(Action(verb=Verb.OPINE, subject=1), stance="for", words="  \n ")
    assert "You are for" in words_of(answer)


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in SUBMISSION_HANDLERS])
async def test_a_form_for_something_else_does_nothing(newsroom: Newsroom, verb: Verb) -> None:
    before = newsroom.stored()
    answer = await newsroom.submit(Action(verb=verb, subject=1), words="Yes.", stance="for")
    assert "does nothing" in words_of(answer)
    assert newsroom.stored() == before


async def test_a_form_for_a_story_that_is_gone_is_told_so(newsroom: Newsroom) -> None:
    answer = await newsroom.submit(Action(verb=Verb.OPINE, subject=999), words="Yes.")
    assert "This story is no longer here." in words_of(answer)


async def test_an_opinion_is_stored_with_the_wish_to_show_it_and_the_sender_is_woken(newsroom: Newsroom) -> None:
    answer = await newsroom.submit(Action(verb=Verb.OPINE, subject=1), words="So it is.", stance="mixed")
    assert "“So it is.”" in words_of(answer)
    async with newsroom.database.reading() as look:
        assert await look.opinions.tally(StoryId(1)) == Tally(mixed=1, voices=1, words=1)
    assert newsroom.woken


async def test_a_press_told_twice_counts_once(newsroom: Newsroom) -> None:
    press = Press(scene=newsroom.scene(Place()), action=Action(verb=Verb.FAVOUR, subject=1))
    await newsroom.desk.answer(press)
    again = await newsroom.desk.answer(press)
    assert "1 for" in words_of(again)


async def test_the_form_for_an_opinion_is_known_without_waiting(newsroom: Newsroom) -> None:
    action = Action(verb=Verb.OPINE, subject=1)
    form = newsroom.desk.form_for(action)
    assert isinstance(form, Form)
    assert form.action == action


async def test_an_opinion_asked_for_in_the_chat_says_on_which_story(newsroom: Newsroom) -> None:
    form = newsroom.desk.form_for(Action(verb=Verb.OPINE, subject=1))
    assert isinstance(form, Form)
    asked = replace(form, prompt=f"{form.prompt}\n\nTokyo votes on a new harbour")
    assert await newsroom.press(Verb.OPINE, 1) == Ask(form=asked)
    assert await newsroom.command("opinion", story="1") == Ask(form=asked)


async def test_a_reply_that_cannot_be_taken_is_asked_for_again(newsroom: Newsroom) -> None:
    action = Action(verb=Verb.OPINE, subject=1)
    scene = newsroom.scene(Place())
    scene = replace(scene, limits=replace(scene.limits, has_forms=False))
    answer = await newsroom.desk.answer(Submission(scene=scene, action=action, values={"words": "x" * 4000}))
    assert isinstance(answer, Ask)
    assert answer.form.action == action
    assert answer.form.prompt.startswith("That is 4,000 characters; an opinion may have 1,000. Nothing was saved.")
    assert answer.form.prompt.endswith("Write it as a reply to this message.")


class _BrokenStorage:
    """A database that is gone."""

    def reading(self) -> object:
        raise ConnectionResetError("the database is gone")

    writing = reading


@pytest.mark.parametrize("kind", ["command", "press", "submission", "suggest"])
async def test_what_breaks_inside_becomes_one_kind_word_and_one_report(
    newsroom: Newsroom, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsroom.database, "reading", _BrokenStorage().reading)
    monkeypatch.setattr(newsroom.database, "writing", _BrokenStorage().writing)
    answer: Answer
    match kind:
        case "command":
            answer = await newsroom.command("headlines")
        case "press":
            answer = await newsroom.press(Verb.READ, 1)
        case "submission":
            answer = await newsroom.submit(Action(verb=Verb.OPINE, subject=1), words="Yes.")
        case _:
            answer = await newsroom.suggest("story", "story", "")
    assert [event for event, _ in newsroom.events.troubles] == ["request failed"]
    if kind == "suggest":
        assert answer == Suggestions(items=())
    else:
        assert words_of(answer).strip() == notices.TROUBLE
        assert isinstance(answer, Toast if kind == "press" else Show)
    assert "gone" not in words_of(answer)


async def test_what_a_database_complains_of_never_repeats_what_a_person_wrote(newsroom: Newsroom) -> None:
    async with newsroom.database.writing() as work:
        with pytest.raises(IntegrityError) as caught:
            await work.notes.write("what a person wrote", None)  # type: ignore[arg-type]  # what the database refuses
    assert "what a person wrote" not in str(caught.value)


def test_no_sentence_is_longer_than_a_toast() -> None:
    sentences = notices.TROUBLE, notices.NOT_OURS, notices.OTHER_VERSION, notices.ONLY_MANAGERS, notices.STORY_GONE
    assert all(len(sentence) <= 200 for sentence in sentences)


async def test_a_pressed_stance_is_shown_at_once(newsroom: Newsroom) -> None:
    answer = await newsroom.press(Verb.FAVOUR, 1)
    assert isinstance(answer, Replace)
    assert "1 for" in words_of(answer)
    assert "Noted: you are for" in answer.toast


async def _subject(newsroom: Newsroom, verb: Verb) -> int:
    """What a working button of that verb carries."""
    match verb:
        case Verb.SUBSCRIBE | Verb.SEARCH | Verb.HEADLINES | Verb.LATEST:
            return await newsroom.number("Japan")
        case Verb.UNSUBSCRIBE:
            return (await newsroom.follow(EVERYTHING)).id
        case Verb.JOIN:
            return await newsroom.number("1 2")
        case Verb.SPLIT | Verb.PART:
            await newsroom.editor.merge(StoryId(1), StoryId(2))
            return 2 if verb is Verb.SPLIT else await newsroom.number("1 2")
        case _:
            return 1


def _long_titled(number: int) -> Draft:
    return draft(f"Harbour {number} " + "reopens after the storm " * 20)


@pytest.mark.parametrize("name", ["why", "story", "opinions"])
async def test_a_command_in_reply_to_a_card_is_about_its_story(newsroom: Newsroom, name: str) -> None:
    about = Action(verb=Verb.READ, subject=2)
    command = Command(scene=newsroom.scene(Place()), name=name, arguments={}, about=about)
    assert "Beijing opens a museum" in words_of(await newsroom.desk.answer(command))


async def test_a_story_that_is_named_goes_before_the_card_that_was_replied_to(newsroom: Newsroom) -> None:
    about = Action(verb=Verb.READ, subject=2)
    command = Command(scene=newsroom.scene(Place()), name="why", arguments={"story": "3"}, about=about)
    assert "Ferries return to Vellmar" in words_of(await newsroom.desk.answer(command))


async def test_asking_why_where_nothing_was_ever_followed_says_what_to_do(newsroom: Newsroom) -> None:
    answer = await newsroom.command("why", story="1")
    assert "Nothing was ever followed here" in words_of(answer)
