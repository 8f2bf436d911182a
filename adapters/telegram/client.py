"""The bot as this adapter calls it: methods by name, answers as plain JSON."""

import logging
from typing import Any

from telegram import Bot
from telegram.error import BadRequest

from adapters.telegram.errors import is_markup_error
from adapters.telegram.render import Rendered
from adapters.telegram.transport import AiohttpTransport

_LOG = logging.getLogger(__name__)


class Client(Bot):
    """python-telegram-bot's Bot, given neither token nor address, because it writes both to its log.

    Its errors are telegram.error's and those of the transport.
    """

    __slots__ = ()

    def __init__(self, transport: AiohttpTransport) -> None:
        super().__init__(
            "0:kept-by-the-transport",
            base_url=lambda _: "",
            base_file_url=lambda _: "",
            request=transport,
            get_updates_request=transport,
        )

    async def call(self, method: str, *, read_timeout: float | None = None, **parameters: Any) -> Any:
        """The method's ``result``. Parameters that are None are left out."""
        if read_timeout is None:
            return await self._post(method, parameters)
        return await self._post(method, parameters, read_timeout=read_timeout)

    async def show(self, method: str, rendered: Rendered, **where: Any) -> Any:
        """Call a method that takes a text; once more as plain text where Telegram cannot read our markup."""
        try:
            return await self.call(method, **where, **rendered.parameters())
        except BadRequest as error:
            if not is_markup_error(error):
                raise
            _LOG.error("telegram could not read our markup, showing plain text: %s", error.message)
            return await self.call(method, **where, **rendered.plain_parameters())
