"""Greeting and help."""

from bot.commands.house import House
from bot.commands.table import COMMANDS
from bot.messages.action import Action
from bot.messages.exchange import Answer, Command, Press, Scene, Show
from bot.messages.post import Post
from bot.views.notices import help_page, welcome


async def greet(house: House, command: Command) -> Answer:
    return Show(post=welcome())


async def show_help(house: House, command: Command) -> Answer:
    return Show(post=_help(command.scene))


async def press_help(house: House, press: Press, action: Action) -> Answer:
    return Show(post=_help(press.scene))


def _help(scene: Scene) -> Post:
    return help_page([command for command in COMMANDS if scene.limits.greets or not command.is_greeting])
