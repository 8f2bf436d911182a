"""Posting on Discord: once, found again, brought up to date, and what a refusal means."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.limits import LIMITS
from adapters.discord.platform import DiscordPlatform
from adapters.discord.shards import Shards
from adapters.sandbox.contract import MODERATOR_1, READER_1, Strictness
from adapters.sandbox.discord.cast import GUILD_ID, TEXT_CHANNEL_ID, USER_IDS
from adapters.sandbox.discord.permissions import Permission
from bot.domain.channel import ChannelRef
from bot.domain.delivery import RateLimit, Receipt
from bot.domain.person import PersonRef
from bot.messages.action import Action, Verb
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from bot.ports.platform import (
    ChannelLostError,
    PostRefusedError,
    SendError,
    TryLaterError,
    UncertainError,
)
from tests.contract.platform.discord_stand import (
    CODEC,
    PRIVATE_CHAT,
    TEXT_CHANNEL,
    Stand,
    connected,
    paced,
    sandbox,
)
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _card(title: str = "Ferries return", story: int = 7) -> Post:
    read = Control(label="Read", action=Action(verb=Verb.READ, subject=story), is_primary=True)
    return Post(tone=Tone.NEWS, title=title, blocks=(Block(text=text("The first left at dawn.")),), controls=((read,),))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with sandbox() as opened:
        yield opened


@pytest.fixture
async def platform(stand: Stand) -> AsyncIterator[DiscordPlatform]:
    async with connected(stand, FakeDesk()) as listening:
        yield listening


async def test_a_post_stands_in_the_channel(stand: Stand, platform: DiscordPlatform) -> None:
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="a")
    (message,) = await stand.sees()
    assert receipt == Receipt(channel=TEXT_CHANNEL, message_ids=(message.id,))
    assert (message.title, message.text) == ("Ferries return", "Ferries return\nThe first left at dawn.")
    assert [button.label for button in message.buttons] == ["Read"]


async def test_a_repeat_shows_nothing_new_and_returns_the_first_receipt(
    stand: Stand, platform: DiscordPlatform
) -> None:
    receipts = {await platform.send(TEXT_CHANNEL, _card(), once="the same") for _ in range(3)}
    assert len(receipts) == len(await stand.sees()) == 1


async def test_a_repeat_after_an_unread_answer_is_no_second_message(stand: Stand, platform: DiscordPlatform) -> None:
    stand.strike("cut_after")
    with pytest.raises(UncertainError):
        await platform.send(TEXT_CHANNEL, _card(), once="the same")
    stand.faults.clear()
    await platform.send(TEXT_CHANNEL, _card(), once="the same")
    assert len(await stand.sees()) == 1


async def test_a_repeat_of_a_message_that_somebody_deleted_does_not_bring_it_back(
    stand: Stand, platform: DiscordPlatform
) -> None:
    await platform.withdraw(await platform.send(TEXT_CHANNEL, _card(), once="the same"))
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="the same")
    assert receipt == Receipt(channel=TEXT_CHANNEL, message_ids=())
    assert await stand.sees() == ()
    with pytest.raises(PostRefusedError):
        await platform.edit(receipt, _card())


async def test_a_post_in_a_thread_and_in_a_private_chat(stand: Stand, platform: DiscordPlatform) -> None:
    thread = await stand.call("POST", f"/channels/{TEXT_CHANNEL.id}/threads", {"name": "ferries", "type": 11})
    thread_id = thread["id"]
    await platform.send(replace(TEXT_CHANNEL, thread=thread_id), _card(), once="a")
    await platform.send(PRIVATE_CHAT, _card(), once="b")
    assert [len(await stand.sees(chat=chat)) for chat in (thread_id, PRIVATE_CHAT.id)] == [1, 1]


async def test_an_edit_changes_the_message_and_the_same_again_is_a_success(
    stand: Stand, platform: DiscordPlatform
) -> None:
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="a")
    for _ in range(2):
        assert await platform.edit(receipt, _card("Ferries are back")) == receipt
    (message,) = await stand.sees()
    assert (message.title, message.edited) == ("Ferries are back", True)


async def test_an_edit_of_a_message_that_is_gone_is_refused(platform: DiscordPlatform) -> None:
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="a")
    await platform.withdraw(receipt)
    with pytest.raises(PostRefusedError):
        await platform.edit(receipt, _card())


@pytest.mark.parametrize("is_locked", [False, True])
async def test_an_archived_thread_is_woken_for_an_edit_unless_it_is_locked(
    stand: Stand,
    platform: DiscordPlatform,
    is_locked: bool,  # noqa: FBT001
) -> None:
    thread = await stand.call("POST", f"/channels/{TEXT_CHANNEL.id}/threads", {"name": "ferries", "type": 11})
    receipt = await platform.send(replace(TEXT_CHANNEL, thread=thread["id"]), _card(), once="a")
    kept = stand.server._house.archive.channels[thread["id"]]
    kept["thread_metadata"] |= {"archived": True, "locked": is_locked}
    kept["owner_id"] = USER_IDS[MODERATOR_1] if is_locked else kept["owner_id"]
    if is_locked:
        with pytest.raises(ChannelLostError):
            await platform.edit(receipt, _card("Ferries are back"))
    else:
        await platform.edit(receipt, _card("Ferries are back"))
        assert (await stand.sees(chat=thread["id"]))[-1].title == "Ferries are back"


async def test_taking_away_what_is_gone_is_a_success(stand: Stand, platform: DiscordPlatform) -> None:
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="a")
    for _ in range(2):
        await platform.withdraw(receipt)
    assert await stand.sees() == ()


async def test_nobody_is_pinged_by_a_post_or_its_edit(stand: Stand, platform: DiscordPlatform) -> None:
    loud = replace(_card("@everyone"), blocks=(Block(text=text(f"<@{USER_IDS[READER_1]}> @here")),))
    await platform.edit(await platform.send(TEXT_CHANNEL, loud, once="a"), loud)
    await stand.call("POST", f"/channels/{TEXT_CHANNEL.id}/messages", {"content": "@everyone"})  # somebody else's pings
    written = [entry for entry in stand.store.since(0) if entry["kind"] in {"shown", "edited"}]
    assert [bool(entry.get("pinged")) for entry in written] == [False, False, True]


async def test_our_message_is_found_again_by_its_first_button(platform: DiscordPlatform) -> None:
    await platform.send(TEXT_CHANNEL, _card(story=6), once="a")
    receipt = await platform.send(TEXT_CHANNEL, _card(), once="b")
    await platform.send(TEXT_CHANNEL, _card(story=8), once="c")
    assert await platform.find(TEXT_CHANNEL, _card("Another title"), since=_LONG_AGO) == receipt
    assert await platform.find(TEXT_CHANNEL, _card(story=9), since=_LONG_AGO) is None
    assert await platform.find(PRIVATE_CHAT, _card(), since=_LONG_AGO) is None
    assert await platform.find(TEXT_CHANNEL, Post(tone=Tone.NOTICE, title="No button"), since=_LONG_AGO) is None


async def test_an_older_message_is_not_taken_for_the_one_that_is_looked_for(
    stand: Stand, platform: DiscordPlatform
) -> None:
    await platform.send(TEXT_CHANNEL, _card(), once="a")
    later = datetime.fromtimestamp(stand.clock(), UTC) + timedelta(seconds=1)
    assert await platform.find(TEXT_CHANNEL, _card(), since=later) is None


async def test_a_history_that_cannot_be_read_just_now_is_to_be_read_later(
    stand: Stand, platform: DiscordPlatform
) -> None:
    await platform.send(TEXT_CHANNEL, _card(), once="a")
    stand.strike("error_before", status=503)
    with pytest.raises(TryLaterError):
        await platform.find(TEXT_CHANNEL, _card(), since=_LONG_AGO)


async def test_a_history_that_we_may_not_read_proves_nothing(stand: Stand) -> None:
    channel = stand.server._house.archive.channels[TEXT_CHANNEL.id]
    deny = {"id": channel["guild_id"], "type": 0, "allow": "0", "deny": str(int(Permission.READ_MESSAGE_HISTORY))}
    channel["permission_overwrites"] = [deny]
    async with connected(stand, FakeDesk()) as platform:
        with pytest.raises(UncertainError):
            await platform.find(TEXT_CHANNEL, _card(), since=_LONG_AGO)


@pytest.fixture
async def elsewhere(stand: Stand) -> AsyncIterator[DiscordPlatform]:
    """One whose only shard does not hear of our server."""
    theirs = 1 - (int(GUILD_ID) >> 22) % 2
    sharded = replace(stand.options, shards=Shards(first=theirs, last=theirs, count=2))
    async with connected(replace(stand, options=sharded), FakeDesk()) as platform:
        yield platform


async def test_a_post_reaches_a_server_that_another_process_hears_and_is_found_there(
    elsewhere: DiscordPlatform,
) -> None:
    sent = await elsewhere.send(TEXT_CHANNEL, _card(), once="a")
    assert await elsewhere.find(TEXT_CHANNEL, _card(), since=_LONG_AGO) == sent


async def test_a_history_of_another_process_s_server_that_we_may_not_read_proves_nothing_either(
    stand: Stand, elsewhere: DiscordPlatform
) -> None:
    channel = stand.server._house.archive.channels[TEXT_CHANNEL.id]
    deny = {"id": channel["guild_id"], "type": 0, "allow": "0", "deny": str(int(Permission.READ_MESSAGE_HISTORY))}
    channel["permission_overwrites"] = [deny]
    with pytest.raises(UncertainError):
        await elsewhere.find(TEXT_CHANNEL, _card(), since=_LONG_AGO)


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        ("missing_access", {}, ChannelLostError),
        ("missing_permissions", {}, ChannelLostError),
        ("unknown_channel", {}, ChannelLostError),
        ("error_before", {"status": 500}, UncertainError),
        ("error_after", {"status": 502}, UncertainError),
        ("error_before", {"status": 503}, UncertainError),
        ("error_after", {"status": 503}, UncertainError),
        ("cut_before", {}, UncertainError),
        ("cut_after", {}, UncertainError),
        ("rate_limit", {"seconds": 1}, TryLaterError),
        ("rate_limit", {"seconds": 11}, TryLaterError),
        ("slow_mode", {"seconds": 5}, TryLaterError),
    ],
)
async def test_a_refusal_is_one_of_the_four_send_errors(
    stand: Stand, platform: DiscordPlatform, fault: str, options: dict[str, object], error: type[SendError]
) -> None:
    stand.strike(fault, **options)
    with pytest.raises(error) as caught:
        await platform.send(TEXT_CHANNEL, _card(), once="a")
    assert stand.options.token not in str(caught.value)
    assert len(stand.sends()) == 1, "whoever asked decides whether to ask again"


@pytest.mark.parametrize(("scope", "elsewhere"), [("user", False), ("shared", False), ("global", True)])
async def test_a_pause_is_kept_where_discord_wants_it_for_as_long_as_its_answer_says(
    stand: Stand, scope: str, *, elsewhere: bool
) -> None:
    clock = HeldClock()
    async with connected(paced(stand), FakeDesk(), clock) as platform:
        stand.strike("rate_limit", seconds=1.75, scope=scope)
        with pytest.raises(TryLaterError) as told:
            await platform.send(TEXT_CHANNEL, _card(), once="a")
        assert told.value.wait_s == 1.75
        stand.faults.clear()
        if elsewhere:
            with pytest.raises(TryLaterError):
                await platform.send(PRIVATE_CHAT, _card(), once="b")
        else:
            await platform.send(PRIVATE_CHAT, _card(), once="b")
        clock.pass_on(1.75)
        await platform.send(TEXT_CHANNEL, _card(), once="a")


async def test_a_pause_that_was_asked_for_before_this_process_began_is_kept(stand: Stand) -> None:
    clock = HeldClock()
    async with connected(paced(stand), FakeDesk(), clock) as platform:
        receipt = await platform.send(TEXT_CHANNEL, _card(), once="a")
        platform.leave_alone(TEXT_CHANNEL, 30.0)
        for attempt in (platform.send(TEXT_CHANNEL, _card(story=8), once="b"), platform.edit(receipt, _card("Back"))):
            with pytest.raises(TryLaterError) as later:
                await attempt
            assert (later.value.wait_s, later.value.limit) == (30, RateLimit.ASKED)
        clock.pass_on(30)
        await platform.edit(receipt, _card("Back"))


async def test_every_request_is_counted_until_its_answer_and_none_is_left_in_the_count() -> None:
    async with sandbox() as stand, connected(paced(stand), FakeDesk(), HeldClock()) as platform:
        receipts = [await platform.send(chat, _card(), once=chat.id) for chat in (TEXT_CHANNEL, PRIVATE_CHAT)]
        await platform.edit(receipts[0], _card("Ferries are back"))
        await platform.find(TEXT_CHANNEL, _card(), since=_LONG_AGO)
        await platform.may_manage(PersonRef(platform="discord", id=USER_IDS[READER_1]), TEXT_CHANNEL)
        stand.strike("cut_after")
        with pytest.raises(UncertainError):
            await platform.send(TEXT_CHANNEL, _card(), once="cut")
        window = platform._pace._pacer._window
        assert window is not None
        assert (window._under_way, len(window._count_until)) == ([], len(stand.calls))


async def test_a_closed_private_chat_is_lost(stand: Stand, platform: DiscordPlatform) -> None:
    stand.strike("closed_dm")
    with pytest.raises(ChannelLostError):
        await platform.send(PRIVATE_CHAT, _card(), once="a")


async def test_a_channel_that_never_was_is_lost(platform: DiscordPlatform) -> None:
    with pytest.raises(ChannelLostError):
        await platform.send(ChannelRef(platform="discord", id="42"), _card(), once="a")


async def test_nothing_is_asked_of_a_channel_before_the_wait_that_discord_named_is_over(stand: Stand) -> None:
    clock = HeldClock()
    async with connected(paced(stand), FakeDesk(), clock) as platform:
        stand.strike("rate_limit", seconds=45)
        for wait in (45, 45):
            with pytest.raises(TryLaterError) as caught:
                await platform.send(TEXT_CHANNEL, _card(), once="a")
            assert caught.value.wait_s == pytest.approx(wait, abs=0.5)
        assert len(stand.sends()) == 1


async def test_a_sixth_message_within_a_second_waits_for_its_turn() -> None:
    clock = HeldClock()
    async with sandbox(Strictness(rates=False)) as stand, connected(paced(stand), FakeDesk(), clock) as platform:
        for number in range(5):
            await platform.send(TEXT_CHANNEL, _card(story=number), once=str(number))
            clock.pass_on(0.03)
        sixth = asyncio.create_task(platform.send(TEXT_CHANNEL, _card(), once="six"))
        await clock.asleep(0.85)
        assert len(stand.sends()) == 5
        seventh = asyncio.create_task(platform.send(TEXT_CHANNEL, _card(), once="seven"))
        await asyncio.sleep(0)
        clock.pass_on(0.86)
        waited = (await sixth).waited
        assert waited is not None
        assert waited.limit is RateLimit.CHANNEL
        assert waited.seconds == pytest.approx(0.86, abs=0.02)
        with pytest.raises(TryLaterError) as later:
            await seventh
        assert later.value.limit is RateLimit.CHANNEL
        assert len(stand.sends()) == 6


async def test_the_platform_says_what_it_is(platform: DiscordPlatform) -> None:
    assert platform.name == TEXT_CHANNEL.platform
    assert platform.limits is LIMITS


async def test_without_a_connection_nothing_is_sent(stand: Stand) -> None:
    platform = DiscordPlatform(stand.options, codec=CODEC, clock=HeldClock())
    with pytest.raises(TryLaterError):
        await platform.send(TEXT_CHANNEL, _card(), once="a")
    assert not await platform.may_manage(PersonRef(platform="discord", id="1"), TEXT_CHANNEL)


async def test_who_manages_a_channel_is_asked_of_discord_and_kept_for_a_minute(stand: Stand) -> None:
    clock = HeldClock()
    moderator = PersonRef(platform="discord", id=USER_IDS[MODERATOR_1])
    reader = PersonRef(platform="discord", id=USER_IDS[READER_1])
    stranger = PersonRef(platform="discord", id="99")
    async with connected(stand, FakeDesk(), clock) as platform:
        assert await platform.may_manage(moderator, TEXT_CHANNEL)
        assert not await platform.may_manage(reader, TEXT_CHANNEL)
        assert not await platform.may_manage(stranger, TEXT_CHANNEL)
        assert await platform.may_manage(reader, PRIVATE_CHAT)
        assert not await platform.may_manage(moderator, PRIVATE_CHAT)
        count = len(stand.calls)
        assert await platform.may_manage(moderator, TEXT_CHANNEL)
        assert len(stand.calls) == count
        clock.pass_on(61)
        assert await platform.may_manage(moderator, TEXT_CHANNEL)
        assert len(stand.calls) == count + 1


async def test_no_token_reaches_the_log_whatever_happens(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with connected(stand, FakeDesk()) as platform:
            await platform.send(TEXT_CHANNEL, _card(), once="a")
            (message,) = await stand.sees()
            await stand.press("Read", message=message)
            stand.strike("error_after", status=503)
            with pytest.raises(UncertainError):
                await platform.send(TEXT_CHANNEL, _card(), once="b")
    assert stand.options.token not in caplog.text
    assert stand.options.token not in repr(stand.options)
    assert "/callback" not in caplog.text
    assert TEXT_CHANNEL_ID in {call["chat"] for call in stand.calls}
