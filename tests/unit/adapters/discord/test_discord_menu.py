"""The command table as Discord's menu."""

from adapters.discord.menu import menu
from adapters.sandbox.discord.command_rules import check_commands
from bot.messages.menu import CommandOption, CommandSpec

_COMMANDS = (
    CommandSpec(name="start", description="Begin", is_greeting=True),
    CommandSpec(
        name="opinion",
        description="Say what you think",
        options=(
            CommandOption(name="words", description="What you think"),
            CommandOption(name="story", description="Which story", is_required=True, has_suggestions=True),
        ),
        is_for_managers=True,
    ),
)


def test_the_menu_is_what_discord_registers() -> None:
    assert menu(_COMMANDS) == [
        {
            "type": 1,
            "name": "opinion",
            "description": "Say what you think",
            "options": [
                {"type": 3, "name": "story", "description": "Which story", "required": True, "autocomplete": True},
                {"type": 3, "name": "words", "description": "What you think", "required": False, "autocomplete": False},
            ],
            "integration_types": [0],
            "contexts": [0, 1],
        }
    ]
    check_commands(menu(_COMMANDS))


def test_no_command_is_hidden_from_private_chats() -> None:
    assert all("default_member_permissions" not in command for command in menu(_COMMANDS))
