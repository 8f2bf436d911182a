"""Posts on Telegram: shown, edited, taken away, and every way in which that fails."""

from dataclasses import replace

import pytest

from adapters.sandbox.telegram.cast import GROUP as GROUP_ID
from bot.domain.channel import ChannelRef
from bot.domain.delivery import RateLimit, Receipt
from bot.messages.action import Action, Verb
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import link, text
from bot.ports.platform import ChannelLostError, PostRefusedError, TryLaterError, UncertainError
from tests.contract.platform.telegram_stand import CHANNEL, GROUP, PRIVATE_CHAT, sandbox, speaking
from tests.fakes.clocks import HeldClock

CARD = Post(
    tone=Tone.NEWS,
    title="Harbour bridge closes",
    link="https://courier.example/a/881",
    byline=text(link("City Courier", "https://courier.example"), " · 2 min read"),
    blocks=(
        Block(text=text("The council voted <to close> it & more.")),
        Block(text=text("“A pity” — a reader"), kind=BlockKind.QUOTE),
    ),
    controls=((Control(label="Read", action=Action(verb=Verb.READ, subject=7), is_primary=True),),),
)
OTHER = replace(CARD, title="Harbour bridge stays open")


@pytest.mark.parametrize("to", [GROUP, CHANNEL, PRIVATE_CHAT])
async def test_a_post_is_shown_with_its_words_and_buttons(to: ChannelRef) -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(to, CARD, once="a")
        [shown] = await stand.sees(chat=to)
        assert receipt == Receipt(channel=to, message_ids=(shown.id,), note=to.id)
        assert shown.title == "Harbour bridge closes"
        assert shown.text == (
            "Harbour bridge closes\nCity Courier · 2 min read\n\n"
            "The council voted <to close> it & more.\n\n“A pity” — a reader"
        )
        assert [button.label for button in shown.buttons] == ["Read"]


async def test_an_edit_changes_the_message_and_keeps_its_receipt() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(GROUP, CARD, once="a")
        assert await platform.edit(receipt, OTHER) == receipt
        [shown] = await stand.sees()
        assert (shown.title, shown.edited) == ("Harbour bridge stays open", True)


async def test_an_edit_that_changes_nothing_is_a_success() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(GROUP, CARD, once="a")
        assert await platform.edit(receipt, CARD) == receipt


async def test_a_withdrawn_post_is_gone_and_may_be_withdrawn_again() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(GROUP, CARD, once="a")
        await platform.withdraw(receipt)
        assert await stand.sees() == ()
        await platform.withdraw(receipt)


async def test_an_edit_of_a_message_that_is_gone_is_refused() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(GROUP, CARD, once="a")
        await platform.withdraw(receipt)
        with pytest.raises(PostRefusedError, match="not found"):
            await platform.edit(receipt, OTHER)


async def test_an_unknown_chat_is_lost() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        with pytest.raises(ChannelLostError, match="Chat not found"):
            await platform.send(replace(GROUP, id="-1009999999999"), CARD, once="a")


async def test_the_one_who_blocked_us_is_a_lost_channel() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        stand.strike("blocked", chat=PRIVATE_CHAT.id)
        with pytest.raises(ChannelLostError, match="blocked"):
            await platform.send(PRIVATE_CHAT, CARD, once="a")


async def test_a_group_that_moved_says_where_it_lives_now() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        moved_to = stand.server.migrate(GROUP.id)
        with pytest.raises(ChannelLostError) as lost:
            await platform.send(GROUP, CARD, once="a")
        assert lost.value.moved_to == replace(GROUP, id=moved_to)
        await platform.send(replace(GROUP, id=moved_to), CARD, once="a")


async def test_a_message_of_a_groups_former_chat_is_not_taken_for_one_of_that_number_in_the_new_one() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        before = await platform.send(GROUP, CARD, once="a")
        moved = replace(before, channel=replace(GROUP, id=stand.server.migrate(GROUP.id)))
        for change in (platform.edit(moved, CARD), platform.withdraw(moved)):
            with pytest.raises(PostRefusedError, match="former chat"):
                await change
        assert not stand.calls("editMessageText")
        assert not stand.calls("deleteMessage")


async def test_a_rate_limit_puts_it_back_for_exactly_as_long_as_asked() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        stand.strike("rate_limit", retry_after=43)
        with pytest.raises(TryLaterError) as later:
            await platform.send(GROUP, CARD, once="a")
        assert later.value.wait_s == 43


