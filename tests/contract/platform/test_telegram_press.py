"""What people press, as the desk hears it and as they are answered."""

import asyncio
from dataclasses import replace

from adapters.sandbox.contract import MODERATOR_1, READER_1, READER_2
from adapters.sandbox.telegram.cast import USER_IDS
from adapters.telegram.platform import TelegramPlatform
from bot.messages.action import Action, ActionCodec, Unreadable, Verb
from bot.messages.exchange import Answer, Ask, Audience, Press, Replace, Request, Show, Submission, Toast
from bot.messages.form import Form, FormField
from bot.messages.menu import CommandOption, CommandSpec
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import text
from tests.contract.platform.telegram_stand import (
    CHANNEL,
    CODEC,
    GROUP,
    PRIVATE_CHAT,
    deaf_to_whispers,
    listening,
    sandbox,
)
from tests.fakes.clocks import HeldClock
from tests.fakes.desk import FakeDesk

READ = Action(verb=Verb.READ, subject=7)
OPINE = Action(verb=Verb.OPINE, subject=7)
CARD = Post(
    tone=Tone.NEWS,
    title="Harbour bridge closes",
    link="https://courier.example/a/881",
    controls=((Control(label="Read", action=READ, is_primary=True), Control(label="Say", action=OPINE)),),
)
STORY = Post(tone=Tone.STORY, title="Harbour bridge closes", blocks=(Block(text=text("Engineers found cracks.")),))
FORM = Form(
    action=OPINE,
    title="What do you think?",
    prompt="What do you think?",
    fields=(FormField(name="words", label="In your words", placeholder="Your opinion"),),
)

OPINION = CommandSpec(
    name="opinion", description="Say what you think", options=(CommandOption(name="story", description="Which"),)
)


async def test_an_answer_to_one_person_in_a_group_is_whispered() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY))) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees())[0])
        assert [message.ephemeral for message in seen.messages] == [True]
        assert "Engineers found cracks." in seen.messages[0].text
        assert len(await stand.sees(READER_2)) == 1


async def test_a_press_in_a_private_chat_is_answered_by_a_message_for_the_same_action() -> None:
    desk = FakeDesk(Show(post=STORY))
    async with sandbox() as stand, listening(stand, desk) as platform:
        await platform.send(PRIVATE_CHAT, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees(chat=PRIVATE_CHAT))[0], chat=PRIVATE_CHAT)
        assert "Engineers found cracks." in seen.messages[0].text
    [request] = desk.requests
    assert isinstance(request, Press)
    assert (request.action, request.scene.channel, request.scene.is_manager) == (READ, PRIVATE_CHAT, True)


async def test_in_a_channel_the_same_button_is_pressed_again_in_the_private_chat() -> None:
    desk = FakeDesk(Show(post=STORY), Show(post=STORY))
    async with sandbox() as stand, listening(stand, desk) as platform:
        await platform.send(CHANNEL, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees(chat=CHANNEL))[0], chat=CHANNEL)
        assert seen.chat == PRIVATE_CHAT.id
        assert "Engineers found cracks." in seen.messages[-1].text
    assert [request.action for request in desk.requests if isinstance(request, Press)] == [READ, READ]


async def test_an_answer_for_everybody_is_seen_by_everybody() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY, audience=Audience.CHANNEL))) as platform:
        await platform.send(GROUP, CARD, once="a")
        await stand.press("Read", message=(await stand.sees())[0])
        assert [message.ephemeral for message in await stand.sees(READER_2)] == [False, False]


async def test_what_is_for_one_alone_is_said_in_the_private_chat_even_where_a_command_was_typed() -> None:
    desk = FakeDesk(Show(post=STORY, audience=Audience.ALONE))
    async with sandbox() as stand, listening(stand, desk):
        await stand.server.say(GROUP.id, READER_1, "/help@newsbot_sandbox_bot")
        [*_, alone] = await stand.sees(chat=PRIVATE_CHAT)
        assert "Engineers found cracks." in alone.text
        assert not any("Engineers" in message.text for message in await stand.sees())


async def test_who_never_opened_a_private_chat_hears_it_in_the_group() -> None:
    desk = FakeDesk(Show(post=STORY, audience=Audience.ALONE))
    async with sandbox() as stand, listening(stand, desk):
        stand.strike("blocked", chat=PRIVATE_CHAT.id, reason="never_started")
        seen = await stand.server.say(GROUP.id, READER_1, "/help@newsbot_sandbox_bot")
        assert "Engineers found cracks." in seen.messages[-1].text


