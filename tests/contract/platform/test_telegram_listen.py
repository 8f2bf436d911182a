"""Hearing people on Telegram: commands, menus, and everything that must not stop the poller."""

import asyncio
import logging
from dataclasses import replace
from typing import TypeVar

import pytest

from adapters.sandbox.contract import MODERATOR_1, READER_1, TELEGRAM_TOKEN, Seen
from adapters.sandbox.telegram.cast import USER_IDS
from adapters.telegram.client import Client
from adapters.telegram.transport import AiohttpTransport, api_address
from bot.domain.channel import ChannelKind, ChannelRef
from bot.domain.person import PersonRef
from bot.messages.action import Action, Verb
from bot.messages.exchange import Command, Show
from bot.messages.menu import CommandOption, CommandSpec
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from bot.ports.platform import PlatformStartError
from bot.views.notices import LATER
from tests.contract.platform.telegram_stand import CHANNEL, GROUP, PRIVATE_CHAT, Stand, listening, sandbox
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk
from tests.fakes.doors import FakeDoors
from tests.fakes.inbox import FullInbox

_Heard = TypeVar("_Heard")
HELLO = Show(post=Post(tone=Tone.NOTICE, blocks=(Block(text=text("Hello.")),)))
CARD = Post(
    tone=Tone.NEWS,
    title="Harbour bridge closes",
    controls=((Control(label="Read", action=Action(verb=Verb.READ, subject=7)),),),
)
COMMANDS = (
    CommandSpec(name="start", description="Begin", is_greeting=True),
    CommandSpec(
        name="headlines", description="The latest", options=(CommandOption(name="topic", description="Which"),)
    ),
    CommandSpec(
        name="opinion",
        description="Say what you think",
        options=(CommandOption(name="story", description="Which"), CommandOption(name="words", description="What")),
    ),
    CommandSpec(name="subscribe", description="Follow a topic", is_for_managers=True),
)


async def told(stand: Stand, desk: FakeDesk, chat: ChannelRef, typed: str, person: str = READER_1) -> Command:
    """The command that the desk gets for what is typed."""
    saying = asyncio.create_task(stand.server.say(chat.id, person, typed))
    requests = await desk.asked(len(desk.requests) + 1)
    _forget(saying)
    assert isinstance(requests[-1], Command)
    return requests[-1]


def _forget(*saying: asyncio.Task[Seen]) -> None:
    """Nobody waits for the answer to that."""
    for task in saying:
        task.cancel()


async def test_a_command_comes_with_its_options_by_name() -> None:
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        command = await told(stand, desk, PRIVATE_CHAT, "/opinion 12 I would  rather wait.")
    assert (command.name, command.arguments) == ("opinion", {"story": "12", "words": "I would  rather wait."})
    scene = command.scene
    assert (scene.channel, scene.kind, scene.is_manager) == (PRIVATE_CHAT, ChannelKind.PRIVATE, True)
    assert scene.person.name == "reader 1"


async def test_one_option_takes_all_the_words_and_absent_ones_are_left_out() -> None:
    desk = FakeDesk(HELLO, HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        assert (await told(stand, desk, GROUP, "/headlines South Korea")).arguments == {"topic": "South Korea"}
        assert (await told(stand, desk, GROUP, "/headlines@newsbot_sandbox_bot")).arguments == {}


async def test_a_command_in_a_group_is_answered_by_a_reply() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(HELLO, commands=COMMANDS)):
        seen = await stand.server.say(GROUP.id, READER_1, "/headlines")
        assert seen.messages[-1].text == "Hello."
        assert seen.messages[-1].reply_to is not None


async def test_in_a_group_only_our_own_commands_are_heard() -> None:
    desk = FakeDesk(commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        unheard = ("/weather", "/headlines@other_bot", "good morning")
        in_vain = [asyncio.create_task(stand.server.say(GROUP.id, READER_1, typed)) for typed in unheard]
        command = await told(stand, desk, GROUP, "/headlines")
        _forget(*in_vain)
    assert desk.requests == [command]


async def test_an_unknown_command_in_a_private_chat_is_the_desks_to_answer() -> None:
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        assert (await told(stand, desk, PRIVATE_CHAT, "/weather today")).name == "weather"


async def test_chatter_in_a_private_chat_gets_help() -> None:
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        assert (await told(stand, desk, PRIVATE_CHAT, "hello there")).name == "help"


async def test_a_channel_speaking_for_itself_manages_itself() -> None:
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk) as platform:
        scene = (await told(stand, desk, CHANNEL, "/headlines", MODERATOR_1)).scene
        assert (scene.kind, scene.is_manager, scene.title) == (ChannelKind.BROADCAST, True, "City news channel")
        assert await platform.may_manage(scene.person.ref, CHANNEL)


