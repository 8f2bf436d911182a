"""People on Discord ask and are answered: commands, buttons, forms and suggestions, quick and slow."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import pytest

from adapters.discord.platform import DiscordPlatform
from adapters.discord.respond import PATIENCE_S
from adapters.sandbox.contract import MODERATOR_1, READER_1, READER_2, Shown
from adapters.sandbox.discord.cast import ANNOUNCEMENTS_ID, DM_IDS, TEXT_CHANNEL_ID, USER_IDS
from bot.domain.channel import ChannelKind, ChannelRef
from bot.domain.person import Person, PersonRef
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import (
    Answer,
    Ask,
    Audience,
    Command,
    Press,
    Replace,
    Request,
    Show,
    Submission,
    Suggest,
    Suggestion,
    Suggestions,
    Toast,
)
from bot.messages.form import FieldKind, Form, FormField, Option
from bot.messages.menu import CommandOption, CommandSpec
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from tests.contract.platform.discord_stand import CODEC, TEXT_CHANNEL, Stand, connected, sandbox, until
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk

_T = TypeVar("_T")

_STORY = CommandSpec(
    name="story",
    description="One story in full",
    options=(CommandOption(name="story", description="Number or words", is_required=True, has_suggestions=True),),
)
_HELP = CommandSpec(name="help", description="What I can do")
_READ, _OPINE = Action(verb=Verb.READ, subject=7), Action(verb=Verb.OPINE, subject=7)
_FORM = Form(
    action=_OPINE,
    title="Your opinion",
    prompt="What do you think of it?",
    fields=(
        FormField(
            name="stance",
            label="Where do you stand?",
            kind=FieldKind.CHOICE,
            options=(Option(value="for", label="For"), Option(value="against", label="Against")),
        ),
        FormField(name="words", label="In your words", max_length=1000),
    ),
)
_CARD = Post(
    tone=Tone.NEWS,
    title="Ferries return",
    controls=((Control(label="Read", action=_READ), Control(label="Opinion", action=_OPINE)),),
)
_PAGE = Post(tone=Tone.STORY, title="The whole story", blocks=(Block(text=text("It began at dawn.")),))

_LOUD = Post(tone=Tone.STORY, title="@everyone", blocks=(Block(text=text(f"@here <@{USER_IDS[READER_2]}>")),))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with sandbox() as opened:
        yield opened


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(commands=(_STORY, _HELP), forms={Verb.OPINE: _FORM})


@pytest.fixture
async def platform(stand: Stand, desk: FakeDesk, clock: HeldClock) -> AsyncIterator[DiscordPlatform]:
    async with connected(stand, desk, clock) as listening:
        yield listening


@pytest.fixture
async def card(stand: Stand, platform: DiscordPlatform) -> Shown:
    """A card in the server's channel."""
    await platform.send(TEXT_CHANNEL, _CARD, once="card")
    return (await stand.sees())[-1]


async def _while_the_desk_thinks(asking: Coroutine[Any, Any, _T], clock: HeldClock, thought: asyncio.Event) -> _T:
    """What the person saw in the end, after the adapter had lost its patience."""
    acting = asyncio.create_task(asking)
    await clock.asleep(PATIENCE_S)
    clock.pass_on(PATIENCE_S)
    await asyncio.sleep(0.05)  # time for the acknowledgement to arrive, which nothing else shows from outside
    thought.set()
    return await acting


def _slowly(answer: Answer, thought: asyncio.Event) -> Any:
    async def think(_request: Request) -> Answer:
        await thought.wait()
        return answer

    return think


