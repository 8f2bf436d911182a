"""An event loop in which nothing takes time but waiting, and waiting takes none."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from typing_extensions import override

_Result = TypeVar("_Result")


class _NoInput(selectors.SelectSelector):
    """Nothing ever comes from outside; where all wait for a time, it is that time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self.now += max(timeout, 0.0)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs everything in the same order each time, as long as no thread or socket is asked."""

    def __init__(self) -> None:
        self._no_input = _NoInput()
        super().__init__(self._no_input)

    @override
    def time(self) -> float:
        return self._no_input.now


def run_virtually(work: Coroutine[Any, Any, _Result]) -> _Result:
    """What the work comes to, in a loop of its own that begins at time zero."""
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
