"""Fetching updates so that none is lost and none can stop the others."""

import json
import logging
from collections.abc import Sequence
from contextlib import suppress

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.excuses import PATIENCE_S, Excuse, accept_soon
from adapters.telegram.handling import Handler, Handling
from adapters.telegram.limits import PLATFORM
from adapters.telegram.transport import SlowDownError
from adapters.telegram.updates import ALLOWED_UPDATES, number_of, read_update
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter
from bot.ports.progress import Beat, unheard

_LOG = logging.getLogger(__name__)

_POLL_S = 25
_ANSWER_MARGIN_S = 10.0
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_CONFLICT_WAITS_S = (5.0, 10.0, 20.0, 40.0, 60.0)
_REFUSED_TOKEN_S = 60.0
_NOT_KEPT_S = 1.0


class Poller:
    """A poller of our own, because the library's confirms what it only holds in memory, and stumbles for ever over an
    update that it cannot read.

    A batch is kept in the inbox before Telegram is told that we have it, and each update is read alone. While it
    cannot be kept, Telegram is asked for it again and again, and people are told by ``excuse``.
    """

    def __init__(
        self,
        client: Client,
        *,
        inbox: Inbox,
        clock: Clock,
        handle: Handler,
        excuse: Excuse,
        beat: Beat = unheard,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._excuse = excuse
        self._patience_s = patience_s
        self._is_kept_from = False
        self._beat = beat
        self._inbox = inbox
        self._clock = clock
        self._handling = Handling(client, inbox=inbox, clock=clock, handle=handle)

    async def run(self) -> None:
        """Until cancelled; what was left over from last time comes first. Raises what the inbox raises of that."""
        async with self._handling.going_on():
            await self._handling.take(await self._inbox.pending(PLATFORM))
            await self._poll()

    async def _poll(self) -> None:
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
            if not await self._keep(updates, offset):
                await self._clock.sleep(_NOT_KEPT_S)
                continue
            before, offset = offset, _next_offset(updates, offset)
            if updates and offset == before:
                await self._clock.sleep(_WAITS_S[0])

    async def _keep(self, updates: Sequence[object], offset: int | None) -> bool:
        """Whether the updates were kept, and so are handled."""
        read = self._read(updates)
        if not read:
            self._beat()
            return True
        letters = [Letter(id=id_, body=json.dumps(raw, ensure_ascii=False)) for id_, (raw, _) in read.items()]

        async def excuse() -> None:
            await self._excuse([update for _, update in read.values()])

        async def excuse_all() -> None:
            """Who speaks meanwhile is told too. Asked within half a second, Telegram would give the oldest only."""
            await excuse()
            with suppress(TelegramError):
                later = self._read(await self._fetch(offset, wait_s=0))
                await self._excuse([update for _, update in later.values()])

        try:
            accepted = await accept_soon(self._inbox, letters, excuse=excuse_all, patience_s=self._patience_s)
        except Exception as error:  # noqa: BLE001  # whatever it is: Telegram keeps what it was not told that we have
            await excuse()
            if not self._is_kept_from:
                _LOG.error("telegram: updates cannot be kept (%s)", type(error).__name__)
            self._is_kept_from = True
            self._beat("What people ask on Telegram cannot be kept, so that it is answered later.")
            return False
        self._is_kept_from = False
        self._beat()
        for letter in accepted:
            await self._handling.hand_on(letter.id, read[letter.id][1])
        return True

    async def _fetch(self, offset: int | None, *, wait_s: int = _POLL_S) -> Sequence[object]:
        updates = await self._client.call(
            "getUpdates",
            offset=offset,
            timeout=wait_s,
            allowed_updates=ALLOWED_UPDATES,
            read_timeout=wait_s + _ANSWER_MARGIN_S,
        )
        return updates if isinstance(updates, list) else []

    async def _wait_after(self, error: TelegramError, failures: int) -> float:
        match error:
            case Conflict() if "webhook" in error.message.lower():
                _LOG.warning("telegram: a webhook is set for this bot, taking it away to poll")
                await self._drop_webhook()
                return _WAITS_S[0]
            case Conflict():
                # Who can keep nothing is in the way of whoever can.
                wait_s = _CONFLICT_WAITS_S[-1] if self._is_kept_from else _step(_CONFLICT_WAITS_S, failures)
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
            if (update := read_update(raw, self._client)) is not None:
                read.setdefault(str(update.update_id), (raw, update))
        return read


def _next_offset(updates: Sequence[object], offset: int | None) -> int | None:
    numbers = [number for update in updates if (number := number_of(update)) is not None]
    return max(numbers) + 1 if numbers else offset


def _step(waits: Sequence[float], failures: int) -> float:
    return waits[min(failures, len(waits) - 1)]
