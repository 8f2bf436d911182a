"""What Telegram pushes is kept before it is answered, handled once, and only if it comes from Telegram."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from typing_extensions import override

from adapters.telegram.updates import ALLOWED_UPDATES
from adapters.telegram.webhook import Webhook, WebhookListener, WebhookReceiver, webhook_below
from bot.ports.inbox import Letter
from bot.ports.progress import Beat, unheard
from tests.background import in_background
from tests.fakes.beats import FakeBeats
from tests.fakes.clocks import HeldClock
from tests.fakes.inbox import FakeInbox, FullInbox
from tests.unit.adapters.telegram.bot_server import Script, calling, ok, refusal
from tests.unit.adapters.telegram.test_telegram_polling import Hearing, update

HOOK = Webhook(base="https://news.example", path="/telegram/1f", secret="s3cret")
SET = {"url": HOOK.url}


def pushed(number: int) -> bytes:
    return json.dumps(update(number)).encode()


class Listening:
    """A listener, and a receiver in the same process."""

    def __init__(self, inbox: FakeInbox, clock: HeldClock) -> None:
        self.clock = clock
        self.arrived = asyncio.Event()
        self.hearing = Hearing()
        self.receiver = WebhookReceiver(inbox, secret=HOOK.secret, on_arrival=self.arrived.set)


@asynccontextmanager
async def listening(script: Script, inbox: FakeInbox, beat: Beat = unheard) -> AsyncIterator[Listening]:
    clock = HeldClock()
    stand = Listening(inbox, clock)
    async with calling(script.answer) as client:
        listener = WebhookListener(
            client, HOOK, inbox=inbox, clock=clock, handle=stand.hearing, arrived=stand.arrived, beat=beat
        )
        async with in_background(listener.run()):
            yield stand


def test_a_webhook_is_the_same_for_whoever_has_the_key_and_gives_nothing_of_it_away() -> None:
    hook = webhook_below("https://news.example/bot/", b"key")
    assert hook == webhook_below("https://news.example/bot/", b"key")
    assert hook.url.startswith("https://news.example/bot/telegram/")
    other = webhook_below("https://news.example/bot/", b"another key")
    assert other.path != hook.path
    assert other.secret != hook.secret
    assert hook.secret not in repr(hook)
    assert hook.path.rpartition("/")[2] not in hook.secret


async def test_what_is_pushed_is_kept_under_its_number_and_once() -> None:
    inbox = FakeInbox()
    arrived: list[None] = []
    receiver = WebhookReceiver(inbox, secret="s3cret", on_arrival=lambda: arrived.append(None))
    assert await receiver.take("s3cret", pushed(7))
    assert await receiver.take("s3cret", pushed(7)), "Telegram repeats what it thinks was not heard"
    assert (inbox.accepted, len(arrived)) == (["7"], 1)


@pytest.mark.parametrize("secret", ["", "s3cre", "s3crets", "S3cret", "\u0455ecret", "\udcff"])
async def test_whoever_does_not_know_the_secret_changes_nothing(secret: str) -> None:
    inbox = FakeInbox()
    assert not await WebhookReceiver(inbox, secret="s3cret").take(secret, pushed(7))
    assert inbox.accepted == []


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"{}", b'{"update_id": "7"}', b"\xff", b"[" * 100_000, b"1" * 5_000]
)
async def test_what_is_no_update_is_not_wanted_again(body: bytes) -> None:
    inbox = FakeInbox()
    assert await WebhookReceiver(inbox, secret="s3cret").take("s3cret", body)
    assert inbox.accepted == []


async def test_what_cannot_be_kept_is_not_acknowledged() -> None:
    with pytest.raises(OSError, match="disk full"):
        await WebhookReceiver(FullInbox(), secret="s3cret").take("s3cret", pushed(7))


async def test_whoever_speaks_in_what_cannot_be_kept_soon_is_told_so() -> None:
    inbox, excused = FullInbox(), asyncio.Queue[object]()
    receiver = WebhookReceiver(inbox, secret="s3cret", excuse=excused.put, patience_s=0.01)
    inbox.gate.clear()
    taking = asyncio.create_task(receiver.take("s3cret", pushed(7)))
    assert await excused.get() == update(7)
    inbox.is_full = False
    inbox.gate.set()
    assert await taking
    assert inbox.accepted == ["7"]


async def test_an_inbox_that_cannot_be_read_is_looked_into_again() -> None:
    class LockedInbox(FakeInbox):
        is_locked = True

        @override
        async def pending(self, platform: str) -> list[Letter]:
            if self.is_locked:
                raise OSError("locked")
            return await super().pending(platform)

    inbox = LockedInbox()
    async with listening(Script(), inbox) as stand:
        await stand.clock.asleep(1.0)
        inbox.is_locked = False
        await stand.receiver.take("s3cret", pushed(7))
        stand.clock.pass_on(1.0)
        assert await stand.hearing.until(1) == [7]


async def test_the_webhook_is_set_with_its_secret_and_nothing_that_waits_is_dropped() -> None:
    script = Script(setWebhook=[ok(True)], getWebhookInfo=[ok(SET)])
    async with listening(script, FakeInbox()):
        ((_, asked),) = await _calls(script, "setWebhook", 1)
    assert asked == {
        "url": "https://news.example/telegram/1f",
        "secret_token": "s3cret",
        "allowed_updates": list(ALLOWED_UPDATES),
        "drop_pending_updates": False,
    }


async def test_what_is_pushed_is_handled_once_and_at_once() -> None:
    inbox = FakeInbox()
    async with listening(Script(), inbox) as stand:
        for number in (7, 8, 7):
            await stand.receiver.take("s3cret", pushed(number))
        assert await stand.hearing.until(2) == [7, 8]
        await stand.receiver.take("s3cret", pushed(9))
        assert await stand.hearing.until(3) == [7, 8, 9]
    assert await inbox.pending("telegram") == []


async def test_what_another_process_received_is_handled_within_half_a_second() -> None:
    inbox = FakeInbox()
    async with listening(Script(), inbox) as stand:
        await stand.clock.asleep(0.5)
        await WebhookReceiver(inbox, secret="s3cret").take("s3cret", pushed(7))
        stand.clock.pass_on(0.5)
        assert await stand.hearing.until(1) == [7]


async def test_what_was_left_over_comes_first() -> None:
    inbox = FakeInbox()
    await inbox.accept("telegram", [Letter(id="3", body='{"update_id": 3, "message": {}}')])
    await inbox.accept("telegram", [Letter(id="4", body='{"update_id": 4}')])
    async with listening(Script(), inbox) as stand:
        assert await stand.hearing.until(1) == [4]
    assert await inbox.pending("telegram") == []


async def test_a_webhook_that_was_taken_away_is_said_and_set_again() -> None:
    script = Script(
        setWebhook=[ok(True), ok(True)], getWebhookInfo=[ok(SET), ok({"url": ""}), ok(SET | {"last_error_date": 0})]
    )
    beats = FakeBeats()
    async with listening(script, FakeInbox(), beats) as stand:
        for wait in (60.0, 1.0):
            await stand.clock.asleep(wait)
            stand.clock.pass_on(wait)
        well, taken, well_again = await beats.until(3)
        assert len(await _calls(script, "setWebhook", 2)) == 2
    assert (well, well_again) == (None, None)
    assert "Another program" in (taken or "")


async def test_what_telegram_complains_of_is_said_while_it_is_fresh() -> None:
    clock = HeldClock()
    complaint = {"last_error_date": int(clock.now().timestamp()) - 60, "last_error_message": "Connection refused"}
    script = Script(setWebhook=[ok(True)], getWebhookInfo=[ok(SET | complaint)])
    beats = FakeBeats()
    async with listening(script, FakeInbox(), beats):
        assert await beats.until(1) == ["Telegram cannot reach NEWSBOT_PUBLIC_URL: Connection refused."]


async def test_an_address_that_telegram_refuses_is_said_and_tried_again() -> None:
    script = Script(
        setWebhook=[refusal(400, "Bad Request: bad webhook: Failed to resolve host"), refusal(502, "Bad Gateway")]
    )
    beats = FakeBeats()
    async with listening(script, FakeInbox(), beats) as stand:
        (trouble,) = await beats.until(1)
        assert "failed to resolve host" in (trouble or "")
        await stand.clock.asleep(1.0)
        stand.clock.pass_on(1.0)
        await stand.clock.asleep(2.0)


async def _calls(script: Script, method: str, count: int) -> list[tuple[str, dict[str, Any]]]:
    await script.called(method, count)
    return [call for call in script.calls if call[0] == method]
