"""Addresses as they may be shown and logged."""

import re
from urllib.parse import urlsplit, urlunsplit

HIDDEN = "…"
_SECRET_NAMES = re.compile(
    r"(?:^|[_-])(?:key|apikey|token|auth|authorization|secret|pass|passwd|password|pwd|sig|signature|sid|session"
    r"|sessionid|hash|user|username|login|credential|credentials|code|jwt)(?:$|[_-])"
)
_SECRET_VALUE = re.compile(r"[A-Za-z0-9_-]*(?:\d[A-Za-z_-]|[A-Za-z_-]\d)[A-Za-z0-9_-]*")
_LONG = 32


def without_secrets(address: str) -> str:
    """The address without user name, password and whatever may be a key: for lists, messages and logs, not for reading.

    What is hidden shows as ``…``: values of parameters whose name says so, and long mixtures of letters and digits in
    the path or in any value.
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")
    except ValueError:
        return HIDDEN
    path = "/".join(map(_shown, parts.path.split("/")))
    query = "&".join(_shown_parameter(parameter) for parameter in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, f"{HIDDEN}@{host[2]}" if host[1] else host[2], path, query, ""))


def _shown_parameter(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    is_secret = _SECRET_NAMES.search(name.casefold()) is not None
    return f"{name}{equals}{HIDDEN if value and is_secret else _shown(value)}"


def _shown(value: str) -> str:
    return HIDDEN if len(value) >= _LONG and _SECRET_VALUE.fullmatch(value) else value
