"""How often a feed is read from now on."""

import pytest

from adapters.settings import read_settings
from adapters.sources import interval_for


@pytest.mark.parametrize(
    ("address", "interval_s"),
    [
        ("http://127.0.0.1:9000/feed.xml", 15.0),
        ("http://localhost:9000/feed.xml", 15.0),
        ("http://[::1]/feed.xml", None),
        ("http://10.1.2.3/feed.xml", None),
        ("https://wire.example/feed", None),
        ("http://[::1", None),
    ],
)
def test_a_feed_of_the_operator_s_own_network_is_read_every_fifteen_seconds(
    monkeypatch: pytest.MonkeyPatch, address: str, interval_s: float | None
) -> None:
    monkeypatch.setenv("NEWSBOT_FETCH_ALLOW", "127.0.0.0/8")
    monkeypatch.delenv("NEWSBOT_READ_INTERVAL", raising=False)
    assert interval_for(address, read_settings()) == interval_s


def test_a_set_interval_holds_for_every_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_FETCH_ALLOW", "127.0.0.0/8")
    monkeypatch.setenv("NEWSBOT_READ_INTERVAL", "60")
    assert interval_for("http://127.0.0.1/feed", read_settings()) == 60
    assert interval_for("https://wire.example/feed", read_settings()) == 60
