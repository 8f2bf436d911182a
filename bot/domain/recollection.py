"""What was made of a text, remembered for the next time."""

from collections.abc import Callable
from typing import TypeVar

_Made = TypeVar("_Made")


class Recollection(dict[str, _Made]):
    """What ``make`` makes of texts, asked for by ``[]``; of so many of them it is remembered, and then of none.

    A text with more characters than ``longest`` is made anew each time.
    """

    def __init__(self, make: Callable[[str], _Made], *, keeps: int, longest: int) -> None:
        super().__init__()
        self._make = make
        self._keeps = keeps
        self._longest = longest

    def __missing__(self, text: str) -> _Made:
        if len(text) > self._longest:
            return self._make(text)
        if len(self) == self._keeps:
            self.clear()
        made = self[text] = self._make(text)
        return made
