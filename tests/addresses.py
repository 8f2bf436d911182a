"""Network addresses that nobody reads feeds from, public ones beside them, and how people write the former."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

# Every block of the registries at both ends and in the middle, and what people try.
FORBIDDEN_V4 = (
    "0.0.0.0",  # noqa: S104  # refused here, bound to nowhere
    *("0.0.0.1", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.0.0.1", "10.1.2.3", "10.255.255.255"),
    *("100.64.0.0", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.0", "127.0.0.1", "127.0.1.1"),
    *("127.1.2.3", "127.255.255.255", "169.254.0.0", "169.254.1.1", "169.254.169.254", "169.254.170.2"),
    *("169.254.255.255", "172.16.0.0", "172.16.0.1", "172.17.0.1", "172.20.10.1", "172.31.255.255", "192.0.0.0"),
    *("192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.192", "192.0.0.255"),
    *("192.0.2.0", "192.0.2.1", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.88.99.2"),
    *("192.168.0.0", "192.168.0.1", "192.168.1.1", "192.168.178.1", "192.168.255.255", "192.175.48.1"),
    *("198.18.0.0", "198.18.0.1", "198.19.255.255", "198.51.100.0", "198.51.100.7", "198.51.100.255"),
    *("203.0.113.0", "203.0.113.9", "203.0.113.255", "224.0.0.0", "224.0.0.1", "224.0.0.251", "232.1.1.1"),
    *("233.252.0.1", "239.255.255.250", "239.255.255.255", "240.0.0.0", "240.0.0.1", "250.1.1.1"),
    *("255.255.255.254", "255.255.255.255", "168.63.129.16"),
)
FORBIDDEN_V6 = (
    *("::", "::1", "::2", "::ffff", "::7f00:1", "::10.0.0.1", "::169.254.169.254", "::8.8.8.8", "::192.168.0.1"),
    *("::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b:1::", "64:ff9b:1::7f00:1"),
    *("64:ff9b:1:ffff::8.8.8.8", "100::", "100::1", "100:0:0:1::1", "2001::", "2001::1", "2001:0:7f00:1::"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:808:808::", "2001:1::1", "2001:1::2", "2001:2::1"),
    *("2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:1ff:ffff::1"),
    *("2001:db8::", "2001:db8::1", "2001:db8:ffff:ffff::1", "2002::", "2002:7f00:1::", "2002:7f00:1::1"),
    *("2002:a00:1::", "2002:c0a8:101::1", "2002:a9fe:a9fe::", "2002:808:808::1", "2620:4f:8000::1", "3fff::1"),
    *("3fff:fff::1", "4000::1", "5f00::1", "8000::1", "fc00::", "fc00::1", "fd00::1", "fd00:ec2::254"),
    *("fd12:3456:789a::1", "fdff:ffff::1", "fe80::", "fe80::1", "fe80::1%1", "fe80::a00:27ff:fe4e:66a1"),
    *("febf:ffff::1", "fec0::", "fec0::1", "feff::1", "ff00::1", "ff01::1", "ff02::1", "ff02::fb", "ff05::2"),
    *("ff0e::1", "ffff::1", "1::1", "200::1", "1fff::1"),
)
PUBLIC_V4 = (
    *("1.0.0.1", "1.1.1.1", "8.8.4.4", "8.8.8.8", "9.9.9.9", "9.255.255.255", "11.0.0.1", "13.107.42.14", "23.1.1.1"),
    *("31.13.72.36", "45.79.1.1", "52.95.110.1", "64.233.160.1", "91.198.174.192", "93.184.216.34", "99.255.255.255"),
    *("100.63.255.255", "100.128.0.1", "104.16.1.1", "126.255.255.255", "128.0.0.1", "128.30.52.100", "140.82.112.3"),
    *(
        "151.101.1.69",
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "185.15.59.224",
    ),
    *("191.255.255.255", "192.0.1.1", "192.0.3.1", "192.88.98.1", "192.167.255.255", "192.169.0.1", "195.82.146.1"),
    *("198.17.255.255", "198.20.0.1", "198.51.99.1", "198.51.101.1", "203.0.112.1", "203.0.114.1", "212.58.244.1"),
    *("213.133.1.1", "216.58.1.1", "223.255.255.255"),
)
PUBLIC_V6 = (
    *("2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:67c:4e8:f004::9", "2001:db7::1", "2001:db9::1"),
    *("2003::1", "2400:cb00::1", "2606:4700:4700::1111", "2620:fe::fe", "2800:3f0::1", "2a00:1450:4001::1"),
    *("2a03:2880::1", "2c0f:fb50::1", "3ffe::1", "::ffff:8.8.8.8", "::ffff:1.1.1.1", "64:ff9b::8.8.8.8"),
)

_TRIED: Final = (
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.0.1"),
    *("192.168.1.254", "169.254.169.254", "100.64.0.1", "0.0.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
)

_HIDING: Final = ("::{}", "::ffff:0:{}", "64:ff9b:1::{}", "2002:{}::1", "2001:0:{}::")


def spellings() -> tuple[str, ...]:
    """Ways to write private addresses into the host of a URL; each means one to some resolver or library."""
    v4 = (written for address in _TRIED for written in _spelled(IPv4Address(address)))
    return tuple(dict.fromkeys((*v4, *(f"[{address.partition('%')[0]}]" for address in FORBIDDEN_V6))))


def forbidden() -> tuple[IPv4Address | IPv6Address, ...]:
    """What a name may turn out to be."""
    wrapped = (form.format(inner) for inner in FORBIDDEN_V4 for form in ("::ffff:{}", "64:ff9b::{}"))
    hidden = (form.format(_groups(IPv4Address(inner))) for inner in _TRIED for form in _HIDING)
    written = (*FORBIDDEN_V4, *FORBIDDEN_V6, *wrapped, *hidden, *map(_behind_teredo, _TRIED))
    return tuple(dict.fromkeys(ip_address(one.partition("%")[0]) for one in written))


def _spelled(address: IPv4Address) -> Iterator[str]:
    number, (a, b, c, d) = int(address), address.packed
    yield str(address)
    yield f"{address}."
    yield str(number)
    yield f"0x{number:x}"
    yield f"0X{number:08X}"
    yield f"0{number:o}"
    yield f"{a}.{number & 0xFFFFFF}"
    yield f"{a}.{b}.{number & 0xFFFF}"
    yield f"0x{a:x}.{b}.{c}.0{d:o}"
    yield f"0{a:03o}.0{b:03o}.0{c:03o}.0{d:03o}"
    yield f"0x{a:02x}.0x{b:02x}.0x{c:02x}.0x{d:02x}"
    yield f"{a:03}.{b:03}.{c:03}.{d:03}"
    yield str(address).translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    yield str(address).translate({ord("0"): "⓪", **{ord("0") + digit: chr(0x245F + digit) for digit in range(1, 10)}})
    yield str(address).replace(".", "。")
    yield str(address).replace(".", "%2E")
    for form in ("[::ffff:{}]", "[::{}]", "[64:ff9b::{}]", "[::ffff:0:{}]", "[0:0:0:0:0:FFFF:{}]"):
        yield form.format(address)
        yield form.format(_groups(address))
    yield f"[2002:{_groups(address)}::1]"
    yield f"[2001:0:{_groups(address)}::]"
    yield f"[64:ff9b:1::{_groups(address)}]"


def _groups(address: IPv4Address) -> str:
    """As the last two groups of an IPv6 address."""
    number = int(address)
    return f"{number >> 16:x}:{number & 0xFFFF:x}"


def _behind_teredo(address: str) -> str:
    """As the client of a public Teredo server, its bits turned over (RFC 4380, section 4)."""
    return f"2001:0:808:808:0:ffff:{_groups(IPv4Address(int(IPv4Address(address)) ^ 0xFFFF_FFFF))}"