@pytest.mark.usefixtures("platform")
async def test_a_command_arrives_with_who_where_and_what(stand: Stand, desk: FakeDesk) -> None:
    await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/story ferries in the storm")
    (command,) = desk.requests
    assert isinstance(command, Command)
    assert (command.name, command.arguments) == ("story", {"story": "ferries in the storm"})
    assert command.scene.channel == TEXT_CHANNEL
    assert command.scene.title == "world-news"
    reader = PersonRef(platform="discord", id=USER_IDS[READER_1])
    assert command.scene.person == Person(ref=reader, name="reader 1")
    assert command.scene.once.isdigit()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("chat", "person", "kind", "is_manager"),
    [
        (TEXT_CHANNEL_ID, READER_1, ChannelKind.GROUP, False),
        (TEXT_CHANNEL_ID, MODERATOR_1, ChannelKind.GROUP, True),
        (ANNOUNCEMENTS_ID, MODERATOR_1, ChannelKind.BROADCAST, True),
        (DM_IDS[READER_1], READER_1, ChannelKind.PRIVATE, True),
    ],
)
async def test_the_scene_says_what_the_place_is_and_who_manages_it(
    stand: Stand,
    desk: FakeDesk,
    chat: str,
    person: str,
    kind: ChannelKind,
    is_manager: bool,  # noqa: FBT001
) -> None:
    await stand.server.say(chat, person, "/help")
    scene = desk.requests[0].scene
    assert (scene.channel.id, scene.kind, scene.is_manager) == (chat, kind, is_manager)


@pytest.mark.usefixtures("platform")
async def test_in_a_thread_the_channel_and_the_thread_are_named(stand: Stand, desk: FakeDesk) -> None:
    thread = await stand.call("POST", f"/channels/{TEXT_CHANNEL_ID}/threads", {"name": "ferries", "type": 11})
    await stand.server.say(thread["id"], READER_1, "/help")
    scene = desk.requests[0].scene
    assert scene.channel == ChannelRef(platform="discord", id=TEXT_CHANNEL_ID, thread=thread["id"])
    assert (scene.title, scene.kind) == ("ferries", ChannelKind.GROUP)


@pytest.mark.usefixtures("platform")
async def test_an_answer_to_one_person_is_seen_by_that_person_alone(stand: Stand, desk: FakeDesk) -> None:
    desk.will(Show(post=_PAGE))
    seen = await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert [(shown.title, shown.ephemeral) for shown in seen.messages if not shown.mine] == [("The whole story", True)]
    assert await stand.sees(READER_2) == ()


@pytest.mark.usefixtures("platform")
async def test_an_answer_to_the_channel_is_seen_by_everybody(stand: Stand, desk: FakeDesk) -> None:
    desk.will(Show(post=_PAGE, audience=Audience.CHANNEL))
    await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert [shown.title for shown in await stand.sees(READER_2)][-1] == "The whole story"


@pytest.mark.usefixtures("platform")
async def test_in_a_private_chat_answers_stay(stand: Stand, desk: FakeDesk) -> None:
    desk.will(Show(post=_PAGE))
    seen = await stand.server.say(DM_IDS[READER_1], READER_1, "/help")
    assert [shown.ephemeral for shown in seen.messages if shown.title == "The whole story"] == [False]


async def test_a_press_is_answered_with_the_story_to_that_person(stand: Stand, desk: FakeDesk, card: Shown) -> None:
    desk.will(Show(post=_PAGE))
    seen = await stand.press("Read", message=card)
    (request,) = desk.requests
    assert isinstance(request, Press)
    assert request.action == _READ
    assert [(shown.title, shown.ephemeral) for shown in seen.messages] == [("The whole story", True)]


async def test_a_pressed_message_becomes_its_replacement_and_leaves_no_other_behind(
    stand: Stand, desk: FakeDesk, card: Shown
) -> None:
    desk.will(Replace(post=_PAGE, toast="Noted."))
    seen = await stand.press("Read", message=card)
    assert [(shown.id == card.id, shown.text) for shown in seen.messages] == [
        (True, "The whole story\nIt began at dawn.")
    ]


@pytest.mark.usefixtures("platform")
async def test_a_replacement_where_nothing_was_pressed_is_a_message(stand: Stand, desk: FakeDesk) -> None:
    desk.will(Replace(post=_PAGE))
    seen = await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert seen.messages[-1].title == "The whole story"


