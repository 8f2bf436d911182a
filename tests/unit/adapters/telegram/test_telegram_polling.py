"""The poller goes on whatever Telegram says, and confirms only what is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Update
from typing_extensions import override

from adapters.telegram.polling import Poller
from adapters.telegram.updates import ALLOWED_UPDATES
from bot.ports.inbox import Letter
from bot.ports.progress import Beat, unheard
from tests.fakes.beats import FakeBeats
from tests.fakes.clocks import HeldClock
from tests.fakes.inbox import FakeInbox, FullInbox
from tests.unit.adapters.telegram.bot_server import Script, calling, ok, refusal


def update(number: int, text: str = "/help") -> dict[str, Any]:
    chat = {"id": 5, "type": "private", "first_name": "Ana"}
    return {"update_id": number, "message": {"message_id": number, "date": 1_788_000_000, "chat": chat, "text": text}}


class Hearing:
    """Handles updates by noting them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._heard = asyncio.Condition()

    async def __call__(self, update: Update, _step_aside: Callable[[], None]) -> None:
        async with self._heard:
            self.numbers.append(update.update_id)
            self._heard.notify_all()

    async def until(self, count: int) -> list[int]:
        async with self._heard:
            await self._heard.wait_for(lambda: len(self.numbers) >= count)
        return self.numbers


