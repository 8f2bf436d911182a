"""The guard that keeps tests on this machine."""

import re
from ipaddress import ip_address
from typing import Any

_SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}

# What the resolver reads as a number without asking anybody: 127.1, 0x7f000001, ::1, circled digits.
_NUMERIC = re.compile(r"[\dxa-f.:%]+", re.IGNORECASE)


class OutsideConnectionError(BaseException):
    """A test tried to reach an address that is not this machine, or asked the network for a name.

    Not an Exception, so that code which forgives network errors cannot swallow it.
    """


class OutsideGuard:
    """Remembers and refuses whatever leaves this machine; ``reached`` are all addresses that were sent to."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.reached: set[str] = set()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: sees each connect, datagram and lookup of this process, whatever library makes it."""
        if event in _SENDING:
            target, stays = arguments[1], _is_this_machine(arguments[1])
            self.reached.add(str(target[0] if isinstance(target, tuple) else target))
        elif event == "socket.getaddrinfo":
            target, stays = arguments[0], _needs_no_lookup(arguments[0])
        else:
            return
        if not stays:
            self.attempts.append(f"{event} {target!r}")
            sentence = f"tests stay on this machine, but this one tried {self.attempts[-1]}"
            raise OutsideConnectionError(sentence)


def _is_this_machine(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path, or the peer of a connection that was allowed
    host = str(address[0])
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _needs_no_lookup(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return not isinstance(name, str) or name in {"", "localhost"} or bool(_NUMERIC.fullmatch(name))
