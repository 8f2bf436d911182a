"""Which entries are the same article: the identity ladder.

guid → canonical link → title and day; any shared key means the same article, and the date alone is never identity.
"""

import hashlib
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.domain.article import Draft
from bot.domain.source import SourceId

_TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "ga_")
_TRACKING_NAMES = frozenset(
    {"fbclid", "gclid", "yclid", "igshid", "ref_src", "cmpid", "ns_campaign", "ns_source", "at_medium"}
)


def identity_keys(source_id: SourceId, draft: Draft, *, seen_at: datetime) -> tuple[str, ...]:
    """The draft's keys, strongest first, unique across sources, 32 hex characters each after a one-letter kind.

    The last rung (title and day) stands only where there is neither guid nor link.
    """
    keys = []
    if draft.guid and draft.guid.strip():
        keys.append(_key("g", source_id, canonical_link(draft.guid) or draft.guid.strip()))
    link = canonical_link(draft.link) if draft.link else None
    if link:
        keys.append(_key("l", source_id, link))
    if not keys:
        day = (draft.published_at or seen_at).date().isoformat()
        opening = draft.paragraphs[0] if draft.paragraphs else draft.teaser or ""
        keys.append(_key("t", source_id, " ".join((draft.title + " " + opening).casefold().split())[:500], day))
    return tuple(keys)


def text_key(draft: Draft) -> str:
    """The key of a text on a plain page, which has neither guid, link nor date: its words, on whatever page."""
    words = " ".join(" ".join((draft.title, draft.teaser or "", *draft.paragraphs)).casefold().split())
    return _key("w", SourceId(0), words)


def canonical_link(link: str) -> str | None:
    """The link without what publishers change at whim: scheme, www, case of the host, tracking parts, fragment.

    None when it is no http(s) link.
    """
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(name)]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"{place}{parts.path.rstrip('/') or '/'}{query}"


def _is_tracking(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith(_TRACKING_PREFIXES) or lowered in _TRACKING_NAMES


def _key(kind: str, source_id: SourceId, *parts: str) -> str:
    told = "\x1f".join((str(source_id), *parts))
    return kind + hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