class Excusing:
    """Makes excuses by noting them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.made = asyncio.Condition()

    async def __call__(self, updates: Sequence[Update]) -> None:
        async with self.made:
            self.numbers += [update.update_id for update in updates]
            self.made.notify_all()


@asynccontextmanager
async def polling(
    script: Script,
    inbox: FakeInbox,
    clock: HeldClock,
    beat: Beat = unheard,
    excuse: Excusing | None = None,
    patience_s: float = 60.0,
) -> AsyncIterator[Hearing]:
    hearing = Hearing()
    async with calling(script.answer) as client:
        poller = Poller(
            client,
            inbox=inbox,
            clock=clock,
            handle=hearing,
            excuse=excuse or Excusing(),
            beat=beat,
            patience_s=patience_s,
        )
        task = asyncio.create_task(poller.run())
        yield hearing
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_updates_are_kept_before_they_are_confirmed_and_asked_for_by_name() -> None:
    script = Script(getUpdates=[ok([update(7), update(8)])])
    inbox = FakeInbox()
    async with polling(script, inbox, HeldClock()) as hearing:
        assert await hearing.until(2) == [7, 8]
        first, second = await script.called("getUpdates", 2)
    assert (first["allowed_updates"], "offset" in first) == (list(ALLOWED_UPDATES), False)
    assert second["offset"] == 9
    assert inbox.accepted == ["7", "8"]


async def test_a_batch_that_cannot_be_kept_is_excused_and_asked_for_until_it_can() -> None:
    script = Script(getUpdates=[ok([update(7)]), ok([update(7), update(8)])])
    inbox, clock, excuse, beats = FullInbox(), HeldClock(), Excusing(), FakeBeats()
    async with polling(script, inbox, clock, beats, excuse) as hearing:
        await clock.asleep(1.0)
        assert excuse.numbers == [7]
        assert hearing.numbers == []
        inbox.is_full = False
        clock.pass_on(1.0)
        assert await hearing.until(2) == [7, 8]
        polls = await script.called("getUpdates", 3)
    assert ["offset" in poll for poll in polls] == [False, False, True]
    assert polls[2]["offset"] == 9
    trouble, well = beats.heard
    assert "later" in (trouble or "")
    assert well is None


async def test_people_who_wait_for_the_inbox_are_told_so_and_answered_once_it_is_back() -> None:
    script = Script(getUpdates=[ok([update(7)]), ok([update(7), update(8)])])
    inbox, excuse = FullInbox(), Excusing()
    inbox.is_full = False
    inbox.gate.clear()
    async with polling(script, inbox, HeldClock(), excuse=excuse, patience_s=0.01) as hearing:
        async with excuse.made:
            await excuse.made.wait_for(lambda: 8 in excuse.numbers)
        assert hearing.numbers == []
        inbox.gate.set()
    assert excuse.numbers[:3] == [7, 7, 8], "who spoke meanwhile is told too"


async def test_whoever_can_keep_nothing_is_not_in_the_way_of_another_poller() -> None:
    taken = refusal(409, "Conflict: terminated by other getUpdates request")
    script = Script(getUpdates=[ok([update(7)]), taken])
    clock = HeldClock()
    async with polling(script, FullInbox(), clock):
        await clock.asleep(1.0)
        clock.pass_on(1.0)
        await clock.asleep(60.0)


async def test_what_was_handled_is_done_with_though_the_inbox_fails_once() -> None:
    class WeakInbox(FakeInbox):
        has_failed = False

        @override
        async def done(self, platform: str, ids: Sequence[str]) -> None:
            if not self.has_failed:
                self.has_failed = True
                raise OSError("locked")
            await super().done(platform, ids)

    script, inbox, clock = Script(getUpdates=[ok([update(7)])]), WeakInbox(), HeldClock()
    async with polling(script, inbox, clock) as hearing:
        await hearing.until(1)
        await clock.asleep(0.05)
        clock.pass_on(0.05)
        await clock.asleep(1.0)
        assert await inbox.pending("telegram") != []
        clock.pass_on(1.0)
    assert await inbox.pending("telegram") == []


async def test_unreadable_updates_are_left_out_and_the_rest_is_heard_once(caplog: pytest.LogCaptureFixture) -> None:
    broken = {"update_id": 7, "message": {"text": "no date"}}
    script = Script(getUpdates=[ok([broken, update(7), "nonsense", {"update_id": "8"}, update(8), update(8)])])
    inbox = FakeInbox()
    async with polling(script, inbox, HeldClock()) as hearing:
        assert await hearing.until(2) == [7, 8]
        assert (await script.called("getUpdates", 2))[1]["offset"] == 9
    assert inbox.accepted == ["7", "8"]
    assert sum("left out" in record.message for record in caplog.records) == 3


async def test_a_batch_without_a_single_number_is_not_asked_for_without_a_pause() -> None:
    script = Script(getUpdates=[ok(["nonsense"]), ok([update(8)])])
    clock = HeldClock()
    async with polling(script, FakeInbox(), clock) as hearing:
        await clock.asleep(1.0)
        assert len(script.calls) == 1
        clock.pass_on(1.0)
        assert await hearing.until(1) == [8]


@pytest.mark.parametrize(
    ("code", "description", "waits"),
    [
        (502, "Bad Gateway", [1.0, 2.0, 4.0]),
        (409, "Conflict: terminated by other getUpdates request", [5.0, 10.0]),
        (401, "Unauthorized", [60.0]),
        (404, "Not Found", [60.0]),
    ],
)
async def test_every_failure_is_waited_out_and_the_poll_goes_on(
    code: int, description: str, waits: list[float]
) -> None:
    script = Script(getUpdates=[*(refusal(code, description) for _ in waits), ok([update(7)])])
    clock = HeldClock()
    async with polling(script, FakeInbox(), clock) as hearing:
        for wait_s in waits:
            await clock.asleep(wait_s)
            clock.pass_on(wait_s)
        assert await hearing.until(1) == [7]


async def test_a_rate_limit_on_polling_is_waited_out_exactly() -> None:
    script = Script(getUpdates=[refusal(429, "Too Many Requests", retry_after=13), ok([update(7)])])
    clock = HeldClock()
    async with polling(script, FakeInbox(), clock) as hearing:
        await clock.asleep(13.0)
        clock.pass_on(13.0)
        assert await hearing.until(1) == [7]


async def test_it_gets_on_while_telegram_answers_and_says_what_keeps_it_from_its_work() -> None:
    script = Script(
        getUpdates=[
            ok([]),
            refusal(502, "Bad Gateway"),
            refusal(409, "Conflict: terminated by other getUpdates request"),
            refusal(401, "Unauthorized"),
            ok([]),
        ]
    )
    clock, beats = HeldClock(), FakeBeats()
    async with polling(script, FakeInbox(), clock, beats):
        for wait in (1.0, 10.0, 60.0):
            await clock.asleep(wait)
            clock.pass_on(wait)
        well, conflict, refused, well_again = await beats.until(4)
    assert (well, well_again) == (None, None)
    assert "Another program" in (conflict or "")
    assert "token" in (refused or "")


@pytest.mark.parametrize("is_taken_away", [True, False])
async def test_a_webhook_that_stands_in_the_way_is_taken_away(*, is_taken_away: bool) -> None:
    conflict = refusal(409, "Conflict: can't use getUpdates method while webhook is active")
    answer = ok(is_taken_away) if is_taken_away else refusal(400, "Bad Request")
    script = Script(getUpdates=[conflict, ok([update(7)])], deleteWebhook=[answer])
    clock = HeldClock()
    async with polling(script, FakeInbox(), clock) as hearing:
        await clock.asleep(1.0)
        clock.pass_on(1.0)
        assert await hearing.until(1) == [7]
    assert [method for method, _ in script.calls][:3] == ["getUpdates", "deleteWebhook", "getUpdates"]


async def test_what_was_pending_comes_first_and_what_cannot_be_read_any_more_is_done() -> None:
    inbox = FakeInbox()
    await inbox.accept("telegram", [Letter(id="3", body='{"update_id": 3, "message": {}}')])
    await inbox.accept("telegram", [Letter(id="4", body='{"update_id": 4}')])
    script = Script(getUpdates=[ok([update(7)])])
    async with polling(script, inbox, HeldClock()) as hearing:
        assert await hearing.until(2) == [4, 7]
    assert await inbox.pending("telegram") == []