async def test_a_pause_that_was_asked_for_before_this_process_began_is_kept() -> None:
    clock = HeldClock()
    async with sandbox() as stand, speaking(stand, clock) as platform:
        platform.leave_alone(GROUP, 30.0)
        with pytest.raises(TryLaterError) as later:
            await platform.send(GROUP, CARD, once="a")
        assert (later.value.wait_s, later.value.limit) == (30, RateLimit.ASKED)
        assert not stand.calls("sendMessage")
        clock.pass_on(30)
        await platform.send(GROUP, CARD, once="a")


async def test_a_chat_that_asked_for_a_pause_is_not_called_before_its_end() -> None:
    clock = HeldClock()
    async with sandbox() as stand, speaking(stand, clock) as platform:
        stand.strike("rate_limit", retry_after=43)
        with pytest.raises(TryLaterError):
            await platform.send(GROUP, CARD, once="a")
        stand.faults.clear()
        clock.pass_on(13)
        with pytest.raises(TryLaterError) as later:
            await platform.send(GROUP, CARD, once="a")
        assert later.value.wait_s == 30
        assert len(stand.calls("sendMessage")) == 1
        await platform.send(PRIVATE_CHAT, CARD, once="b")
        clock.pass_on(30)
        await platform.send(GROUP, CARD, once="a")


@pytest.mark.parametrize("kind", ["error_after", "error_before", "cut_after", "cut_before"])
async def test_a_send_whose_answer_is_lost_is_uncertain(kind: str) -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        stand.strike(kind)
        with pytest.raises(UncertainError):
            await platform.send(GROUP, CARD, once="a")
        assert len(await stand.sees()) == (1 if kind.endswith("after") else 0)


async def test_an_edit_whose_answer_is_lost_may_simply_be_repeated() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(GROUP, CARD, once="a")
        stand.strike("cut_after")
        with pytest.raises(TryLaterError):
            await platform.edit(receipt, OTHER)
        stand.faults.clear()
        await platform.edit(receipt, OTHER)


async def test_a_server_that_cannot_be_reached_was_sent_nothing() -> None:
    async with sandbox() as stand:
        nowhere = replace(stand.options, api_url="http://127.0.0.1:1/bot")
    async with speaking(replace(stand, options=nowhere)) as platform:
        with pytest.raises(TryLaterError, match="cannot be reached") as later:
            await platform.send(GROUP, CARD, once="a")
        assert stand.options.token not in str(later.value)


async def test_a_closed_platform_sends_nothing_and_says_later() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        await platform.close()
        with pytest.raises(TryLaterError):
            await platform.send(GROUP, CARD, once="a")
        assert stand.calls("sendMessage") == []


async def test_a_wrong_thread_is_a_lost_channel_or_ignored_but_never_another_error() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        receipt = await platform.send(replace(GROUP, thread="5"), CARD, once="a")
        assert receipt.channel == ChannelRef(platform="telegram", id=str(GROUP_ID), thread="5")


async def test_our_own_budget_holds_a_group_to_its_share_of_a_minute_without_a_single_refusal() -> None:
    clock = HeldClock()
    async with (
        sandbox() as stand,
        speaking(replace(stand, options=replace(stand.options, rates=True)), clock) as platform,
    ):
        for _ in range(17):
            clock.pass_on(0.1)
            await platform.send(GROUP, CARD, once="a")
        clock.pass_on(0.1)
        with pytest.raises(TryLaterError) as later:
            await platform.send(GROUP, CARD, once="a")
        assert later.value.wait_s == pytest.approx(60 - 1.7)
        assert later.value.limit is RateLimit.CHANNEL
        assert {call["status"] for call in stand.calls("sendMessage")} == {200}


async def test_markup_that_cannot_be_read_is_sent_once_more_as_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.telegram.render.escape", lambda words: words)  # an escaping bug
    async with sandbox() as stand, speaking(stand) as platform:
        await platform.send(GROUP, CARD, once="a")
        assert [call["status"] for call in stand.calls("sendMessage")] == [400, 200]
        [shown] = await stand.sees()
        assert "The council voted <to close> it & more." in shown.text


async def test_an_id_that_is_no_number_is_refused_and_not_raised_as_something_else() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        with pytest.raises(PostRefusedError):
            await platform.send(replace(GROUP, id="world-news"), CARD, once="a")


async def test_a_withdrawal_obeys_rate_limits_too() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        stand.strike("rate_limit", retry_after=2)
        with pytest.raises(TryLaterError):
            await platform.withdraw(Receipt(channel=GROUP, message_ids=("1",)))


async def test_a_bot_has_no_history_to_look_into() -> None:
    async with sandbox() as stand, speaking(stand) as platform:
        assert await platform.find(GROUP, CARD, since=HeldClock().now()) is None
        assert not platform.limits.can_find
