"""Ports: taken before anything is built, so that every address is known when it is needed."""

import asyncio
import ipaddress
import socket

from adapters.sandbox.options import CannotOpenError

PATIENCE_S = 5.0
_RETRY_S = 0.1
_WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # recognised here, bound only when asked for


class PortTakenError(CannotOpenError):
    """The port cannot be had; the text names it and says what to do."""


async def take_port(host: str, port: int, *, setting: str, patience_s: float = PATIENCE_S) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    A port in use is tried again for ``patience_s`` seconds, because the process before may be ending just now.
    ``setting`` is named in the error: what the operator can change.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            return _listen(host, port)
        except socket.gaierror as error:
            sentence = f"The host {host!r} is not an address of this machine. Use 127.0.0.1, or another address it has."
            raise PortTakenError(sentence) from error
        except OSError as error:
            if loop.time() >= deadline:
                raise PortTakenError(
                    f"Port {port} on {host} cannot be used ({error.strerror}). "
                    f"End the program that has it, or choose another port with {setting} (0 takes any free one)."
                ) from error
        await asyncio.sleep(_RETRY_S)


def address_of(listener: socket.socket) -> str:
    """``host:port`` by which this machine reaches the socket; a wildcard is reached by its loopback address."""
    host, port = listener.getsockname()[:2]
    if is_wildcard(host):
        host = "::1" if listener.family == socket.AF_INET6 else "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_wildcard(host: str) -> bool:
    """Whether the host stands for all addresses of the machine."""
    return host in _WILDCARDS


def is_ip(host: str) -> bool:
    """Whether the host is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether the host is this machine and cannot be anything else."""
    name = host.lower().rstrip(".")
    return name == "localhost" or (is_ip(name) and ipaddress.ip_address(name).is_loopback)


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or "0.0.0.0",  # noqa: S104  # an empty host was asked for
        port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_PASSIVE,
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
