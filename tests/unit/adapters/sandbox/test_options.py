"""Addresses are what the bot's settings want, and can be read back."""

import pytest

from adapters.sandbox.options import Addresses


def test_addresses_have_the_shape_that_the_clients_want() -> None:
    addresses = Addresses.at(page="127.0.0.1:1", discord="127.0.0.1:2", telegram="[::1]:3")
    assert addresses == Addresses(
        page="http://127.0.0.1:1",
        discord_api="http://127.0.0.1:2/api/v10",
        discord_gateway="ws://127.0.0.1:2",
        telegram_api="http://[::1]:3/bot",
        newspaper_feed="http://127.0.0.1:1/newspaper/feed.xml",
    )


def test_what_was_written_can_be_read() -> None:
    addresses = Addresses.at(page="127.0.0.1:1", discord="127.0.0.1:2", telegram="127.0.0.1:3")
    assert Addresses.from_json(addresses.as_json()) == addresses


@pytest.mark.parametrize("text", ["", "{}", "[]", '"x"', '{"page": 1, "other": 2}', "{"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Addresses.from_json(text)