async def test_a_replaced_post_is_edited_and_the_toast_said_beside_it() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Replace(post=STORY, toast="Noted."))) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees())[0])
        assert seen.toast == "Noted."
        [message] = await stand.sees(READER_2)
        assert message.edited
        assert "Engineers found cracks." in message.text


async def test_pages_are_turned_inside_a_whisper() -> None:
    page = Post(tone=Tone.STORY, title="Page 1", controls=((Control(label="›", action=READ),),))
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=page), Replace(post=STORY))) as platform:
        await platform.send(GROUP, CARD, once="a")
        [whisper] = (await stand.press("Read", message=(await stand.sees())[0])).messages
        await stand.press("›", message=whisper)
        turned = (await stand.sees())[-1]
        assert turned.ephemeral
        assert "Engineers found cracks." in turned.text


async def test_the_same_page_again_is_no_failure() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Replace(post=CARD, toast="Nothing new."))) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees())[0])
        assert seen.toast == "Nothing new."


async def test_a_toast_is_said_and_leaves_nothing_behind() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Toast(text="Noted."))) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees())[0])
        assert seen.toast == "Noted."
        assert len(await stand.sees()) == 1


async def test_a_question_is_asked_by_a_prompt_and_its_reply_comes_as_a_submission() -> None:
    desk = FakeDesk(Toast(text="Thank you."), forms={Verb.OPINE: FORM})
    async with sandbox() as stand, listening(stand, desk) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Say", message=(await stand.sees())[0])
        assert seen.form is not None
        assert (await stand.server.look(GROUP.id, READER_2, None)).form is None
        await stand.server.fill(GROUP.id, READER_1, seen.form.id, {"words": "Close it."})
        [request] = await desk.asked()
        assert isinstance(request, Submission)
        assert (request.action, request.values) == (OPINE, {"words": "Close it."})
        assert request.scene.person.ref.id == PRIVATE_CHAT.id


async def test_an_answered_prompt_is_taken_away_in_a_group() -> None:
    desk = FakeDesk(Toast(text="Thank you."), forms={Verb.OPINE: FORM})
    async with sandbox() as stand, listening(stand, desk) as platform:
        await platform.send(GROUP, CARD, once="a")
        form = (await stand.press("Say", message=(await stand.sees())[0])).form
        assert form is not None
        await stand.server.fill(GROUP.id, READER_1, form.id, {"words": "Close it."})
        await stand.until_called("deleteMessage")
        assert form.id not in [message.id for message in await stand.sees()]


async def test_a_prompt_is_answered_after_a_restart() -> None:
    desk = FakeDesk(Toast(text="Thank you."), forms={Verb.OPINE: FORM})
    async with sandbox() as stand:
        async with listening(stand, desk) as platform:
            await platform.send(PRIVATE_CHAT, CARD, once="a")
            seen = await stand.press("Say", message=(await stand.sees(chat=PRIVATE_CHAT))[0], chat=PRIVATE_CHAT)
            assert seen.form is not None
        async with listening(stand, desk):
            await stand.server.fill(PRIVATE_CHAT.id, READER_1, seen.form.id, {"words": "Close it."})
            [request] = await desk.asked()
    assert isinstance(request, Submission)
    assert request.values == {"words": "Close it."}


async def test_an_asked_question_works_like_a_form_that_was_known_at_once() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Ask(form=FORM))):
        seen = await stand.server.say(PRIVATE_CHAT.id, READER_1, "/opinion")
        assert seen.messages[-1].text == "What do you think?"
        assert (await stand.server.look(PRIVATE_CHAT.id, READER_1, None)).form is not None


async def test_a_question_in_a_channel_is_asked_in_the_private_chat() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(forms={Verb.OPINE: FORM})) as platform:
        await platform.send(CHANNEL, CARD, once="a")
        seen = await stand.press("Say", message=(await stand.sees(chat=CHANNEL))[0], chat=CHANNEL)
        assert seen.chat == PRIVATE_CHAT.id
        assert (await stand.server.look(PRIVATE_CHAT.id, READER_1, None)).form is not None


