"""The sandbox as a whole: a local Discord, a local Telegram and the page to use them."""

import asyncio
from collections.abc import Callable

from adapters.sandbox.contract import ChatServer, Ground
from adapters.sandbox.discord.server import DiscordServer
from adapters.sandbox.house import open_house
from adapters.sandbox.options import Addresses, CannotOpenError, SandboxOptions
from adapters.sandbox.telegram.server import TelegramServer

__all__ = ["Addresses", "CannotOpenError", "SandboxOptions", "serve"]


async def serve(options: SandboxOptions, *, ready: Callable[[Addresses], None], stop: asyncio.Event) -> None:
    """Run until ``stop`` is set. ``ready`` is called once, when everything listens. Raises CannotOpenError."""
    async with open_house(options, _both_platforms) as addresses:
        ready(addresses)
        await stop.wait()


def _both_platforms(ground: Ground) -> tuple[ChatServer, ChatServer]:
    return DiscordServer(ground), TelegramServer(ground)
