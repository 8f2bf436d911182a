"""The privilege matrix: every command and every button, asked by everybody who could ask."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path

import pytest

from bot.commands.routes import SUBMISSION_HANDLERS
from bot.commands.table import COMMANDS
from bot.domain.article import StoryId
from bot.domain.channel import ChannelKind
from bot.domain.subscription import Subscription
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import Answer, Replace, Show, Toast
from bot.views.notices import ONLY_EDITORS, ONLY_MANAGERS
from tests.builders import channel_ref, person
from tests.newsroom import EVERYTHING, Newsroom, Place, open_newsroom, words_of


class May(Enum):
    """Who may do it."""

    ANYBODY = "anybody: it changes nothing of the channel"
    EDITORS = "who manages a shared place, for it concerns all readers of a story"
    MANAGERS = "who manages the channel, and everybody in their own private chat"
    DECIDERS = "who manages the channel that the button is about, wherever it is pressed: see test_moderating"


COMMAND_RIGHTS: Mapping[str, May] = {
    "start": May.ANYBODY,
    "headlines": May.ANYBODY,
    "story": May.ANYBODY,
    "search": May.ANYBODY,
    "topics": May.ANYBODY,
    "subscribe": May.MANAGERS,
    "unsubscribe": May.MANAGERS,
    "subscriptions": May.ANYBODY,
    "opinion": May.ANYBODY,
    "sources": May.ANYBODY,
    "opinions": May.ANYBODY,
    "why": May.ANYBODY,
    "settings": May.MANAGERS,
    "help": May.ANYBODY,
}
VERB_RIGHTS: Mapping[Verb, May] = {
    Verb.READ: May.ANYBODY,
    Verb.TURN: May.ANYBODY,
    Verb.SOURCES: May.ANYBODY,
    Verb.SPLIT: May.EDITORS,
    Verb.JOIN: May.EDITORS,
    Verb.PART: May.EDITORS,
    Verb.OPINIONS: May.ANYBODY,
    Verb.LEAF: May.ANYBODY,
    Verb.OPINE: May.ANYBODY,
    Verb.FAVOUR: May.ANYBODY,
    Verb.OPPOSE: May.ANYBODY,
    Verb.MIX: May.ANYBODY,
    Verb.LATEST: May.ANYBODY,
    Verb.HEADLINES: May.ANYBODY,
    Verb.SEARCH: May.ANYBODY,
    Verb.DIGEST: May.ANYBODY,
    Verb.BROWSE: May.ANYBODY,
    Verb.CATALOGUE: May.ANYBODY,
    Verb.TOPICS: May.ANYBODY,
    Verb.SUBSCRIBE: May.MANAGERS,
    Verb.UNSUBSCRIBE: May.MANAGERS,
    Verb.SUBSCRIPTIONS: May.ANYBODY,
    Verb.HELP: May.ANYBODY,
    Verb.NOTED: May.ANYBODY,
    Verb.PREFER: May.MANAGERS,
    Verb.RESEND: May.DECIDERS,
    Verb.LEAVE: May.DECIDERS,
    Verb.CATCH_UP: May.DECIDERS,
    Verb.FROM_NOW: May.DECIDERS,
    Verb.TRY_AGAIN: May.DECIDERS,
}
FORM_RIGHTS: Mapping[Verb, May] = {Verb.OPINE: May.ANYBODY}

ME = "7"
GROUP, BROADCAST, PRIVATE = ChannelKind.GROUP, ChannelKind.BROADCAST, ChannelKind.PRIVATE
THREAD = Place(ref=channel_ref("6", thread="61"), kind=GROUP)
SPEAKERS: Mapping[str, tuple[Place, bool]] = {
    "the owner of a private chat": (Place(ref=channel_ref("1"), kind=PRIVATE), True),
    "a member, as the request says": (Place(ref=channel_ref("2"), kind=GROUP, is_manager=False), False),
    "a member, as the platform says when asked": (Place(ref=channel_ref("3"), kind=GROUP), False),
    "a manager, as the request says": (Place(ref=channel_ref("4"), kind=GROUP, is_manager=True), True),
    "a manager, as the platform says when asked": (Place(ref=channel_ref("5"), kind=GROUP), True),
    "a manager of the group in one of its threads": (THREAD, True),
    "a manager whom the request says is none any more": (
        Place(ref=channel_ref("8"), kind=GROUP, is_manager=False),
        False,
    ),
    "a reader of a broadcast": (Place(ref=channel_ref("9"), kind=BROADCAST), False),
    "whoever speaks as a broadcast": (Place(ref=channel_ref("10"), kind=BROADCAST, is_manager=True), True),
    "a manager of a broadcast": (Place(ref=channel_ref("11"), kind=BROADCAST), True),
    "a manager of another platform's place of that number": (
        Place(ref=channel_ref("5", platform="telegram"), kind=GROUP),
        False,
    ),
}
_ASKED_AND_ALLOWED = ("5", "8", "11")


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path) as opened:
        me = person(ME, platform="discord").ref
        opened.managers.update((me, channel_ref(place)) for place in _ASKED_AND_ALLOWED)
        opened.managers.add((me, THREAD.ref))
        yield opened


def test_every_command_has_a_row_and_the_menu_tells_the_same() -> None:
    assert set(COMMAND_RIGHTS) == {command.name for command in COMMANDS}
    assert {name for name, right in COMMAND_RIGHTS.items() if right is May.MANAGERS} == {
        command.name for command in COMMANDS if command.is_for_managers
    }


def test_every_verb_and_every_form_has_a_row() -> None:
    assert set(VERB_RIGHTS) == set(Verb)
    assert set(FORM_RIGHTS) == set(SUBMISSION_HANDLERS)


@pytest.mark.parametrize("name", COMMAND_RIGHTS)
async def test_a_command_changes_a_channel_for_those_alone_who_may(newsroom: Newsroom, name: str) -> None:
    arguments = {"topic": "Japan", "story": "1", "words": "museum", "what": "everything", "repeats": "no-duplicate"}
    wanted = {option.name for command in COMMANDS if command.name == name for option in command.options}
    for who, (place, may) in SPEAKERS.items():
        if name == "unsubscribe":
            await newsroom.follow(EVERYTHING, place)
        before = await newsroom.chosen(place)
        answer = await newsroom.command(name, place, **{key: arguments[key] for key in wanted})
        await _hold(newsroom, place, before, answer, right=COMMAND_RIGHTS[name], may=may, who=who)


@pytest.mark.parametrize("verb", VERB_RIGHTS)
async def test_a_button_changes_a_channel_for_those_alone_who_may(newsroom: Newsroom, verb: Verb) -> None:
    number = await newsroom.number("everything")
    for who, (place, may) in SPEAKERS.items():
        subject = 1
        if verb is Verb.SUBSCRIBE:
            subject = number
        if verb is Verb.UNSUBSCRIBE:
            subject = (await newsroom.follow(EVERYTHING, place)).id
        before = await newsroom.chosen(place)
        answer = await newsroom.press(verb, subject, place=place)
        await _hold(newsroom, place, before, answer, right=VERB_RIGHTS[verb], may=may, who=who)


async def _hold(
    newsroom: Newsroom, place: Place, before: object, answer: Answer, *, right: May, may: bool, who: str
) -> None:
    changed = await newsroom.chosen(place) != before
    refused = ONLY_MANAGERS in words_of(answer)
    assert changed == (right is May.MANAGERS and may), who
    assert refused == (right is May.MANAGERS and not may), who


@pytest.mark.parametrize("verb", [verb for verb, right in VERB_RIGHTS.items() if right is May.EDITORS])
async def test_a_button_changes_a_story_for_those_alone_who_manage_a_shared_place(
    newsroom: Newsroom, verb: Verb
) -> None:
    pair = await newsroom.number("1 2")
    for who, (place, may) in SPEAKERS.items():
        if verb is not Verb.JOIN:
            await newsroom.editor.merge(StoryId(1), StoryId(2))
        before = newsroom.stored()
        answer = await newsroom.press(verb, 2 if verb is Verb.SPLIT else pair, place=place)
        may_edit = may and place.kind is not PRIVATE
        assert (ONLY_EDITORS in words_of(answer)) == (not may_edit), who
        assert (newsroom.stored() != before) == may_edit, who
        if (verb is Verb.JOIN) == may_edit:
            await newsroom.editor.part(StoryId(1), StoryId(2))


async def test_in_private_one_may_edit_what_a_place_shows_that_one_manages(newsroom: Newsroom) -> None:
    mine, other = (Place(ref=channel_ref(place), kind=GROUP) for place in ("5", "3"))
    for place in (mine, other):
        await newsroom.follow(EVERYTHING, place)
    await newsroom.show(StoryId(1), other)
    await newsroom.editor.merge(StoryId(1), StoryId(2))
    private = SPEAKERS["the owner of a private chat"][0]
    assert ONLY_EDITORS in words_of(await newsroom.press(Verb.SPLIT, 2, place=private))
    await newsroom.show(StoryId(1), mine)
    assert "These are two stories now" in words_of(await newsroom.press(Verb.SPLIT, 2, place=private))


async def test_where_the_operator_named_places_their_managers_alone_edit_stories(tmp_path: Path) -> None:
    async with open_newsroom(tmp_path, editors=[channel_ref("5")]) as newsroom:
        me = person(ME, platform="discord").ref
        newsroom.managers.update({(me, channel_ref("5")), (me, channel_ref("11"))})
        pair = await newsroom.number("1 2")
        for place in (
            Place(ref=channel_ref("11"), kind=GROUP),
            Place(ref=channel_ref("4"), kind=GROUP, is_manager=True),
        ):
            assert ONLY_EDITORS in words_of(await newsroom.press(Verb.JOIN, pair, place=place))
        elsewhere = Place(ref=channel_ref("1", platform="telegram"), kind=PRIVATE)
        assert ONLY_EDITORS in words_of(await newsroom.press(Verb.JOIN, pair, place=elsewhere))
        topic = Place(ref=channel_ref("5", thread="51"), kind=GROUP, is_manager=True)
        assert "one story now" in words_of(await newsroom.press(Verb.JOIN, pair, place=topic))
        private = Place(ref=channel_ref("1"), kind=PRIVATE)
        assert "two stories now" in words_of(await newsroom.press(Verb.PART, pair, place=private))


@pytest.fixture
async def foreign(newsroom: Newsroom) -> Subscription:
    """What another channel follows."""
    return await newsroom.follow(EVERYTHING, Place(ref=channel_ref("99"), kind=GROUP))


@pytest.mark.parametrize("who", [who for who, (_, may) in SPEAKERS.items() if may])
async def test_the_stop_button_of_another_channel_has_no_effect_wherever_it_is_pressed(
    newsroom: Newsroom, foreign: Subscription, who: str
) -> None:
    place, _ = SPEAKERS[who]
    await newsroom.follow(EVERYTHING, place)
    answer = await newsroom.press(Verb.UNSUBSCRIBE, foreign.id, place=place)
    assert answer == Toast(text="That is not followed here (any more).")
    assert await newsroom.followed(Place(ref=channel_ref("99"))) == [EVERYTHING]
    assert await newsroom.followed(place) == [EVERYTHING]


async def test_a_stop_button_pressed_again_stops_nothing_that_was_followed_since(newsroom: Newsroom) -> None:
    place = SPEAKERS["a manager, as the request says"][0]
    old = await newsroom.follow(EVERYTHING, place)
    assert isinstance(await newsroom.press(Verb.UNSUBSCRIBE, old.id, place=place), Replace)
    await newsroom.command("subscribe", place, what="Japan")
    assert isinstance(await newsroom.press(Verb.UNSUBSCRIBE, old.id, place=place), Toast)
    assert len(await newsroom.followed(place)) == 1


async def test_a_forged_button_becomes_no_action_and_changes_nothing(newsroom: Newsroom, foreign: Subscription) -> None:
    forged = ActionCodec(b"a key that is not ours").encode(Action(verb=Verb.UNSUBSCRIBE, subject=foreign.id))
    read = ActionCodec(b"our key").decode(forged)
    assert isinstance(read, Unreadable)
    before = newsroom.stored()
    answer = await newsroom.press(read, place=Place(ref=channel_ref("99"), kind=GROUP, is_manager=True))
    assert isinstance(answer, Toast)
    assert newsroom.stored() == before


@pytest.mark.parametrize("who", [who for who, (_, may) in SPEAKERS.items() if not may])
async def test_who_may_not_leaves_no_trace(newsroom: Newsroom, who: str) -> None:
    place, _ = SPEAKERS[who]
    before = newsroom.stored()
    answer = await newsroom.command("subscribe", place, what="Japan")
    assert isinstance(answer, Show)
    assert newsroom.stored() == before


async def test_a_right_that_was_lost_counts_from_the_next_press(newsroom: Newsroom) -> None:
    place = SPEAKERS["a manager, as the platform says when asked"][0]
    assert "You follow Japan now" in words_of(await newsroom.command("subscribe", place, what="Japan"))
    newsroom.managers.clear()
    assert ONLY_MANAGERS in words_of(await newsroom.command("unsubscribe", place, what="Japan"))
    assert len(await newsroom.followed(place)) == 1


async def test_what_the_request_says_of_rights_in_one_channel_counts_in_that_channel_alone(
    newsroom: Newsroom,
) -> None:
    manager = SPEAKERS["a manager, as the request says"][0]
    await newsroom.command("subscribe", manager, what="Japan")
    elsewhere = replace(manager, ref=channel_ref("77"), is_manager=None)
    assert ONLY_MANAGERS in words_of(await newsroom.command("subscribe", elsewhere, what="Japan"))
