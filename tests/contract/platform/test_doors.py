"""Channels that open and close, as both platforms tell of it."""

import asyncio
from dataclasses import replace

import pytest

from adapters.sandbox.contract import MODERATOR_1, READER_1
from adapters.sandbox.discord.cast import TEXT_CHANNEL_ID, USER_IDS
from bot.domain.channel import ChannelRef, Loss
from bot.domain.person import PersonRef
from bot.messages.action import Action, Verb
from bot.messages.post import Control, Post, Tone
from bot.ports.platform import ChannelLostError, TryLaterError
from tests.contract.platform import discord_stand, telegram_stand
from tests.fakes.desk import FakeDesk
from tests.fakes.doors import FakeDoors

_BUTTON = Control(label="OK", action=Action(verb=Verb.NOTED, subject=3))
_WORD = Post(tone=Tone.NOTICE, title="A word in private", controls=((_BUTTON,),))
_CHANNEL = discord_stand.TEXT_CHANNEL


async def _lost(sending: object) -> Loss:
    try:
        await sending  # type: ignore[misc]  # a coroutine
    except ChannelLostError as lost:
        return lost.loss
    raise AssertionError("it was sent")


async def _heard(doors: FakeDoors) -> tuple[object, ...]:
    async with asyncio.timeout(5):
        return await doors.heard.get()


async def test_a_server_that_removes_us_closes_its_channels_and_opens_the_paused_one_again() -> None:
    doors = FakeDoors(_CHANNEL, ChannelRef(platform="discord", id="404"))
    async with discord_stand.sandbox() as stand, discord_stand.connected(stand, FakeDesk(), doors=doors) as platform:
        assert await _heard(doors) == ("opened", _CHANNEL)  # at the start, as it was paused
        await stand.server.change_bot(TEXT_CHANNEL_ID, MODERATOR_1, "remove")
        closed = await _heard(doors)
        assert closed[0] == "closed"
        assert _CHANNEL in closed
        assert closed[-1] is Loss.SHUT_OUT
        assert await _lost(platform.send(_CHANNEL, _WORD, once="a")) is Loss.SHUT_OUT
        await stand.server.change_bot(TEXT_CHANNEL_ID, MODERATOR_1, "add")
        assert await _heard(doors) == ("opened", _CHANNEL)
        await platform.send(_CHANNEL, _WORD, once="b")


async def test_a_right_that_is_taken_refuses_us_and_one_that_is_given_back_opens_the_channel() -> None:
    doors = FakeDoors()
    async with discord_stand.sandbox() as stand, discord_stand.connected(stand, FakeDesk(), doors=doors) as platform:
        await stand.server.change_bot(TEXT_CHANNEL_ID, MODERATOR_1, "mute")
        assert await _lost(platform.send(_CHANNEL, _WORD, once="a")) is Loss.NO_RIGHTS
        doors.shut.append(_CHANNEL)
        await stand.server.change_bot(TEXT_CHANNEL_ID, MODERATOR_1, "unmute")
        assert await _heard(doors) == ("opened", _CHANNEL)
        await stand.server.change_bot(TEXT_CHANNEL_ID, MODERATOR_1, "delete")
        assert await _heard(doors) == ("closed", _CHANNEL, Loss.GONE)
        assert await _lost(platform.send(_CHANNEL, _WORD, once="b")) is Loss.GONE


async def test_a_locked_thread_refuses_us_and_an_unlocked_one_opens() -> None:
    doors = FakeDoors()
    async with discord_stand.sandbox() as stand, discord_stand.connected(stand, FakeDesk(), doors=doors) as platform:
        body = {"name": "talk", "type": 11}
        opened = await stand.call("POST", f"/channels/{TEXT_CHANNEL_ID}/threads", body)
        thread = ChannelRef(platform="discord", id=TEXT_CHANNEL_ID, thread=str(opened["id"]))
        await platform.send(thread, _WORD, once="a")
        await stand.server.change_bot(str(opened["id"]), MODERATOR_1, "lock")
        assert await _lost(platform.send(thread, _WORD, once="b")) is Loss.CLOSED
        doors.shut.append(thread)
        await stand.server.change_bot(str(opened["id"]), MODERATOR_1, "unlock")
        assert await _heard(doors) == ("opened", thread)
        await platform.send(thread, _WORD, once="c")
        await stand.server.change_bot(str(opened["id"]), MODERATOR_1, "delete")
        assert await _heard(doors) == ("closed", thread, Loss.GONE)


async def test_slow_mode_is_waited_for_and_closes_nothing() -> None:
    doors = FakeDoors()
    async with discord_stand.sandbox() as stand, discord_stand.connected(stand, FakeDesk(), doors=doors) as platform:
        stand.strike("slow_mode", seconds=40)
        with pytest.raises(TryLaterError) as later:
            await platform.send(_CHANNEL, _WORD, once="a")
        assert later.value.wait_s == pytest.approx(40, abs=1)
        assert doors.heard.empty()


async def test_a_person_on_discord_is_told_in_a_private_chat_that_is_opened_by_need() -> None:
    async with discord_stand.sandbox() as stand, discord_stand.connected(stand, FakeDesk()) as platform:
        private = platform.private_chat(PersonRef(platform="discord", id=USER_IDS[READER_1]))
        assert private is not None
        receipt = await platform.send(private, _WORD, once="a")
        assert receipt.channel == private
        await platform.edit(receipt, replace(_WORD, title="Another word"))
        [seen] = await stand.sees(READER_1, discord_stand.PRIVATE_CHAT.id)
        assert "Another word" in seen.text
        assert len([call for call in stand.calls if call["call"] == "POST /users/@me/channels"]) == 1
        await platform.withdraw(receipt)
        assert await stand.sees(READER_1, discord_stand.PRIVATE_CHAT.id) == ()
        await stand.server.change_bot(discord_stand.PRIVATE_CHAT.id, READER_1, "close")
        assert await _lost(platform.send(private, _WORD, once="b")) is Loss.BLOCKED
        await stand.server.change_bot(discord_stand.PRIVATE_CHAT.id, READER_1, "open")
        await platform.send(private, _WORD, once="c")


async def test_telegram_tells_of_every_way_in_and_out() -> None:
    doors, group, private = FakeDoors(), telegram_stand.GROUP, telegram_stand.PRIVATE_CHAT
    async with (
        telegram_stand.sandbox() as stand,
        telegram_stand.listening(stand, FakeDesk(), stand.platform(doors=doors)) as platform,
    ):
        for chat, person, out, back, loss in (
            (group, MODERATOR_1, "remove", "add", Loss.SHUT_OUT),
            (group, MODERATOR_1, "mute", "unmute", Loss.NO_RIGHTS),
            (private, READER_1, "block", "unblock", Loss.BLOCKED),
        ):
            await stand.server.change_bot(chat.id, person, out)
            assert await _heard(doors) == ("closed", chat, loss)
            assert await _lost(platform.send(chat, _WORD, once="a")) is loss
            await stand.server.change_bot(chat.id, person, back)
            assert await _heard(doors) == ("opened", chat)
            await platform.send(chat, _WORD, once="b")


async def test_a_person_on_telegram_is_told_in_the_chat_of_their_own_number_and_no_channel_is() -> None:
    async with telegram_stand.sandbox() as stand:
        platform = stand.platform()
        person = PersonRef(platform="telegram", id=telegram_stand.PRIVATE_CHAT.id)
        assert platform.private_chat(person) == telegram_stand.PRIVATE_CHAT
        for nobody in ("-1002000000001", "1087968824"):
            assert platform.private_chat(PersonRef(platform="telegram", id=nobody)) is None