async def test_administrators_manage_a_group_and_others_do_not() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk()) as platform:
        people = {name: PersonRef(platform="telegram", id=str(USER_IDS[name])) for name in (MODERATOR_1, READER_1)}
        assert await platform.may_manage(people[MODERATOR_1], GROUP)
        assert not await platform.may_manage(people[READER_1], GROUP)
        assert await platform.may_manage(people[READER_1], PRIVATE_CHAT)
        asked = len(stand.calls("getChatMember"))
        assert await platform.may_manage(people[MODERATOR_1], GROUP)
        assert len(stand.calls("getChatMember")) == asked


async def test_menus_are_published_for_each_kind_of_chat_and_only_when_they_changed() -> None:
    async with sandbox() as stand:
        async with listening(stand, FakeDesk(commands=COMMANDS)):
            offered = {
                (chat.id, person): [
                    suggestion.text.strip()
                    for suggestion in (await stand.server.look(chat.id, person, "/")).suggestions
                ]
                for chat, person in ((PRIVATE_CHAT, READER_1), (GROUP, READER_1), (GROUP, MODERATOR_1))
            }
        assert offered == {
            (PRIVATE_CHAT.id, READER_1): ["/start", "/headlines", "/opinion", "/subscribe"],
            (GROUP.id, READER_1): ["/headlines", "/opinion"],
            (GROUP.id, MODERATOR_1): ["/headlines", "/opinion", "/subscribe"],
        }
        published = len(stand.calls("setMyCommands"))
        async with listening(stand, FakeDesk(commands=COMMANDS)):
            pass
        assert len(stand.calls("setMyCommands")) == published


async def test_a_refused_token_says_what_to_do_and_never_the_token() -> None:
    async with sandbox() as stand:
        wrong = "1000000002:some-other-token-that-nobody-gave-out"
        other = replace(stand, options=replace(stand.options, token=wrong))
        with pytest.raises(PlatformStartError, match="NEWSBOT_TELEGRAM_TOKEN") as refused:
            async with listening(other, FakeDesk()):
                pass
        assert wrong not in str(refused.value)


async def test_a_server_that_is_down_at_the_start_is_asked_again() -> None:
    clock = HeldClock()
    async with sandbox() as stand:
        stand.strike("error_before")
        platform = stand.platform(clock)
        task = asyncio.create_task(platform.listen(FakeDesk()))
        await clock.asleep(1.0)
        clock.pass_on(1.0)
        await clock.asleep(2.0)
        stand.faults.clear()
        clock.pass_on(2.0)
        await platform.ready()
        task.cancel()
        await asyncio.wait([task])


async def test_a_malformed_update_is_left_out_and_its_neighbours_are_heard(caplog: pytest.LogCaptureFixture) -> None:
    desk = FakeDesk(HELLO, HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        stand.strike("malformed_update")
        await told(stand, desk, PRIVATE_CHAT, "/headlines")
        stand.faults.clear()
        await told(stand, desk, PRIVATE_CHAT, "/headlines")
    assert any("skipped" in record.message or "left out" in record.message for record in caplog.records)


async def test_an_update_told_twice_is_answered_once() -> None:
    desk = FakeDesk(HELLO, HELLO, HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk):
        stand.strike("repeat_update")
        await told(stand, desk, PRIVATE_CHAT, "/headlines")
        stand.faults.clear()
        await told(stand, desk, PRIVATE_CHAT, "/opinion 1")
    assert [request.name for request in desk.requests if isinstance(request, Command)] == ["headlines", "opinion"]


async def test_a_second_poller_is_waited_out_with_a_clear_word(caplog: pytest.LogCaptureFixture) -> None:
    clock = HeldClock()
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk, stand.platform(clock)):
        stand.strike("conflict")
        in_vain = asyncio.create_task(stand.server.say(PRIVATE_CHAT.id, READER_1, "/weather"))
        await clock.asleep(5.0)
        stand.faults.clear()
        clock.pass_on(5.0)
        _forget(in_vain)
        await told(stand, desk, PRIVATE_CHAT, "/headlines")
    assert any("another program polls" in record.message for record in caplog.records)


