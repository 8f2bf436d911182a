"""Fetching updates so that none is lost and none can stop the others."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.lanes import Lanes
from adapters.telegram.limits import PLATFORM
from adapters.telegram.transport import SlowDownError
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter
from bot.ports.progress import Beat, unheard

_LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")

_POLL_S = 25
_ANSWER_MARGIN_S = 10.0
_AT_ONCE = 256
_SETTLE_S = 0.05
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_CONFLICT_WAITS_S = (5.0, 10.0, 20.0, 40.0, 60.0)
_REFUSED_TOKEN_S = 60.0

Handler = Callable[[Update, Callable[[], None]], Awaitable[None]]
"""Handles one update; may let the next of the same person begin early. Must not raise."""


class Poller:
    """A poller of our own, because the library's confirms what it only holds in memory, and stumbles for ever over an
    update that it cannot read.

    A batch is kept in the inbox before Telegram is told that we have it, and each update is read alone.
    """

    def __init__(self, client: Client, *, inbox: Inbox, clock: Clock, handle: Handler, beat: Beat = unheard) -> None:
        self._client = client
        self._beat = beat
        self._inbox = inbox
        self._clock = clock
        self._handle = handle
        self._finished: list[str] = []
        self._has_finished = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; what was left over from last time comes first. Raises what the inbox raises."""
        try:
            async with asyncio.TaskGroup() as group:
                lanes = Lanes(group, at_most=_AT_ONCE)
                group.create_task(self._settle())
                for letter in await self._inbox.pending(PLATFORM):
                    if update := self._update(json.loads(letter.body)):
                        await self._hand_on(letter.id, update, lanes)
                    else:
                        self._finish(letter.id)
                await self._poll(lanes)
        finally:
            await self._mark_done()

    async def _poll(self, lanes: Lanes) -> None:
        offset = None
        failures = 0
        while True:
            try:
                updates = await self._fetch(offset)
            except TelegramError as error:
                await self._clock.sleep(await self._wait_after(error, failures))
                failures += 1
                continue
            failures = 0
            self._beat()
            before, offset = offset, _next_offset(updates, offset)
            read = self._read(updates)
            letters = [Letter(id=id_, body=json.dumps(raw, ensure_ascii=False)) for id_, (raw, _) in read.items()]
            for letter in await self._inbox.accept(PLATFORM, letters):
                await self._hand_on(letter.id, read[letter.id][1], lanes)
            if updates and offset == before:
                await self._clock.sleep(_WAITS_S[0])

    async def _fetch(self, offset: int | None) -> Sequence[object]:
        updates = await self._client.call(
            "getUpdates",
            offset=offset,
            timeout=_POLL_S,
            allowed_updates=ALLOWED_UPDATES,
            read_timeout=_POLL_S + _ANSWER_MARGIN_S,
        )
        return updates if isinstance(updates, list) else []

    async def _wait_after(self, error: TelegramError, failures: int) -> float:
        match error:
            case Conflict() if "webhook" in error.message.lower():
                _LOG.warning("telegram: a webhook is set for this bot, taking it away to poll")
                await self._drop_webhook()
                return _WAITS_S[0]
            case Conflict():
                wait_s = _step(_CONFLICT_WAITS_S, failures)
                _LOG.error("telegram: another program polls with this bot's token. Next try in %.0f s", wait_s)
                self._beat("Another program polls Telegram with this bot's token; stop one of the two.")
                return wait_s
            case InvalidToken():
                self._beat("Telegram refuses the bot's token now.")
                _LOG.error("telegram refuses our token now; next try in %.0f s", _REFUSED_TOKEN_S)
                return _REFUSED_TOKEN_S
            case SlowDownError():
                return error.wait_s
            case _:
                wait_s = _step(_WAITS_S, failures)
                _LOG.warning("telegram: cannot fetch updates (%s); next try in %.0f s", error.message, wait_s)
                return wait_s

    async def _drop_webhook(self) -> None:
        try:
            await self._client.call("deleteWebhook")
        except TelegramError as error:
            _LOG.warning("telegram: the webhook stays (%s)", error.message)

    def _read(self, updates: Sequence[object]) -> dict[str, tuple[object, Update]]:
        """The updates that can be read, each once, by number, in order."""
        read: dict[str, tuple[object, Update]] = {}
        for raw in updates:
            if (update := self._update(raw)) is not None:
                read.setdefault(str(update.update_id), (raw, update))
        return read

    def _update(self, raw: object) -> Update | None:
        try:
            if isinstance(raw, dict) and _number(raw) is not None:
                return Update.de_json(raw, self._client)
        except Exception as error:  # noqa: BLE001  # the library raises whatever its constructors meet
            _LOG.error("telegram: update %s cannot be read (%s), left out", _number(raw), type(error).__name__)
            return None
        _LOG.error("telegram sent an update without a number, left out")
        return None

    async def _hand_on(self, id_: str, update: Update, lanes: Lanes) -> None:
        async def work(step_aside: Callable[[], None]) -> None:
            await self._handle(update, step_aside)
            self._finish(id_)

        await lanes.add(_lane(update), work)

    def _finish(self, id_: str) -> None:
        self._finished.append(id_)
        self._has_finished.set()

    async def _settle(self) -> None:
        while True:
            await self._has_finished.wait()
            await self._clock.sleep(_SETTLE_S)
            await self._mark_done()

    async def _mark_done(self) -> None:
        self._has_finished.clear()
        finished, self._finished = self._finished, []
        if finished:
            await self._inbox.done(PLATFORM, finished)


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _next_offset(updates: Sequence[object], offset: int | None) -> int | None:
    numbers = [number for update in updates if (number := _number(update)) is not None]
    return max(numbers) + 1 if numbers else offset


def _lane(update: Update) -> str:
    """One for each person in each chat, and for each message whose buttons they press: its pages keep their order."""
    chat, person, query = update.effective_chat, update.effective_user, update.callback_query
    pressed = query.message.message_id if query and query.message else ""
    return f"{chat.id if chat else 0}:{person.id if person else 0}:{pressed}"


def _step(waits: Sequence[float], failures: int) -> float:
    return waits[min(failures, len(waits) - 1)]
