"""Addresses: what is asked for, where a redirect may lead, and what is said when no connection comes about."""

from contextlib import suppress

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from adapters.feeds.guard import AddressRefusedError
from adapters.feeds.http import connection_error, next_address, web_address
from bot.ports.reading import ReadingError


def test_a_secure_feed_never_becomes_an_insecure_one() -> None:
    with pytest.raises(ReadingError, match="secure address to one that is not"):
        next_address(URL("https://a.example/feed"), "http://a.example/feed")
    assert next_address(URL("http://a.example/feed"), "https://a.example/feed") == URL("https://a.example/feed")


def test_a_relative_redirect_stays_with_its_server() -> None:
    assert next_address(URL("https://a.example/x/feed"), "../y?z=1") == URL("https://a.example/y?z=1")


@pytest.mark.parametrize("written", ["https://a.example/feed", " HTTP://A.example/feed\n", "https://bücher.example/ж"])
def test_an_address_of_the_web_is_taken(written: str) -> None:
    assert web_address(written).scheme in {"http", "https"}


@pytest.mark.parametrize("host", ["xn--a.b..c", "a..b", "a" * 64 + ".example", "[::1"])
def test_a_name_that_no_resolver_can_ask_for_is_no_address(host: str) -> None:
    with pytest.raises(ReadingError, match="not a web address"):
        web_address(f"http://{host}/feed")


@given(st.text(max_size=60) | st.text(max_size=60).map("http://{}".format))
def test_any_text_is_an_address_of_the_web_or_refused_in_words(written: str) -> None:
    with suppress(ReadingError):
        url = web_address(written)
        assert url.scheme in {"http", "https"}
        assert url.host
        assert url.user is None


SOMEWHERE = ConnectionKey(
    "secret.example", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=0
)


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (aiohttp.ClientConnectorDNSError(SOMEWHERE, OSError("x")), "unreachable", "There is no server of that name."),
        (
            aiohttp.ClientConnectorCertificateError(SOMEWHERE, ValueError("x")),
            "unreachable",
            "The server's certificate is not valid.",
        ),
        (aiohttp.ClientConnectorError(SOMEWHERE, AddressRefusedError()), "address", "That address is not allowed."),
        (aiohttp.ClientConnectorError(SOMEWHERE, OSError("x")), "unreachable", "The server cannot be reached."),
        (aiohttp.InvalidUrlClientError("x"), "address", "That is not a web address."),
        (OSError("x"), "unreachable", "The server's answer cannot be understood."),
    ],
)
def test_a_connection_that_does_not_come_about_is_explained_without_naming_places(
    error: Exception, kind: str, sentence: str
) -> None:
    told = connection_error(error)
    assert (told.kind, str(told)) == (kind, sentence)
