"""A machine that can be tampered with: ``newsbot`` on it asks our resolver for names and sees the clock that we set.

``python -m tests.faults.machine ORDERS …`` is ``newsbot …`` there. The product has no hook for this: what all of Python
asks for names and for the time is exchanged before anything of the bot is imported.
"""

import asyncio
import json
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine

_LOOK_S = 0.02
"""After which a new order holds at the latest."""

_SILENCE_S = 10.0
"""How long the C library waits for name servers that say nothing: twice five seconds, as resolv.conf(5) has it."""

POISON = "Poison entry"
"""The title that brings an error in newsbot itself to light, when an article with it is to be taken in."""

NAME = "localhost"
"""The one name that the sandbox answers to."""


@dataclass(frozen=True, slots=True)
class Machine:
    """It finds ``localhost`` as long as its resolver is ``up``."""

    orders: Path

    def __post_init__(self) -> None:
        self._say(resolver="up", ahead_s=0.0)

    @property
    def program(self) -> tuple[str, ...]:
        """What starts ``newsbot`` on it."""
        return ("tests.faults.machine", str(self.orders))

    async def turn(self, *, resolver: str = "up", ahead_s: float = 0.0) -> None:
        """From now on names are answered (``up``), refused (``down``) or not answered (``silent``), and the clock is
        that far ahead of the right time.
        """
        self._say(resolver=resolver, ahead_s=ahead_s)
        await asyncio.sleep(2 * _LOOK_S)

    def _say(self, **orders: object) -> None:
        fresh = self.orders.with_suffix(".new")
        fresh.write_text(json.dumps(orders))
        fresh.replace(self.orders)


def main() -> None:
    """``newsbot`` with the arguments after the first."""
    orders = Path(sys.argv.pop(1))
    _tamper_with_names(orders)
    _tamper_with_time(orders)

    from adapters.cli import app  # noqa: PLC0415  # what it imports shall find the machine as it is to be

    _put_poison_in()
    app()


def _ordered(orders: Path) -> Any:
    return json.loads(orders.read_text())


def _tamper_with_names(orders: Path) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *given: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name != NAME:
            return real(host, *given, **named)
        match _ordered(orders)["resolver"]:
            case "down":
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            case "silent":
                time.sleep(_SILENCE_S)  # noqa: TID251  # a thread of the C library's waits
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            case _:
                return real("127.0.0.1", *given, **named)

    socket.getaddrinfo = getaddrinfo


def _put_poison_in() -> None:
    from bot.domain.urgency import is_breaking  # noqa: PLC0415  # as above

    def poisoned(title: str) -> bool:
        if title == POISON:
            raise ValueError(title)
        return is_breaking(title)

    patch("bot.services.publish.is_breaking", poisoned).start()


def _tamper_with_time(orders: Path) -> None:
    begin = time.time() + _ordered(orders)["ahead_s"]
    hands = time_machine.travel(begin, tick=True).start()
    threading.Thread(target=_set, args=(hands, orders), daemon=True).start()


def _set(hands: time_machine.Traveller, orders: Path) -> None:
    """Set the clock as ordered, for ever."""
    shown = _ordered(orders)["ahead_s"]
    while True:
        time.sleep(_LOOK_S)  # noqa: TID251  # this thread is beside the bot, not of it
        wanted = _ordered(orders)["ahead_s"]
        if wanted != shown:
            hands.shift(wanted - shown)
            shown = wanted


if __name__ == "__main__":
    main()
