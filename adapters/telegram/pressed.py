"""A pressed button, whose spinner turns until the press is answered."""

import logging
from typing import Any

from telegram.error import TelegramError

from adapters.telegram.client import Client
from adapters.telegram.errors import is_stale_query

_LOG = logging.getLogger(__name__)


class Pressed:
    """Answered at most once; later answers do nothing. Without a query there is nothing to answer."""

    def __init__(self, client: Client, query: str | None) -> None:
        self._client = client
        self._query = query
        self._is_open = query is not None

    @property
    def is_open(self) -> bool:
        """Whether words or a link can still be shown by answering."""
        return self._is_open

    async def answer(self, **shown: Any) -> None:
        """Stop the spinner; ``text`` or ``url`` as the Bot API's answerCallbackQuery has them. Never raises."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            await self._client.call("answerCallbackQuery", callback_query_id=self._query, **shown)
        except TelegramError as error:
            level = logging.DEBUG if is_stale_query(error) else logging.WARNING
            _LOG.log(level, "telegram: a press could not be answered (%s)", error.message)