async def test_a_forgotten_webhook_is_taken_away() -> None:
    desk = FakeDesk(HELLO, commands=COMMANDS)
    clock = HeldClock()
    async with sandbox() as stand:
        transport = AiohttpTransport(api_address(stand.options.api_url, stand.options.token))
        await Client(transport).call("setWebhook", url="https://bot.example/hook")
        await transport.shutdown()
        async with listening(stand, desk, stand.platform(clock)):
            await clock.asleep(1.0)
            clock.pass_on(1.0)
            await told(stand, desk, PRIVATE_CHAT, "/headlines")


async def test_what_was_not_finished_before_a_restart_is_answered_after_it() -> None:
    """The process dies while the desk thinks: the letter is kept, Telegram was told that we have it."""
    never = asyncio.Event()

    async def thinking(_request: object) -> Show:
        await never.wait()
        return HELLO

    first, second = FakeDesk(thinking, commands=COMMANDS), FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand:
        async with listening(stand, first):
            await told(stand, first, PRIVATE_CHAT, "/headlines")
        async with listening(stand, second):
            [again] = await second.asked()
    assert again == first.requests[0]


async def test_while_nothing_can_be_kept_people_hear_that_the_answer_comes_later_and_then_it_comes() -> None:
    desk, clock, inbox = FakeDesk(*[HELLO] * 6, commands=COMMANDS), HeldClock(), FullInbox()
    async with sandbox() as fresh:
        stand = replace(fresh, inbox=inbox)
        async with listening(stand, desk, stand.platform(clock)) as platform:
            await platform.send(GROUP, CARD, once="a")
            card = (await stand.sees())[0]
            said = await stand.server.say(PRIVATE_CHAT.id, READER_1, "/headlines")
            assert said.messages[-1].text == LATER
            speaking = [
                asyncio.create_task(stand.server.say(chat.id, person, words))
                for chat, person, words in (
                    (PRIVATE_CHAT, READER_1, "/headlines Japan"),
                    (CHANNEL, MODERATOR_1, "/headlines"),
                    (GROUP, READER_1, "good morning"),
                    (GROUP, READER_1, "/headlines"),
                )
            ]
            seen = await _in_time(clock, speaking[-1])
            assert seen.messages[-1].text == LATER
            assert (await _in_time(clock, asyncio.create_task(stand.press("Read", message=card)))).toast == LATER
            assert desk.requests == []
            seen_in = [await stand.sees(chat=chat) for chat in (PRIVATE_CHAT, GROUP, CHANNEL)]
            excuses = [sum(message.text == LATER for message in messages) for messages in seen_in]
            assert excuses == [1, 1, 0], "once in each chat, and never in a channel"

            inbox.is_full = False
            assert len(await _in_time(clock, asyncio.create_task(desk.asked(5)))) == 5
            _forget(*speaking)


async def _in_time(clock: HeldClock, waiting: "asyncio.Task[_Heard]") -> _Heard:
    """What is waited for while time passes, but not faster than the server lets us have all updates each time."""
    while not (await asyncio.wait([waiting], timeout=0.6))[0]:
        clock.pass_on(1.0)
    return waiting.result()


async def test_a_group_that_moves_is_told_of() -> None:
    doors = FakeDoors()
    async with sandbox() as stand, listening(stand, FakeDesk(), stand.platform(doors=doors)):
        new = stand.server.migrate(GROUP.id)
        assert await doors.heard.get() == ("moved", GROUP, replace(GROUP, id=new))


async def test_no_token_reaches_a_log_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = FakeDesk(HELLO, commands=COMMANDS)
    async with sandbox() as stand, listening(stand, desk) as platform:
        await told(stand, desk, PRIVATE_CHAT, "/headlines")
        stand.strike("cut_before")
        await platform.may_manage(PersonRef(platform="telegram", id="1"), GROUP)
        assert TELEGRAM_TOKEN not in repr(platform.__dict__["_client"])
    assert TELEGRAM_TOKEN.partition(":")[2] not in caplog.text
