"""Leases at hubs are asked for, granted and denied as W3C WebSub says; signatures are believed only if they hold."""

import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.hub import ASKED_LEASE, HubLease, asked, confirmed, is_signed
from bot.domain.source import HubLink, SourceId
from tests.builders import NOON

TOPIC = "https://wire.example/feed"
LEASE = HubLease(
    source_id=SourceId(1),
    link=HubLink(address="https://hub.example/", topic=TOPIC),
    token="t",
    secret="s3cret",
    due_at=NOON,
)
MEANT = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "864000"}


def test_a_hub_that_says_nothing_is_asked_again_ever_later_and_once_a_day_at_last() -> None:
    lease, waits = LEASE, []
    for _ in range(12):
        lease = asked(lease, NOON)
        waits.append((lease.due_at - NOON) / timedelta(minutes=1))
    assert waits[:4] == [5, 10, 20, 40]
    assert set(waits[9:]) == {24 * 60}


@pytest.mark.parametrize(
    ("seconds", "granted"),
    [("3600", timedelta(hours=1)), ("0", timedelta(minutes=1)), ("9" * 9, timedelta(days=365))]
    + [(odd, ASKED_LEASE) for odd in ("", "-5", "9" * 99, "soon", "٣")],
)
def test_a_lease_is_as_long_as_the_hub_says_within_reason(seconds: str, granted: timedelta) -> None:
    lease = confirmed(asked(LEASE, NOON), MEANT | {"hub.lease_seconds": seconds}, NOON)
    assert lease
    assert lease.leased_until == NOON + granted
    assert (lease.failures, lease.problem) == (0, None)
    assert lease.due_at == NOON + max(granted / 2, timedelta(minutes=5)), "renewed in good time"


def test_a_renewal_is_granted_too() -> None:
    granted = confirmed(asked(LEASE, NOON), MEANT, NOON)
    assert granted
    later = NOON + timedelta(days=5)
    renewed = confirmed(asked(granted, later), MEANT, later)
    assert renewed
    assert renewed.leased_until == later + ASKED_LEASE


@pytest.mark.parametrize(
    "query",
    [
        {},
        MEANT | {"hub.topic": "https://elsewhere.example/"},
        MEANT | {"hub.mode": "unsubscribe"},
        MEANT | {"hub.mode": "publish"},
        {name: value for name, value in MEANT.items() if name != "hub.challenge"},
    ],
)
def test_what_we_did_not_ask_for_was_not_meant(query: dict[str, str]) -> None:
    assert confirmed(asked(LEASE, NOON), query, NOON) is None


def test_what_we_have_not_asked_for_yet_was_not_meant() -> None:
    assert confirmed(LEASE, MEANT, NOON) is None


def test_a_denial_ends_the_lease_says_why_and_is_asked_about_again_a_day_later() -> None:
    leased = replace(LEASE, leased_until=NOON + ASKED_LEASE)
    denied = confirmed(leased, {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "too many"}, NOON)
    assert denied
    assert (denied.leased_until, denied.problem) == (None, "The hub denies it: too many")
    assert denied.due_at == NOON + timedelta(days=1)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_recommendation_is_believed(method: str) -> None:
    signature = f"{method}={hmac.new(b's3cret', b'body', method).hexdigest()}"
    assert is_signed(b"body", signature, "s3cret")
    assert is_signed(b"body", signature.replace(signature[-6:], signature[-6:].upper()), "s3cret")
    assert not is_signed(b"body ", signature, "s3cret")
    assert not is_signed(b"body", signature, "another")
    assert not is_signed(b"body", signature[:-1], "s3cret")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "=",
        "sha256=",
        "sha256",
        "md5=" + hmac.new(b"s3cret", b"body", "md5").hexdigest(),
        "SHA256=x",
        "sha256=é\udcff",
    ],
)
def test_what_is_no_signature_is_not_believed(signature: str) -> None:
    assert not is_signed(b"body", signature, "s3cret")
