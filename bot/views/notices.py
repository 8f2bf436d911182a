"""Short words: greetings, help, and what went wrong."""

from collections.abc import Sequence

from bot.messages.action import Action, Verb
from bot.messages.menu import CommandSpec
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import strong, text

_WHAT_I_DO = (
    "I bring you headlines on what you choose, whole stories when you ask, and what other readers think of them."
)
_START_ROW = (
    Control(label="Latest news", action=Action(verb=Verb.LATEST), is_primary=True),
    Control(label="Topics", action=Action(verb=Verb.CATALOGUE)),
)


def welcome() -> Post:
    """The first words of a conversation."""
    return Post(
        tone=Tone.NOTICE,
        title="Hello, this is newsbot",
        blocks=(
            Block(text=text(_WHAT_I_DO)),
            Block(
                text=text("Try ", strong("/subscribe Japan"), ", ", strong("/headlines"), " or ", strong("/help"), ".")
            ),
        ),
        controls=(_START_ROW,),
    )


def help_page(commands: Sequence[CommandSpec]) -> Post:
    """Every command with its sentence."""
    lines = [Block(text=text(strong(usage(command)), f" — {command.description}")) for command in commands]
    return Post(tone=Tone.NOTICE, title="What I can do", blocks=tuple(lines), controls=(_START_ROW,))


def usage(command: CommandSpec) -> str:
    """How a command is typed: ``/story story`` or ``/headlines [topic]``."""
    options = (option.name if option.is_required else f"[{option.name}]" for option in command.options)
    return " ".join((f"/{command.name}", *options))


def sorry(sentence: str) -> Post:
    """Something could not be done; the sentence says what and what to do."""
    return Post(tone=Tone.TROUBLE, blocks=(Block(text=text(sentence)),))


def no_such_command(name: str, near: str | None) -> str:
    """For a command that we do not know; ``near`` is the one that may have been meant."""
    meant = f"Did you mean /{near}? " if near else ""
    return f"There is no command /{name[:32]}. {meant}Type /help to see what I can do."


def hint(title: str, sentence: str) -> Post:
    """A friendly remark."""
    return Post(tone=Tone.NOTICE, title=title, blocks=(Block(text=text(sentence), kind=BlockKind.BODY),))


OTHER_VERSION = "This button is from another version. Type /headlines for fresh ones."
NOT_OURS = "This button does nothing. Type /headlines for the latest stories."
STORY_GONE = "This story is no longer here. Type /headlines for the latest ones."
ONLY_MANAGERS = (
    "Only people who manage this place can change what arrives here. Ask a moderator, or talk to me in private."
)
ONLY_MANAGERS_THERE = "Only people who manage that place can decide this. Ask one of its moderators."
ONLY_EDITORS = (
    "Only people who manage a place that shows this story can change what belongs to it. Ask a moderator of yours."
)
LATER = "I am kept from my notes just now. I will answer as soon as I have them back."
"""For what is not forgotten, unlike what ``BUSY`` is said to."""
BUSY = "I am kept from my notes just now. Please try again in a minute: what was done is not done twice."
TROUBLE = "Something went wrong on our side. Please try again in a minute: what was done is not done twice."
"""Nobody knows what was done: the database may have kept a change without our hearing of it."""
