"""Following a feed at its hub, so that news comes when it is published (W3C WebSub, 23 January 2018)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.source import HubLink, SourceId

ASKED_LEASE = timedelta(days=10)
"""For how long we ask to be pushed to; the hub decides."""

_SHORTEST_LEASE, _LONGEST_LEASE = timedelta(minutes=1), timedelta(days=365)
_LEAST_WAIT = timedelta(minutes=5)
_MOST_WAIT = timedelta(days=1)
_MOST_DOUBLINGS = 10
_LONGEST_REASON = 200
_METHODS = ("sha256", "sha384", "sha512", "sha1")
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLease:
    """Our subscription to a source at its hub, asked for or granted.

    ``token`` is the part of our own address that nobody can guess, ``secret`` what the hub signs with. ``failures``
    counts how often we asked since it was granted last. It is asked for (again) at ``due_at``.
    """

    source_id: SourceId
    link: HubLink
    token: str = field(repr=False)
    secret: str = field(repr=False)
    due_at: datetime
    failures: int = 0
    leased_until: datetime | None = None
    problem: str | None = None


def asked(lease: HubLease, now: datetime) -> HubLease:
    """The lease as we ask for it now: asked for again if nothing comes of it, ever later."""
    wait = min(_LEAST_WAIT * 2 ** min(lease.failures, _MOST_DOUBLINGS), _MOST_WAIT)
    return replace(lease, failures=lease.failures + 1, due_at=now + wait)


def refused(lease: HubLease, problem: str) -> HubLease:
    """The hub cannot be asked, or said no to our asking."""
    return replace(lease, problem=problem)


def confirmed(lease: HubLease, query: Mapping[str, str], now: datetime) -> HubLease | None:
    """The lease after the hub asked whether we meant it (section 5.3) or told that it denies it (section 5.2); None
    where we did not ask for what it speaks of.
    """
    if query.get("hub.topic") != lease.link.topic or not (lease.failures or lease.leased_until):
        return None
    match query.get("hub.mode"):
        case "denied":
            reason = query.get("hub.reason", "")[:_LONGEST_REASON] or "it does not say why"
            return replace(lease, leased_until=None, problem=f"The hub denies it: {reason}", due_at=now + _MOST_WAIT)
        case "subscribe" if query.get("hub.challenge"):
            granted = _granted(query.get("hub.lease_seconds", ""))
            due_at = now + max(granted / 2, _LEAST_WAIT)
            return replace(lease, leased_until=now + granted, failures=0, problem=None, due_at=due_at)
        case _:
            return None


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether the hub that knows the secret wrote this (section 7.1); ``signature`` is ``method=digest`` in hex."""
    method, _, digest = signature.strip().partition("=")
    if method not in _METHODS:
        return False
    made = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(made.encode(), digest.lower().encode(errors="replace"))


def _granted(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _DIGITS):
        return ASKED_LEASE  # hubs of before the recommendation say nothing
    return min(max(timedelta(seconds=int(seconds)), _SHORTEST_LEASE), _LONGEST_LEASE)
