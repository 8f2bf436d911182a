"""The guard: no spelling of a private address gets a socket, and every public one does."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.guard import (
    WEB_PORTS,
    AddressPolicy,
    AddressRefusedError,
    guarded_sockets,
    is_public,
    unwrapped,
)
from tests.addresses import FORBIDDEN_V4, FORBIDDEN_V6, PUBLIC_V4, PUBLIC_V6

PUBLIC = AddressPolicy()


@pytest.mark.parametrize("written", [*FORBIDDEN_V4, *FORBIDDEN_V6])
def test_a_private_address_is_refused_on_every_port(written: str) -> None:
    assert not any(PUBLIC.permits(ip_address(written), port) for port in (*WEB_PORTS, 22, 6379))


@pytest.mark.parametrize("inner", FORBIDDEN_V4)
@pytest.mark.parametrize("wrapping", ["::ffff:{}", "64:ff9b::{}", "::ffff:0:{}", "::{}"])
def test_wrapping_a_private_address_in_ipv6_does_not_help(inner: str, wrapping: str) -> None:
    assert not PUBLIC.permits(ip_address(wrapping.format(inner)), 443)


@pytest.mark.parametrize("written", [*PUBLIC_V4, *PUBLIC_V6])
def test_a_public_address_is_permitted_on_the_webs_ports_alone(written: str) -> None:
    assert all(PUBLIC.permits(ip_address(written), port) for port in (80, 443, 8080, 8443))
    assert not any(PUBLIC.permits(ip_address(written), port) for port in (0, 22, 25, 81, 3306, 6379, 65535))


@given(st.ip_addresses(v=4))
def test_what_wraps_an_ipv4_address_is_as_public_as_that(inner: IPv4Address) -> None:
    for wrapping in ("::ffff:{}", "64:ff9b::{}"):
        wrapped = ip_address(wrapping.format(inner))
        assert unwrapped(wrapped) == inner
        assert PUBLIC.permits(wrapped, 443) == is_public(inner)


@given(st.ip_addresses(v=4))
def test_nothing_that_the_standard_library_calls_private_is_public_here(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(address)


@given(st.ip_addresses(v=6))
def test_nothing_that_the_standard_library_calls_private_is_public_here_in_ipv6(address: IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not PUBLIC.permits(address, 443) or is_public(unwrapped(address))
        assert not is_public(address)


def test_a_network_that_the_operator_allows_is_permitted_on_any_port() -> None:
    policy = AddressPolicy(allow=(ip_network("127.0.0.0/8"), ip_network("fd00::/8")))
    assert policy.permits(ip_address("127.0.0.1"), 34567)
    assert policy.permits(ip_address("::ffff:127.0.0.1"), 34567)
    assert policy.permits(ip_address("fd12::1"), 1)
    assert not policy.permits(ip_address("::1"), 80)
    assert not policy.permits(ip_address("10.0.0.1"), 80)
    assert not policy.permits(ip_address("8.8.8.8"), 34567)


def test_the_operator_may_choose_the_ports_of_the_public_internet() -> None:
    policy = AddressPolicy(ports=frozenset({80, 8888}))
    assert policy.permits(ip_address("8.8.8.8"), 8888)
    assert not policy.permits(ip_address("8.8.8.8"), 443)
    assert not policy.permits(ip_address("10.0.0.1"), 8888)


@pytest.mark.parametrize(
    ("family", "place"),
    [
        (socket.AF_INET, ("127.0.0.1", 80)),
        (socket.AF_INET, ("8.8.8.8", 22)),
        (socket.AF_INET6, ("::1", 80, 0, 0)),
        (socket.AF_INET6, ("fe80::1%lo", 80, 0, 1)),
    ],
)
def test_no_socket_is_opened_for_what_the_policy_forbids(family: int, place: tuple[object, ...]) -> None:
    with pytest.raises(AddressRefusedError, match=r"^address not allowed$"):
        guarded_sockets(PUBLIC)((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place))


@pytest.mark.parametrize("written", [*PUBLIC_V4, *PUBLIC_V6])
def test_a_socket_is_opened_for_what_the_policy_permits(written: str) -> None:
    family = socket.AF_INET if "." in written and ":" not in written else socket.AF_INET6
    info = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (written, 443))
    with guarded_sockets(PUBLIC)(info) as opened:
        assert (opened.family, opened.type) == (family, socket.SOCK_STREAM)
