"""Answers wait their turn, are repeated where that is safe, and are given up in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import Forbidden

from adapters.telegram.budget import Budget
from adapters.telegram.client import Client
from adapters.telegram.render import Rendered
from adapters.telegram.speech import Speech
from adapters.telegram.transport import AiohttpTransport, AnswerLostError
from bot.messages.post import Post, Tone
from tests.fakes.clocks import HeldClock
from tests.unit.adapters.telegram.bot_server import Script, calling, ok, refusal

WORDS = Rendered(html="Hello.", post=Post(tone=Tone.NOTICE), preview={"is_disabled": True})


class Spinner:
    """Notes how often the person was told that something happens."""

    def __init__(self) -> None:
        self.turns = 0

    async def __call__(self) -> None:
        self.turns += 1


@asynccontextmanager
async def speaking(script: Script, clock: HeldClock) -> AsyncIterator[Speech]:
    async with calling(script.answer) as client:
        yield Speech(client, clock=clock, budget=Budget(clock))


async def test_a_rate_limit_is_waited_out_and_the_person_told_meanwhile() -> None:
    clock, spinner = HeldClock(), Spinner()
    async with speaking(
        Script(sendMessage=[refusal(429, "Slow", retry_after=7), ok({"message_id": 3})]), clock
    ) as speech:
        saying = asyncio.create_task(
            speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=spinner, patience_s=60.0)
        )
        await clock.asleep(7.0)
        clock.pass_on(7.0)
        assert await saying == {"message_id": 3}
    assert spinner.turns == 1


async def test_an_hour_is_not_waited() -> None:
    clock, spinner = HeldClock(), Spinner()
    script = Script(sendMessage=[refusal(429, "Slow", retry_after=3_600)])
    async with speaking(script, clock) as speech:
        assert await speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=spinner, patience_s=60.0) is None
    assert (len(script.calls), clock.slept, spinner.turns) == (1, [], 0)


async def test_what_was_not_sent_is_tried_three_times() -> None:
    clock, spinner = HeldClock(), Spinner()
    transport = AiohttpTransport("http://127.0.0.1:1/bot")
    speech = Speech(Client(transport), clock=clock, budget=Budget(clock))
    saying = asyncio.create_task(speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=spinner, patience_s=60.0))
    for tries in (1, 2, 3):
        while len(clock.slept) < tries:  # noqa: ASYNC110  # the clock tells of a first sleep only
            await asyncio.sleep(0.001)
        clock.pass_on(1.0)
    assert await saying is None
    assert spinner.turns == 3
    await transport.shutdown()


async def test_what_may_have_been_said_is_never_said_twice() -> None:
    script = Script(sendMessage=[web.Response(body=b"<html>"), ok({"message_id": 3})])
    async with speaking(script, HeldClock()) as speech:
        with pytest.raises(AnswerLostError):
            await speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=Spinner(), patience_s=60.0)
    assert len(script.calls) == 1


async def test_a_refusal_is_raised_at_once() -> None:
    async with speaking(
        Script(sendMessage=[refusal(403, "Forbidden: bot was blocked by the user")]), HeldClock()
    ) as speech:
        with pytest.raises(Forbidden):
            await speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=Spinner(), patience_s=60.0)


async def test_taking_away_never_raises_and_spends_no_call_that_is_not_there() -> None:
    script = Script(deleteMessage=[refusal(400, "Bad Request: message can't be deleted"), ok(result=True)])
    clock = HeldClock()
    async with calling(script.answer) as client:
        budget = Budget(clock)
        speech = Speech(client, clock=clock, budget=budget)
        await speech.take_away(-1, 3)
        budget.close(-1, 10.0)
        await speech.take_away(-1, 3)
    assert len(script.calls) == 1


async def queued(speech: Speech, clock: HeldClock, *, people: int) -> list[asyncio.Task[object]]:
    """So many wait for an answer in one chat, which hears nobody before ten seconds are over."""
    waiting = []
    for number in range(people):
        words = Rendered(html=str(number), post=WORDS.post, preview=WORDS.preview)
        saying = speech.say("sendMessage", words, {"chat_id": 5}, meanwhile=Spinner(), patience_s=60.0)
        waiting.append(asyncio.create_task(saying))
    await clock.asleep(10.0)
    return waiting


@asynccontextmanager
async def speaking_to_a_closed_chat(script: Script, clock: HeldClock) -> AsyncIterator[Speech]:
    async with calling(script.answer) as client:
        budget = Budget(clock)
        budget.close(5, 10.0)
        yield Speech(client, clock=clock, budget=budget)


async def test_those_who_wait_in_one_chat_are_answered_in_turn_and_only_the_first_watches_the_clock() -> None:
    clock, script = HeldClock(), Script(sendMessage=[ok({"message_id": number}) for number in range(7)])
    async with speaking_to_a_closed_chat(script, clock) as speech:
        waiting = await queued(speech, clock, people=7)
        assert clock.slept == [10.0]
        while not all(one.done() for one in waiting):
            clock.pass_on(0.5)
            await asyncio.sleep(0.001)
    assert [call["text"] for _, call in script.calls] == [str(number) for number in range(7)]
    assert len(clock.slept) <= 7


async def test_nobody_stands_in_a_line_that_is_longer_than_their_patience() -> None:
    clock, spinner = HeldClock(), Spinner()
    async with speaking_to_a_closed_chat(Script(), clock) as speech:
        waiting = await queued(speech, clock, people=10)
        assert await speech.say("sendMessage", WORDS, {"chat_id": 5}, meanwhile=spinner, patience_s=2.0) is None
        assert spinner.turns == 0
        for one in waiting:
            one.cancel()
