"""What a channel may choose."""

from bot.domain.channel import Prefers
from bot.messages.action import Action, Verb
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import strong, text

_CHOICES = (
    (Prefers.NO_LOSS, "Send it once more", "Nothing is lost; rarely, a story stands there twice."),
    (Prefers.NO_DUPLICATE, "Ask first", "Nothing comes twice; rarely, a story waits until a moderator says Resend."),
)
PREFERENCES = tuple(choice for choice, _, _ in _CHOICES)
"""In the order of the numbers that the buttons carry."""


def settings(prefers: Prefers, *, is_new: bool = False) -> Post:
    """The choices of the channel, with the present ones marked."""
    lines = [
        Block(text=text(strong(f"{'●' if choice is prefers else '○'} {label}"), f" ({choice}). {meaning}"))
        for choice, label, meaning in _CHOICES
    ]
    question = "When the connection breaks and nobody knows whether a story arrived here:"
    buttons = tuple(
        Control(label=label, action=Action(verb=Verb.PREFER, subject=number), is_primary=choice is prefers)
        for number, (choice, label, _) in enumerate(_CHOICES)
    )
    return Post(
        tone=Tone.NOTICE,
        title="Settings saved" if is_new else "Settings of this place",
        blocks=(Block(text=text(question), kind=BlockKind.BODY), *lines),
        controls=(buttons,),
    )


UNKNOWN_CHOICE = "Choose no-loss (send a doubtful story once more) or no-duplicate (ask first)."
SAVED = "Saved."
