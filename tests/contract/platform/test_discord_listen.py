"""The life of the connection to Discord: from the first login to the last goodbye."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import unused_port

from adapters.discord.platform import DiscordPlatform
from adapters.sandbox.contract import READER_1
from adapters.sandbox.discord.cast import APPLICATION_ID, TEXT_CHANNEL_ID
from bot.messages.action import Action, Verb
from bot.messages.exchange import Answer, Request, Toast
from bot.messages.menu import CommandOption, CommandSpec
from bot.messages.post import Control, Post, Tone
from bot.ports.platform import PlatformStartError, TryLaterError
from tests.contract.platform.discord_stand import CODEC, TEXT_CHANNEL, Stand, connected, sandbox, until
from tests.fakes.beats import FakeBeats
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk

_HELP = CommandSpec(name="help", description="What I can do")
_CARD = Post(tone=Tone.NEWS, title="Ferries", controls=((Control(label="Read", action=Action(verb=Verb.READ)),),))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with sandbox() as opened:
        yield opened


async def test_the_menu_is_registered_before_anybody_is_heard(stand: Stand) -> None:
    story = CommandSpec(
        name="story",
        description="One story",
        options=(
            CommandOption(name="page", description="Which page"),
            CommandOption(name="story", description="Which one", is_required=True, has_suggestions=True),
        ),
    )
    start = CommandSpec(name="start", description="Begin", is_greeting=True)
    async with connected(stand, FakeDesk(commands=(start, _HELP, story))):
        registered = await stand.call("GET", f"/applications/{APPLICATION_ID}/commands")
    assert [command["name"] for command in registered] == ["help", "story"]
    assert [option["name"] for option in registered[1]["options"]] == ["story", "page"]


async def test_a_menu_that_discord_refuses_keeps_nobody_from_being_heard(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    desk = FakeDesk(commands=(CommandSpec(name="No Such Name", description=""),))
    async with connected(stand, desk) as platform:
        await platform.send(TEXT_CHANNEL, _CARD, once="a")
        await stand.press("Read", message=(await stand.sees())[-1])
    assert len(desk.requests) == 1
    assert "discord menu refused" in caplog.text


async def test_a_wrong_token_is_named_and_not_told(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    options = replace(stand.options, token="wrong.token.here")
    platform = DiscordPlatform(options, codec=CODEC, clock=HeldClock())
    with pytest.raises(PlatformStartError, match="NEWSBOT_DISCORD_TOKEN") as caught:
        await platform.listen(FakeDesk())
    assert "wrong.token.here" not in f"{caught.value} {caplog.text}"


async def test_a_connection_that_discord_closes_for_good_ends_the_listening(stand: Stand) -> None:
    stand.strike("close", code=4004)
    platform = DiscordPlatform(stand.options, codec=CODEC, clock=HeldClock())
    with pytest.raises(PlatformStartError, match="NEWSBOT_DISCORD_TOKEN"):
        await platform.listen(FakeDesk())


async def test_every_word_of_the_gateway_is_a_sign_of_life(stand: Stand) -> None:
    beats = FakeBeats()
    async with connected(stand, FakeDesk(), beat=beats):
        opened = len(beats.heard)
        assert opened >= 2, "hello and ready"
        stand.strike("reconnect")
        await beats.until(opened + 2)


async def test_a_discord_that_cannot_be_reached_is_tried_again_ever_more_slowly(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HeldClock()
    nowhere = replace(stand.options, api_url=f"http://127.0.0.1:{unused_port()}/api/v10")
    platform = DiscordPlatform(nowhere, codec=CODEC, clock=clock)
    listening = asyncio.create_task(platform.listen(FakeDesk()))
    for wait in (1, 2, 4, 8, 16, 32, 60):
        await clock.asleep(wait)
        clock.pass_on(wait)
    assert clock.slept[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert {record.reason for record in caplog.records} == {"Discord cannot be reached"}  # type: ignore[attr-defined]  # a field of the event
    assert not any(record.exc_info for record in caplog.records), "no trace for what is no error of ours"
    with pytest.raises(TryLaterError):
        await platform.send(TEXT_CHANNEL, _CARD, once="a")
    listening.cancel()
    await asyncio.wait((listening,))
    assert listening.cancelled()


@pytest.mark.parametrize(("fault", "options"), [("reconnect", {}), ("close", {"code": 1000})])
async def test_a_lost_connection_is_taken_up_again(stand: Stand, fault: str, options: dict[str, object]) -> None:
    desk = FakeDesk(Toast(text="Here."), commands=(_HELP,))
    async with connected(stand, desk):
        stand.strike(fault, **options)
        await until(lambda: any(entry.get("fault") == fault for entry in stand.store.since(0) if "step" not in entry))
        seen = await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert seen.messages[-1].text == "Here."


async def test_one_malformed_interaction_does_not_end_the_listening(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HeldClock()
    desk = FakeDesk(Toast(text="Here."), commands=(_HELP,))
    async with connected(stand, desk, clock) as platform:
        await stand.server._house.gateway.send("INTERACTION_CREATE", {"id": "1", "type": 3, "data": {}})
        await clock.asleep(1.0)
        assert "discord connection ended" in caplog.text
        clock.pass_on(1.0)
        await until(lambda: stand.server.is_connected)
        await platform.ready()
        seen = await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")
    assert seen.messages[-1].text == "Here."


async def test_an_interaction_that_asks_nothing_is_a_line_in_the_log(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    ping = {
        "id": "1",
        "type": 1,
        "token": "t",
        "version": 1,
        "application_id": APPLICATION_ID,
        "attachment_size_limit": 0,
    }
    async with connected(stand, FakeDesk()):
        await stand.server._house.gateway.send("INTERACTION_CREATE", ping)
        await until(lambda: "discord interaction without a request" in caplog.text)


async def test_a_desk_that_breaks_its_promise_is_a_line_in_the_log(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_request: Request) -> Answer:
        raise ValueError("a desk never does this")

    async with connected(stand, FakeDesk(fail, Toast(text="Here."), commands=(_HELP,))):
        asking = asyncio.create_task(stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help"))
        await until(lambda: "discord event failed" in caplog.text)
        asking.cancel()
        assert (await stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help")).messages[-1].text == "Here."


async def test_an_answer_under_way_is_still_shown_when_the_listening_ends(stand: Stand) -> None:
    thought = asyncio.Event()

    async def think(_request: Request) -> Answer:
        await thought.wait()
        return Toast(text="Just in time.")

    desk = FakeDesk(think, commands=(_HELP,))
    platform = DiscordPlatform(stand.options, codec=CODEC, clock=HeldClock())
    listening = asyncio.create_task(platform.listen(desk))
    await platform.ready()
    asking = asyncio.create_task(stand.server.say(TEXT_CHANNEL_ID, READER_1, "/help"))
    await desk.asked(1)
    listening.cancel()
    await asyncio.sleep(0)
    thought.set()
    seen = await asking
    assert seen.messages[-1].text == "Just in time."
    await asyncio.wait((listening,))
    assert listening.cancelled()


async def test_what_the_library_notes_in_detail_stays_out_of_the_log(stand: Stand) -> None:
    library = logging.getLogger("discord")
    library.setLevel(logging.DEBUG)
    async with connected(stand, FakeDesk()):
        assert library.getEffectiveLevel() == logging.INFO
