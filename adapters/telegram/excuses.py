"""A word to people whose updates cannot be kept just now, so that they are answered later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence

from telegram import Update
from telegram.error import TelegramError

from adapters.telegram.client import Client
from adapters.telegram.inbound import Inbound, Incoming
from adapters.telegram.limits import PLATFORM
from adapters.telegram.pressed import Pressed
from adapters.telegram.render import render
from adapters.telegram.respond import where_to_answer
from adapters.telegram.speech import Speech
from bot.messages.action import ActionCodec
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter
from bot.views.notices import LATER, sorry

_LOG = logging.getLogger(__name__)

Excuse = Callable[[Sequence[Update]], Awaitable[None]]
"""Tells those who want an answer that it comes later. Never raises."""

PATIENCE_S = 1.0
"""What is left of the two and a half seconds within which people hear something goes to Telegram."""

_AGAIN_S = 60.0
_SAY_PATIENCE_S = 2.0


class Excuses:
    """Says that an answer comes later: to whoever presses a button, and once a minute in each chat where one speaks."""

    def __init__(self, client: Client, speech: Speech, inbound: Inbound, *, codec: ActionCodec, clock: Clock) -> None:
        self._client = client
        self._speech = speech
        self._inbound = inbound
        self._words = render(sorry(LATER), codec)
        self._clock = clock
        self._made: dict[Hashable, float] = {}

    async def make(self, updates: Sequence[Update]) -> None:
        """For those of the updates that want an answer. Never raises."""
        now = self._clock.monotonic()
        self._made = {key: at for key, at in self._made.items() if now - at < _AGAIN_S}
        for update in updates:
            try:
                incoming = self._inbound.read(update)
                if incoming is not None and self._is_due(incoming, now):
                    await self._excuse(incoming)
            except TelegramError as error:
                _LOG.warning("telegram: an excuse was not heard (%s)", error.message)
            except Exception:  # noqa: BLE001  # whatever is wrong with one update, the others hear
                _LOG.exception("telegram: no excuse for update %s", update.update_id)

    def _is_due(self, incoming: Incoming, now: float) -> bool:
        origin = incoming.origin
        key: Hashable = origin.query or origin.chat
        if key in self._made or (origin.query is None and origin.person is None):
            return False
        self._made[key] = now
        return True

    async def _excuse(self, incoming: Incoming) -> None:
        origin = incoming.origin
        if origin.query is not None:
            await Pressed(self._client, origin.query).answer(text=LATER)
            return
        where = where_to_answer(origin)
        await self._speech.say("sendMessage", self._words, where, meanwhile=_at_once, patience_s=_SAY_PATIENCE_S)


async def accept_soon(
    inbox: Inbox, letters: Sequence[Letter], *, excuse: Callable[[], Awaitable[None]], patience_s: float = PATIENCE_S
) -> list[Letter]:
    """What ``Inbox.accept`` gives or raises; ``excuse`` is awaited each time that people have waited for it so long."""
    accepting = asyncio.ensure_future(inbox.accept(PLATFORM, letters))
    try:
        while not (await asyncio.wait([accepting], timeout=patience_s))[0]:
            await excuse()
    finally:
        if not accepting.done():
            accepting.cancel()
            await asyncio.wait([accepting])
    return accepting.result()


async def _at_once() -> None:
    """Nothing to say before."""