async def test_a_toast_is_a_whisper(stand: Stand, desk: FakeDesk, card: Shown) -> None:
    desk.will(Toast(text="You are *for* it."))
    seen = await stand.press("Read", message=card)
    assert [(shown.text, shown.ephemeral) for shown in seen.messages] == [("You are *for* it.", True)]


async def test_a_form_opens_at_once_and_its_answers_come_back(stand: Stand, desk: FakeDesk, card: Shown) -> None:
    seen = await stand.press("Opinion", message=card)
    assert seen.form is not None
    assert [(field.name, field.kind) for field in seen.form.fields] == [("stance", "choice"), ("words", "text")]
    assert desk.requests == []
    desk.will(Toast(text="Thank you."))
    thanked = await stand.server.fill(TEXT_CHANNEL_ID, READER_1, seen.form.id, {"stance": "for", "words": "At last."})
    (submission,) = desk.requests
    assert isinstance(submission, Submission)
    assert (submission.action, submission.values) == (_OPINE, {"stance": "for", "words": "At last."})
    assert [shown.text for shown in thanked.messages] == ["Thank you."]


async def test_fields_left_empty_are_left_out(stand: Stand, desk: FakeDesk, card: Shown) -> None:
    seen = await stand.press("Opinion", message=card)
    assert seen.form is not None
    await stand.server.fill(TEXT_CHANNEL_ID, READER_1, seen.form.id, {"words": "At last."})
    assert isinstance(desk.requests[0], Submission)
    assert desk.requests[0].values == {"words": "At last."}


async def test_a_filled_in_form_can_replace_the_message_it_was_opened_from(
    stand: Stand, desk: FakeDesk, card: Shown
) -> None:
    seen = await stand.press("Opinion", message=card)
    assert seen.form is not None
    desk.will(Replace(post=_PAGE))
    replaced = await stand.server.fill(TEXT_CHANNEL_ID, READER_1, seen.form.id, {"words": "At last."})
    assert [(shown.id, shown.title) for shown in replaced.messages] == [(card.id, "The whole story")]


async def test_buttons_and_open_forms_are_understood_by_the_next_process(stand: Stand) -> None:
    async with connected(stand, FakeDesk(forms={Verb.OPINE: _FORM})) as before:
        await before.send(TEXT_CHANNEL, _CARD, once="card")
        card = (await stand.sees())[-1]
        form = (await stand.press("Opinion", message=card)).form
    assert form is not None
    desk = FakeDesk(Toast(text="Thank you."), Show(post=_PAGE))
    async with connected(stand, desk):
        await stand.server.fill(TEXT_CHANNEL_ID, READER_1, form.id, {"words": "At last."})
        seen = await stand.press("Read", message=card)
    submission, press = desk.requests
    assert isinstance(submission, Submission)
    assert isinstance(press, Press)
    assert (submission.action, press.action) == (_OPINE, _READ)
    assert seen.messages[0].title == "The whole story"


@pytest.mark.usefixtures("platform")
async def test_a_command_can_open_a_form(stand: Stand, desk: FakeDesk) -> None:
    desk.will(Ask(form=_FORM))
    seen = await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert seen.form is not None
    assert seen.form.title == "Your opinion"


