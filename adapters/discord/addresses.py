"""Addresses from outside, made fit for Discord, or known as unfit."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

_SAFE: Final = "%/:?#[]@!$&'*+,;=-._~"
"""All that an address may hold but round brackets, which end a masked link; what is quoted already stays as it is."""

_ADDRESS_LIKE = re.compile(r"(?:\w+://)?(?P<host>(?:[\w-]+\.)+[^\W\d_]{2,})(?:[:/?#]\S*)?")


def fit_address(address: str | None, *, most: int) -> str | None:
    """The http(s) address with everything quoted that could end it, None where there is none or it is too long."""
    if not address or not address.startswith(("https://", "http://")):
        return None
    quoted = quote(address.encode(errors="replace"), safe=_SAFE)
    return quoted if len(quoted) <= most and _host(quoted) else None


def belies(words: str, address: str) -> bool:
    """Whether the words look like the address of another host."""
    if "://" in words:
        return True
    named = _ADDRESS_LIKE.fullmatch(words.strip())
    if named is None:
        return False
    return not f".{_host(address)}".endswith("." + named["host"].lower().removeprefix("www."))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
