"""Which addresses Telegram accepts in links and buttons, and what our own deep links look like."""

import re
from urllib.parse import parse_qs, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[^\s/?#@:\[\]<>\"']+")
_PORT = re.compile(r"\d{1,5}")
_DEEP = re.compile(r"(?:https?://)?(?:t|telegram)\.me/(\w+)/?\?(.*)", re.IGNORECASE)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_USER = re.compile(r"tg://user/?\?id=(\d{1,18})", re.IGNORECASE)


def checked_link(url: str) -> str | None:
    """The address as Telegram keeps it (scheme added, host in lower case, path at least ``/``), None if it is no link.

    As TDLib does: a host needs a dot; schemes are http, https, ftp, tg and ton.
    """
    url = url.strip()
    found = _SCHEME.match(url)
    scheme, rest = (found[1].lower(), url[found.end() :]) if found else ("http", url)
    if scheme in {"tg", "ton"}:
        return f"{scheme}://{rest}" if rest else None
    if scheme not in {"http", "https", "ftp"} or not rest or any(c.isspace() for c in rest):
        return None
    cut = next((at for at, c in enumerate(rest) if c in "/?#"), len(rest))
    authority, path = rest[:cut], rest[cut:]
    credentials, _, place = authority.rpartition("@")
    host, colon, port = place.partition(":")
    if "." not in host.strip(".") or not _HOST.fullmatch(host) or (colon and not _PORT.fullmatch(port)):
        return None
    if not path.startswith("/"):
        path = f"/{path}"
    return f"{scheme}://{credentials + '@' if credentials else ''}{host.lower()}{colon}{port}{path}"


def mentioned_user(url: str) -> int | None:
    """The user whom a ``tg://user?id=`` link names."""
    found = _USER.fullmatch(url.strip())
    return int(found[1]) if found else None


def start_payload(url: str, bot_username: str) -> str | None:
    """What a deep link to this bot hands to ``/start``: "" without a parameter, None if the link leads elsewhere."""
    found = _DEEP.fullmatch(url) or re.fullmatch(r"(?:https?://)?(?:t|telegram)\.me/(\w+)/?()", url, re.IGNORECASE)
    if found is None or found[1].lower() != bot_username.lower():
        return None
    values = parse_qs(found[2], keep_blank_values=True).get("start", [""])
    return values[0] if not values[0] or _PAYLOAD.fullmatch(values[0]) else None


def host_of(url: str) -> str:
    """The host that a preview card names."""
    return urlsplit(url).hostname or url
