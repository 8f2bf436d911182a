"""Making a thing once for the many places that show it."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")


class Memo(Generic[_Thing, _Made]):
    """Remembers what ``make`` made of the last few things that differ.

    Things are compared, newest first, and not hashed: most often it is the very same object that is asked for again,
    and walking through all the words of a story to hash them costs more. What ``make`` raises is not remembered.
    """

    def __init__(self, make: Callable[[_Thing], _Made], *, keeps: int = 16) -> None:
        self._make = make
        self._kept: deque[tuple[_Thing, _Made]] = deque(maxlen=keeps)

    def __call__(self, thing: _Thing) -> _Made:
        for known, made in self._kept:
            if known is thing or known == thing:
                return made
        made = self._make(thing)
        self._kept.appendleft((thing, made))
        return made
