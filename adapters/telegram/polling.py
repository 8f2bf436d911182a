"""Fetching updates so that none is lost and none can stop the others."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.lanes import Lanes, Work
from adapters.telegram.limits import PLATFORM
from adapters.telegram.transport import SlowDownError
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter

_LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")

_POLL_S = 25
_ANSWER_MARGIN_S = 10.0
_AT_ONCE = 256
_SETTLE_S = 0.05
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_CONFLICT_WAITS_S = (5.0, 10.0, 20.0, 40.0, 60.0)
_REFUSED_TOKEN_S = 60.0

Handler = Callable[[Mapping[str, Any], Callable[[], None]], Awaitable[None]]
"""Handles one update as it came; may let the next of the same person begin early. Must not raise."""


class Poller:
    """A poller of our own, because the library's confirms what it only holds in memory, and stumbles for ever over an
    update that it cannot read.

    A batch is kept in the inbox before Telegram is told that we have it, and each update is read alone.
    """

    def __init__(self, client: Client, *, inbox: Inbox, clock: Clock, handle: Handler) -> None:
        self._client = client
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
                await self._hand_on(await self._inbox.pending(PLATFORM), lanes)
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
            before, offset = offset, _next_offset(updates, offset)
            await self._hand_on(await self._inbox.accept(PLATFORM, _letters(updates)), lanes)
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
                _LOG.error(
                    "telegram: another program polls with this bot's token; stop one of the two. Next try in %.0f s",
                    wait_s,
                )
                return wait_s
            case InvalidToken():
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

    async def _hand_on(self, letters: Sequence[Letter], lanes: Lanes) -> None:
        for letter in letters:
            update = json.loads(letter.body)
            await lanes.add(_lane(update), self._work(letter.id, update))

    def _work(self, id_: str, update: Mapping[str, Any]) -> Work:
        async def work(step_aside: Callable[[], None]) -> None:
            await self._handle(update, step_aside)
            self._finished.append(id_)
            self._has_finished.set()

        return work

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


def _letters(updates: Sequence[object]) -> list[Letter]:
    letters = []
    for update in updates:
        number = _number(update)
        if number is None:
            _LOG.error("telegram sent an update without a number, left out")
            continue
        letters.append(Letter(id=str(number), body=json.dumps(update, ensure_ascii=False)))
    return letters


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _next_offset(updates: Sequence[object], offset: int | None) -> int | None:
    numbers = [number for update in updates if (number := _number(update)) is not None]
    return max(numbers) + 1 if numbers else offset


def _lane(update: Mapping[str, Any]) -> str:
    """One for each person in each chat. Survives any shape, because a malformed update must not stop the others."""
    for kind in ALLOWED_UPDATES:
        body = update.get(kind)
        if isinstance(body, dict):
            place = body.get("message") if kind == "callback_query" else body
            return f"{_id_of(place, 'chat')}:{_id_of(body, 'from')}"
    return ""


def _id_of(body: object, part: str) -> object:
    inner = body.get(part) if isinstance(body, dict) else None
    return inner.get("id") if isinstance(inner, dict) else None


def _step(waits: Sequence[float], failures: int) -> float:
    return waits[min(failures, len(waits) - 1)]
