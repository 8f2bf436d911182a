"""Presses that wait for answerCallbackQuery."""

import secrets
from dataclasses import dataclass

from adapters.sandbox.contract import Clock
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.message import Key
from adapters.sandbox.telegram.watch import Watch

ANSWER_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press of a button: by whom, where, when (Unix seconds), and who waits for what comes of it."""

    id: str
    user: int
    chat: int
    key: Key
    at: float
    watch: Watch


class Presses:
    """Those young enough to be answered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._presses: dict[str, Press] = {}

    def add(self, user: int, chat: int, key: Key, watch: Watch) -> Press:
        self._forget_old()
        number = str(secrets.randbelow(9 * 10**17) + 10**17)
        press = Press(id=number, user=user, chat=chat, key=key, at=self._clock(), watch=watch)
        self._presses[number] = press
        return press

    def answerable(self, number: str) -> Press:
        """The press with this id. Raises BadRequestError if there is none or it is older than 15 s."""
        press = self._presses.get(number)
        if press is None or self._clock() - press.at > ANSWER_WITHIN_S:
            raise BadRequestError("query is too old and response timeout expired or query ID is invalid")
        return press

    def _forget_old(self) -> None:
        oldest = self._clock() - ANSWER_WITHIN_S
        while self._presses and (first := next(iter(self._presses.values()))).at < oldest:
            del self._presses[first.id]
