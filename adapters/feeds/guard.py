"""Which network addresses a feed may be read from, checked at the socket of every connection that is attempted.

What an address looks like in text is worth nothing: resolvers read 0x7f000001, 127.1 and circled digits, and a name may
answer differently the second time. So the judgement falls where the numbers are final.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

WEB_PORTS = frozenset({80, 443, 8080, 8443})

# https://www.iana.org/assignments/iana-ipv4-special-registry, whole, with what the registry calls globally reachable
# too: nobody publishes news from an AS112 sink. Multicast, and the hosts of clouds that sit on public numbers.
_SPECIAL_V4 = tuple(
    IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's platform services
    )
)
# https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it lies inside global unicast.
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: a way round the IPv4 table, which no public site needs any more
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFF_FFFF


class AddressRefusedError(OSError):
    """A connection would have gone to an address or a port that the policy does not permit.

    An OSError, for that is what the connector expects of a socket that cannot be had. Its text is the same for every
    address, so that nobody learns from it what is where in a private network.
    """

    def __init__(self) -> None:
        super().__init__("address not allowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Where connections may go: public addresses on ``ports``, and on any port the networks an operator allows."""

    allow: tuple[IPNetwork, ...] = ()
    ports: frozenset[int] = WEB_PORTS

    def permits(self, address: IPAddress, port: int) -> bool:
        """Whether a connection to the address and port may be attempted."""
        real = unwrapped(address)
        if any(form in network for network in self.allow for form in (address, real)):
            return True
        return port in self.ports and is_public(real)


def unwrapped(address: IPAddress) -> IPAddress:
    """The address that is reached: the IPv4 one inside an IPv4-mapped (RFC 4291) or NAT64 (RFC 6052) address.

    These two are how a public IPv4 site looks on a dual-stack socket and in an IPv6-only network. The other forms with
    an IPv4 address in them (IPv4-compatible, translated, 6to4, Teredo) are not unwrapped, since none is public.
    """
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_32_BITS)
    return address


def is_public(address: IPAddress) -> bool:
    """Whether the address, already unwrapped, belongs to the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _SPECIAL_V4)
    return address in _GLOBAL_V6 and not any(address in block for block in _SPECIAL_V6)


def guarded_sockets(policy: AddressPolicy) -> Callable[[tuple[Any, ...]], socket.socket]:
    """What opens sockets for aiohttp's connector: raises AddressRefusedError instead of one that the policy forbids.

    The connector hands over one entry of getaddrinfo for each attempt, for literal addresses too.
    """

    def open_socket(address_info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, place = address_info
        if not policy.permits(ip_address(place[0]), place[1]):
            raise AddressRefusedError
        return socket.socket(family=family, type=kind, proto=protocol)

    return open_socket
