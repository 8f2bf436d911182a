"""The guard that keeps tests on this machine."""

from ipaddress import ip_address
from typing import Any


class OutsideConnectionError(BaseException):
    """A test tried to reach an address that is not this machine.

    Not an Exception, so that code which forgives network errors cannot swallow it.
    """


class OutsideGuard:
    """Remembers and refuses every socket that leaves this machine."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: sees each connect and each datagram of this process, whatever library makes it."""
        if event in {"socket.connect", "socket.sendto"} and not _is_this_machine(arguments[1]):
            self.attempts.append(f"{event} to {arguments[1]}")
            sentence = f"tests stay on this machine, but this one tried {self.attempts[-1]}"
            raise OutsideConnectionError(sentence)


def _is_this_machine(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path, or none at all
    host = str(address[0])
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