async def test_a_forged_button_reaches_the_desk_as_unreadable() -> None:
    desk = FakeDesk(Show(post=STORY))
    forged = f"/start {'1-read-7-0-' + 'A' * 12}"
    async with sandbox() as stand, listening(stand, desk):
        await stand.server.say(PRIVATE_CHAT.id, READER_1, forged)
        [request] = await desk.asked()
    assert isinstance(request, Press)
    assert request.action == Unreadable(is_other_version=False)


async def test_a_slow_answer_is_acknowledged_first_and_whispered_later() -> None:
    held = HeldClock()
    is_found = asyncio.Event()

    async def slow(_request: Request) -> Answer:
        await is_found.wait()
        return Show(post=STORY)

    async with sandbox() as stand, listening(stand, FakeDesk(slow), stand.platform(held)) as platform:
        await platform.send(GROUP, CARD, once="a")
        pressing = asyncio.create_task(stand.press("Read", message=(await stand.sees())[0]))
        await held.asleep(0.7)
        held.pass_on(0.7)
        await stand.until_called("answerCallbackQuery")
        assert not stand.calls("sendMessage")[1:]
        is_found.set()
        seen = await pressing
        assert [message.ephemeral for message in seen.messages] == [True]


async def test_a_server_that_cannot_whisper_gets_the_private_chat_instead() -> None:
    """A server of an older release ignores the unknown field and shows the answer to all."""
    desk = FakeDesk(*[Show(post=STORY)] * 4)
    async with sandbox() as stand, deaf_to_whispers(stand) as deaf, listening(deaf, desk) as platform:
        await platform.send(GROUP, CARD, once="a")
        [card] = await stand.sees()
        seen = await stand.press("Read", message=card)
        assert seen.chat == PRIVATE_CHAT.id
        await stand.press("Read", message=card)
        assert [message.id for message in await stand.sees(READER_2)] == [card.id]
        assert len(stand.calls("deleteMessage")) == 1


async def test_a_refused_whisper_leads_to_the_private_chat() -> None:
    desk = FakeDesk(Show(post=STORY), Show(post=STORY))
    async with sandbox() as stand, deaf_to_whispers(stand, is_refused=True) as deaf, listening(deaf, desk) as platform:
        await platform.send(GROUP, CARD, once="a")
        seen = await stand.press("Read", message=(await stand.sees())[0])
        assert seen.chat == PRIVATE_CHAT.id


async def test_a_rate_limit_on_an_answer_is_waited_out() -> None:
    held = HeldClock()
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY)), stand.platform(held)) as platform:
        await platform.send(PRIVATE_CHAT, CARD, once="a")
        fault = stand.faults.order("telegram", "rate_limit", for_s=60, share=1.0, options={"retry_after": 7})
        pressing = asyncio.create_task(
            stand.press("Read", message=(await stand.sees(chat=PRIVATE_CHAT))[0], chat=PRIVATE_CHAT)
        )
        await held.asleep(7.0)
        stand.faults.clear(kind=fault.kind)
        held.pass_on(7.0)
        await stand.until_called("sendMessage", at_least=3)
        assert len(await stand.sees(chat=PRIVATE_CHAT)) == 2
        pressing.cancel()


async def test_the_one_who_blocked_us_is_answered_with_nothing_and_the_next_is_served() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY), Show(post=STORY))) as platform:
        await platform.send(GROUP, CARD, once="a")
        stand.strike("blocked", chat=PRIVATE_CHAT.id)
        waiting_in_vain = asyncio.create_task(stand.server.say(PRIVATE_CHAT.id, READER_1, "/headlines"))
        await stand.until_called("sendMessage", at_least=2)
        other = str(USER_IDS[MODERATOR_1])
        seen = await stand.server.say(other, MODERATOR_1, "/headlines")
        assert "Engineers found cracks." in seen.messages[-1].text
        waiting_in_vain.cancel()


async def test_a_toast_after_a_typed_command_is_a_short_reply() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Toast(text="Noted."))):
        seen = await stand.server.say(PRIVATE_CHAT.id, READER_1, "/opinion")
        assert seen.messages[-1].text == "Noted."


async def test_a_page_for_a_followed_link_is_a_message_of_its_own() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Replace(post=STORY))):
        seen = await stand.server.say(PRIVATE_CHAT.id, READER_1, f"/start {CODEC.encode(READ)}")
        assert "Engineers found cracks." in seen.messages[-1].text


