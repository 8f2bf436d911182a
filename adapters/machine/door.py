"""A port of this machine that is ours."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


class DoorError(Exception):
    """The port cannot be had; ``str(error)`` is the system's reason."""


@contextmanager
def open_door(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there, on any free port for 0; who connects waits until somebody serves. Raises DoorError.

    It is had at the start, so that a port that is taken is known before anything else begins.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        door = socket.create_server(place[:2], family=family)
    except OSError as error:
        raise DoorError(error.strerror or str(error)) from None
    with door:
        yield door
