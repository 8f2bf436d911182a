"""Saying things to people who wait for them: in turn, patiently, and not for ever."""

import logging
from collections.abc import Awaitable, Callable, Mapping
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


class Speech:
    """Calls that answer people: they go before posts and are repeated only where nothing can have been sent."""

    def __init__(self, client: Client, *, clock: Clock, budget: Budget) -> None:
        self._client = client
        self._clock = clock
        self._budget = budget

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
        waited = 0.0
        for _ in range(_TRIES):
            while wait_s := self._budget.take(chat, Purpose.ANSWER):
                waited += wait_s
                if waited > patience_s:
                    _LOG.debug("telegram: an answer in chat %d would have to wait %.0f s", chat, waited)
                    return None
                await meanwhile()
                await self._clock.sleep(wait_s)
            try:
                return await self._client.show(method, rendered, **where)
            except SlowDownError as error:
                self._budget.close(chat, error.wait_s)
            except NotSentError:
                await meanwhile()
                await self._clock.sleep(_UNREACHABLE_S)
        _LOG.warning("telegram: an answer in chat %d was given up after %d tries", chat, _TRIES)
        return None

    async def take_away(self, chat: int, message: int) -> None:
        """Delete a message if that is possible now. Never raises."""
        if self._budget.take(chat, Purpose.ANSWER):
            return
        try:
            await self._client.call("deleteMessage", chat_id=chat, message_id=message)
        except TelegramError as error:
            _LOG.info("telegram: a message in chat %d stays (%s)", chat, error.message)
