"""Saying things to people who wait for them: in turn, patiently, and not for ever."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram.error import TelegramError

from adapters.telegram.budget import Budget, Purpose
from adapters.telegram.client import Client
from adapters.telegram.render import Rendered
from adapters.telegram.transport import NotSentError, SlowDownError
from bot.ports.clock import Clock

_LOG = logging.getLogger(__name__)

_TRIES = 3
_UNREACHABLE_S = 1.0


@dataclass(slots=True)
class _Line:
    """Those who wait to be answered in one chat; only the first of them watches the clock."""

    length: int = 0
    head: asyncio.Lock = field(default_factory=asyncio.Lock)


class Speech:
    """Calls that answer people: they go before posts and are repeated only where nothing can have been sent."""

    def __init__(self, client: Client, *, clock: Clock, budget: Budget) -> None:
        self._client = client
        self._clock = clock
        self._budget = budget
        self._lines: dict[int, _Line] = {}

    async def say(
        self,
        method: str,
        rendered: Rendered,
        where: Mapping[str, Any],
        *,
        meanwhile: Callable[[], Awaitable[None]],
        patience_s: float,
    ) -> Any:
        """The method's result; None where the call would have to wait longer than ``patience_s``.

        ``meanwhile`` runs before the person has to wait. Raises what Telegram refuses.
        """
        chat: int = where["chat_id"]
        until = self._clock.monotonic() + patience_s
        for _ in range(_TRIES):
            if not await self._turn(chat, meanwhile, until=until):
                _LOG.debug("telegram: an answer in chat %d would come too late", chat)
                return None
            try:
                with self._budget.under_way(chat):
                    return await self._client.show(method, rendered, **where)
            except SlowDownError as error:
                self._budget.close(chat, error.wait_s)
            except NotSentError:
                await meanwhile()
                await self._clock.sleep(_UNREACHABLE_S)
        _LOG.warning("telegram: an answer in chat %d was given up after %d tries", chat, _TRIES)
        return None

    async def _turn(self, chat: int, meanwhile: Callable[[], Awaitable[None]], *, until: float) -> bool:
        """Whether a call is spent; False as soon as its turn would come after ``until``. First come, first served."""
        line = self._lines.get(chat)
        if line is None and not self._budget.take(chat, Purpose.ANSWER):
            return True
        wait_s = self._budget.wait(chat, Purpose.ANSWER, ahead=line.length if line else 0)
        if self._clock.monotonic() + wait_s > until:
            return False
        line = self._lines.setdefault(chat, _Line())
        line.length += 1
        try:
            await meanwhile()
            async with line.head:
                while wait_s := self._budget.take(chat, Purpose.ANSWER):
                    if self._clock.monotonic() + wait_s > until:
                        return False
                    await self._clock.sleep(wait_s)
            return True
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[chat]

    async def take_away(self, chat: int, message: int) -> None:
        """Delete a message if that is possible now. Never raises."""
        if self._budget.take(chat, Purpose.ANSWER):
            return
        try:
            with self._budget.under_way(chat):
                await self._client.call("deleteMessage", chat_id=chat, message_id=message)
        except TelegramError as error:
            _LOG.info("telegram: a message in chat %d stays (%s)", chat, error.message)
