"""Deep links lead to this bot and to nobody else."""

import pytest

from adapters.sandbox.telegram.links import checked_link, start_payload


@pytest.mark.parametrize(
    ("url", "payload"),
    [
        ("https://t.me/some_bot?start=abc_-9", "abc_-9"),
        ("http://telegram.me/Some_Bot/?start=abc", "abc"),
        ("t.me/some_bot?start=abc", "abc"),
        ("https://t.me/some_bot", ""),
        ("https://t.me/some_bot?start=", ""),
        ("https://t.me/some_bot?start=a%20b", None),
        (f"https://t.me/some_bot?start={'a' * 65}", None),
        ("https://t.me/other_bot?start=abc", None),
        ("https://evil.example/t.me/some_bot?start=abc", None),
        ("https://t.me.evil.example/some_bot?start=abc", None),
        ("javascript:t.me/some_bot", None),
    ],
)
def test_a_deep_link_is_known_by_host_bot_and_parameter(url: str, payload: str | None) -> None:
    assert start_payload(url, "some_bot") == payload


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("Example.COM", "http://example.com/"),
        ("https://user@Example.com:81?q#f", "https://user@example.com:81/?q#f"),
        ("ftp://x.y", "ftp://x.y/"),
        ("https://x.y:port/", None),
        ("https://.", None),
        ("", None),
    ],
)
def test_an_address_is_kept_as_the_platform_writes_it(url: str, kept: str | None) -> None:
    assert checked_link(url) == kept