async def test_a_dead_button_in_a_channel_says_so_where_it_is_pressed() -> None:
    other_codec = ActionCodec(b"the key of another installation")
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY))) as platform:
        stranger = TelegramPlatform(stand.options, codec=other_codec, clock=HeldClock(), inbox=stand.inbox)
        await stranger.send(CHANNEL, CARD, once="a")
        await stranger.close()
        seen = await stand.press("Read", message=(await stand.sees(chat=CHANNEL))[0], chat=CHANNEL)
        assert seen.toast == "Harbour bridge closes\n\nEngineers found cracks."
        assert platform.name == "telegram"


async def test_a_question_for_a_channels_own_post_offers_a_way_to_the_private_chat() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Ask(form=FORM), commands=(OPINION,))):
        await stand.server.say(CHANNEL.id, MODERATOR_1, "/opinion 7")
        offer = (await stand.sees(chat=CHANNEL))[-1]
        assert [button.label for button in offer.buttons] == ["What do you think?"]
        seen = await stand.press("What do you think?", message=offer, chat=CHANNEL)
        assert seen.chat == PRIVATE_CHAT.id


async def test_an_answer_that_came_too_late_for_a_channels_button_goes_to_the_private_chat() -> None:
    held = HeldClock()
    is_found = asyncio.Event()

    async def slow(_request: Request) -> Answer:
        await is_found.wait()
        return Show(post=STORY)

    async with sandbox() as stand, listening(stand, FakeDesk(slow), stand.platform(held)) as platform:
        await platform.send(CHANNEL, CARD, once="a")
        pressing = asyncio.create_task(stand.press("Read", message=(await stand.sees(chat=CHANNEL))[0], chat=CHANNEL))
        await held.asleep(8.0)
        held.pass_on(8.0)
        await stand.until_called("answerCallbackQuery")
        is_found.set()
        await stand.until_called("sendMessage", at_least=2)
        assert "Engineers found cracks." in (await stand.sees(chat=PRIVATE_CHAT))[-1].text
        pressing.cancel()


async def test_a_toast_that_came_too_late_is_whispered() -> None:
    held = HeldClock()
    is_found = asyncio.Event()

    async def slow(_request: Request) -> Answer:
        await is_found.wait()
        return Toast(text="Noted.")

    async with sandbox() as stand, listening(stand, FakeDesk(slow), stand.platform(held)) as platform:
        await platform.send(GROUP, CARD, once="a")
        pressing = asyncio.create_task(stand.press("Read", message=(await stand.sees())[0]))
        await held.asleep(0.7)
        held.pass_on(0.7)
        await stand.until_called("answerCallbackQuery")
        is_found.set()
        await stand.until_called("sendMessage", at_least=2)
        last = (await stand.sees())[-1]
        assert (last.text, last.ephemeral) == ("Noted.", True)
        pressing.cancel()


async def test_an_answer_that_telegram_puts_off_for_too_long_is_given_up_and_the_press_still_answered() -> None:
    async with sandbox() as stand, listening(stand, FakeDesk(Show(post=STORY))) as platform:
        await platform.send(PRIVATE_CHAT, CARD, once="a")
        [card] = await stand.sees(chat=PRIVATE_CHAT)
        stand.strike("rate_limit", retry_after=4_000)
        pressing = asyncio.create_task(stand.press("Read", message=card, chat=PRIVATE_CHAT))
        await stand.until_called("answerCallbackQuery")
        await stand.until_called("sendMessage", at_least=2)
        stand.faults.clear()
        pressing.cancel()
        assert len(await stand.sees(chat=PRIVATE_CHAT)) == 1


async def test_a_group_that_heard_its_twenty_messages_is_answered_in_the_private_chat_at_once() -> None:
    desk = FakeDesk(*[Show(post=STORY)] * 8, forms={Verb.OPINE: FORM})
    clock = HeldClock()
    async with sandbox() as stand:
        keeping = replace(stand, options=replace(stand.options, rates=True))
        async with listening(keeping, desk, keeping.platform(clock)) as platform:
            for _ in range(17):
                clock.pass_on(0.1)
                await platform.send(GROUP, CARD, once="a")
            card = (await stand.sees())[0]
            ways = []
            for button in ("Read", "Read", "Read", "Read", "Read", "Say"):
                clock.pass_on(0.1)
                ways.append((await stand.press(button, message=card)).chat)
            assert ways == [None] * 3 + [PRIVATE_CHAT.id] * 3
        assert all(call["status"] == 200 for call in stand.calls("sendMessage"))
