"""What a platform can do and how much it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

IN_FLIGHT: Final = 100
"""Enough for a thousand a second where an answer takes a tenth of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Lengths are in the platform's own unit, as ``measure`` counts a text once it is rendered.

    ``measure`` must not shrink when texts are joined: measure(a + b) ≤ measure(a) + measure(b). ``mark`` is the most
    that a span's style or a block's kind costs beyond the words.
    ``repeat_safe_s``: for how many seconds a repeated send with the same ``once`` is recognised (0: never).
    ``can_find``: whether our own posts can be looked up in a channel's history.
    ``can_whisper``: whether an answer can be shown to one person in a shared channel.
    ``has_forms``: whether several fields can be asked at once.
    ``one_listener``: whether one process at a time may listen to people.
    ``greets``: whether people open a conversation with a start command.
    ``in_flight``: how many sends may be under way at once: one that is slow holds up no other.
    """

    measure: Callable[[str], int]
    text: int
    label: int
    buttons_in_row: int
    rows: int
    mark: int = 0
    repeat_safe_s: float = 0.0
    can_find: bool = False
    can_whisper: bool = False
    can_edit: bool = True
    has_forms: bool = False
    one_listener: bool = False
    greets: bool = False
    in_flight: int = IN_FLIGHT