async def test_a_form_that_discord_takes_no_more_is_one_press_away(
    stand: Stand, desk: FakeDesk, clock: HeldClock, card: Shown
) -> None:
    thought = asyncio.Event()
    desk.will(_slowly(Ask(form=_FORM), thought), Ask(form=_FORM))
    late = await _while_the_desk_thinks(stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help"), clock, thought)
    opened = await stand.press("Your opinion", message=late.messages[-1])
    assert opened.form is not None
    again = await stand.server.fill(TEXT_CHANNEL_ID, READER_1, opened.form.id, {"words": " "})
    assert "What do you think of it?" in again.messages[-1].text
    assert [button.label for button in again.messages[-1].buttons] == ["Your opinion"]
    assert again.messages[-1].id != card.id


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("audience", [Audience.PERSON, Audience.CHANNEL])
async def test_a_slow_answer_to_a_command_is_promised_and_then_shown(
    stand: Stand, desk: FakeDesk, clock: HeldClock, audience: Audience
) -> None:
    thought = asyncio.Event()
    desk.will(_slowly(Show(post=_PAGE, audience=audience), thought))
    await _while_the_desk_thinks(stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help"), clock, thought)
    mine, others = await stand.sees(READER_1), await stand.sees(READER_2)
    assert [shown.title for shown in mine if not shown.mine] == ["The whole story"]
    assert [shown.title for shown in others if shown.author == "newsbot"] == (
        ["The whole story"] if audience is Audience.CHANNEL else []
    )


@pytest.mark.usefixtures("platform")
async def test_a_slow_toast_to_a_command_fills_what_was_promised(
    stand: Stand, desk: FakeDesk, clock: HeldClock
) -> None:
    thought = asyncio.Event()
    desk.will(_slowly(Toast(text="Done."), thought))
    seen = await _while_the_desk_thinks(stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help"), clock, thought)
    assert [shown.text for shown in seen.messages if not shown.mine] == ["Done."]


@pytest.mark.parametrize(
    ("answer", "is_in_place", "words"),
    [
        (Show(post=_PAGE), False, "The whole story\nIt began at dawn."),
        (Replace(post=_PAGE), True, "The whole story\nIt began at dawn."),
        (Toast(text="Done."), False, "Done."),
    ],
)
async def test_a_slow_answer_to_a_press_is_whatever_it_turns_out_to_be(
    stand: Stand,
    desk: FakeDesk,
    clock: HeldClock,
    card: Shown,
    answer: Answer,
    is_in_place: bool,  # noqa: FBT001
    words: str,
) -> None:
    thought = asyncio.Event()
    desk.will(_slowly(answer, thought))
    seen = await _while_the_desk_thinks(stand.press("Read", message=card), clock, thought)
    assert [(shown.id == card.id, shown.text) for shown in seen.messages] == [(is_in_place, words)]


@pytest.mark.usefixtures("platform")
async def test_what_is_typed_is_completed(stand: Stand, desk: FakeDesk) -> None:
    items = tuple(Suggestion(value=str(number), label=f"Ferries {number} " + "x" * 120) for number in range(30))
    desk.will(Suggestions(items=items))
    view = await stand.server.look(TEXT_CHANNEL_ID, READER_1, "/story ferr")
    (request,) = desk.requests
    assert isinstance(request, Suggest)
    assert (request.command, request.option, request.typed) == ("story", "story", "ferr")
    assert len(view.suggestions) == 25


@pytest.mark.usefixtures("platform")
async def test_no_suggestions_are_an_empty_list(stand: Stand) -> None:
    view = await stand.server.look(TEXT_CHANNEL_ID, READER_1, "/story ferr")
    assert view.suggestions == ()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("token", "is_other_version"),
    [
        ("whatever", False),
        (ActionCodec(b"another key").encode(_READ), False),
        ("0-read-7-0-AAAAAAAAAAAA", True),
    ],
)
async def test_a_button_that_is_not_ours_still_gets_an_answer(
    stand: Stand,
    desk: FakeDesk,
    token: str,
    is_other_version: bool,  # noqa: FBT001
) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Old", "custom_id": token}]}
    await stand.call("POST", f"/channels/{TEXT_CHANNEL_ID}/messages", {"content": "old", "components": [row]})
    desk.will(Toast(text="This button is from another version."))
    seen = await stand.press("Old", message=(await stand.sees())[-1])
    assert isinstance(desk.requests[0], Press)
    assert desk.requests[0].action == Unreadable(is_other_version=is_other_version)
    assert seen.messages[0].text == "This button is from another version."


async def test_an_interaction_told_twice_is_one_request_and_one_answer(
    stand: Stand, desk: FakeDesk, card: Shown
) -> None:
    stand.strike("repeat_events")
    desk.will(Show(post=_PAGE), Show(post=_PAGE))
    await stand.press("Read", message=card)
    first, second = await asyncio.wait_for(desk.asked(2), 5)
    assert first.scene.once == second.scene.once
    assert [shown.title for shown in await stand.sees()] == ["Ferries return", "The whole story"]


async def test_an_answer_that_comes_too_late_is_a_line_in_the_log(
    stand: Stand, desk: FakeDesk, card: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    async def dawdle(_request: Request) -> Answer:
        stand.clock.shift_s += 4
        return Show(post=_PAGE)

    desk.will(dawdle, Show(post=_PAGE))
    with caplog.at_level(logging.INFO, "adapters.discord"):
        late = asyncio.create_task(stand.press("Read", message=card))
        await until(lambda: "discord answer refused" in caplog.text)
    late.cancel()
    assert (await stand.press("Read", message=card)).messages[0].title == "The whole story"


async def test_what_was_asked_for_is_done_even_when_nobody_can_be_told_any_more(
    stand: Stand, desk: FakeDesk, clock: HeldClock, card: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    done = asyncio.Event()

    async def work(_request: Request) -> Answer:
        await clock.sleep(10)
        done.set()
        return Show(post=_PAGE)

    desk.will(work)
    pressing = asyncio.create_task(stand.press("Read", message=card))
    await clock.asleep(10)
    stand.clock.shift_s += 4
    clock.pass_on(PATIENCE_S)
    await until(lambda: any(call["status"] == 404 for call in stand.calls))
    clock.pass_on(10)
    await done.wait()
    with caplog.at_level(logging.INFO, "adapters.discord"):
        await until(lambda: "discord answer refused" in caplog.text)
    pressing.cancel()


async def test_suggestions_that_nobody_asked_for_are_a_line_in_the_log(
    stand: Stand, desk: FakeDesk, card: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    desk.will(Suggestions(items=()), Show(post=_PAGE))
    pressing = asyncio.create_task(stand.press("Read", message=card))
    await until(lambda: "discord suggestions without a question" in caplog.text)
    pressing.cancel()
    assert (await stand.press("Read", message=card)).messages[0].title == "The whole story"


async def test_an_answer_that_cannot_be_brought_is_a_line_in_the_log(
    stand: Stand, desk: FakeDesk, card: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    desk.will(Show(post=_PAGE), Show(post=_PAGE))
    stand.strike("cut_before")
    lost = asyncio.create_task(stand.press("Read", message=card))
    await until(lambda: "discord answer lost" in caplog.text)
    lost.cancel()
    stand.faults.clear()
    assert (await stand.press("Read", message=card)).messages[0].title == "The whole story"


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("is_press", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        Show(post=_LOUD),
        Show(post=_LOUD, audience=Audience.CHANNEL),
        Replace(post=_LOUD, toast="@here"),
        Toast(text="@here"),
    ],
)
async def test_no_answer_pings_anybody(  # every way in which an answer can reach the screen
    stand: Stand,
    desk: FakeDesk,
    clock: HeldClock,
    card: Shown,
    answer: Answer,
    is_slow: bool,  # noqa: FBT001
    is_press: bool,  # noqa: FBT001
) -> None:
    thought = asyncio.Event()
    desk.will(_slowly(answer, thought) if is_slow else answer)
    person = MODERATOR_1  # who may ping everybody
    asking = (
        stand.press("Read", message=card, person=person)
        if is_press
        else stand.server.say(TEXT_CHANNEL_ID, person, "/help")
    )
    seen = await (_while_the_desk_thinks(asking, clock, thought) if is_slow else asking)
    assert any("@here" in shown.text for shown in seen.messages)
    written = [entry for entry in stand.store.since(0) if entry["kind"] in {"shown", "edited"}]
    assert not any(entry.get("pinged") for entry in written)


async def test_fifty_people_at_once_are_all_answered(stand: Stand, desk: FakeDesk, card: Shown) -> None:
    desk.will(*[Show(post=_PAGE)] * 50)
    seen = await asyncio.gather(*(stand.press("Read", message=card) for _ in range(50)))
    assert all(one.first_answer_ms is not None for one in seen)
    assert len({request.scene.once for request in desk.requests}) == 50
    assert CODEC.decode(card.buttons[0].id) == _READ
