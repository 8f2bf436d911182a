"""Menus and rights, when Telegram does not answer as hoped."""

import pytest

from adapters.telegram.menu import publish_menus
from adapters.telegram.rights import Rights
from bot.domain.channel import ChannelRef
from bot.domain.person import PersonRef
from bot.messages.menu import CommandSpec
from tests.fakes.clocks import HeldClock
from tests.unit.adapters.telegram.bot_server import Script, calling, ok, refusal

GROUP = ChannelRef(platform="telegram", id="-1")
ANA = PersonRef(platform="telegram", id="5")


async def test_menus_that_cannot_be_set_are_told_of_and_stop_nothing(caplog: pytest.LogCaptureFixture) -> None:
    answers = [refusal(400, "Bad Request: command must be non-empty") for _ in range(3)]
    script = Script(getMyCommands=[ok([]) for _ in range(3)], setMyCommands=answers)
    async with calling(script.answer) as client:
        await publish_menus(client, [CommandSpec(name="help", description="What I can do")])
    assert sum("menu could not be set" in record.message for record in caplog.records) == 3


async def test_rights_that_cannot_be_asked_for_are_none_and_are_asked_for_again() -> None:
    member = {"status": "administrator", "user": {"id": 5}}
    script = Script(getChatMember=[refusal(400, "Bad Request: CHAT_ADMIN_REQUIRED"), ok(member)])
    async with calling(script.answer) as client:
        rights = Rights(client, HeldClock())
        assert not await rights.may_manage(ANA, GROUP)
        assert await rights.may_manage(ANA, GROUP)


async def test_rights_are_remembered_for_a_minute_and_no_longer() -> None:
    clock = HeldClock()
    script = Script(getChatMember=[ok({"status": "creator"}), ok({"status": "left"})])
    async with calling(script.answer) as client:
        rights = Rights(client, clock)
        assert await rights.may_manage(ANA, GROUP)
        clock.pass_on(59)
        assert await rights.may_manage(ANA, GROUP)
        clock.pass_on(1)
        assert not await rights.may_manage(ANA, GROUP)


async def test_who_speaks_as_another_chat_manages_nothing() -> None:
    async with calling(Script().answer) as client:
        assert not await Rights(client, HeldClock()).may_manage(PersonRef(platform="telegram", id="-300"), GROUP)
