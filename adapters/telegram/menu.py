"""The commands that Telegram offers while a person types."""

import asyncio
import logging
from collections.abc import Sequence

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from adapters.telegram.client import Client
from bot.messages.menu import CommandSpec

_LOG = logging.getLogger(__name__)


async def publish_menus(client: Client, commands: Sequence[CommandSpec]) -> None:
    """Give private chats, groups and their administrators their menus; a menu that stands there already is left alone.

    A failure is logged: commands work without a menu.
    """
    spoken = [command for command in commands if not command.is_greeting]
    menus: tuple[tuple[BotCommandScope, Sequence[CommandSpec]], ...] = (
        (BotCommandScopeAllPrivateChats(), commands),
        (BotCommandScopeAllGroupChats(), [command for command in spoken if not command.is_for_managers]),
        (BotCommandScopeAllChatAdministrators(), spoken),
    )
    results = await asyncio.gather(*(_publish(client, *menu) for menu in menus), return_exceptions=True)
    for result in results:
        if isinstance(result, TelegramError):
            _LOG.warning("telegram: a menu could not be set (%s)", result.message)
        elif isinstance(result, BaseException):
            raise result


async def _publish(client: Client, scope: BotCommandScope, commands: Sequence[CommandSpec]) -> None:
    wanted = [BotCommand(command.name, command.description) for command in commands]
    if list(await client.get_my_commands(scope=scope)) != wanted:
        await client.set_my_commands(wanted, scope=scope)
