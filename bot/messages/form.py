"""What we ask a person to fill in."""

from dataclasses import dataclass
from enum import StrEnum

from bot.messages.action import Action


class FieldKind(StrEnum):
    """How a field is answered."""

    WORDS = "words"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One question. ``label`` ≤ 45 characters, ``max_length`` in characters; ``value`` is what stands there already."""

    name: str
    label: str
    kind: FieldKind = FieldKind.WORDS
    options: tuple[Option, ...] = ()
    is_required: bool = False
    max_length: int | None = None
    placeholder: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A few questions about one thing.

    ``action`` comes back with the answers. ``title`` ≤ 45 characters. Where forms cannot be shown, ``prompt`` is asked
    in the chat and the reply answers the first field of words.
    """

    action: Action
    title: str
    prompt: str
    fields: tuple[FormField, ...]
