"""No way of naming a private address makes the reader of feeds connect to it: the socket is never opened."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest

from adapters.feeds.guard import AddressPolicy
from adapters.feeds.http import Document, FeedClient, FetchBounds
from bot.ports.reading import ReadingError
from tests.addresses import PUBLIC_V4, PUBLIC_V6, forbidden, spellings
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server

OURS = "127.0.0.9"
"""The one address that these clients may go to."""

BOUNDS = FetchBounds(connect_s=1, silence_s=1, whole_s=5)


@asynccontextmanager
async def a_client() -> AsyncIterator[FeedClient]:
    client = FeedClient(AddressPolicy(allow=(ip_network(OURS),)), bounds=BOUNDS)
    yield client
    await client.close()


@pytest.fixture
async def client() -> AsyncIterator[FeedClient]:
    async with a_client() as one:
        yield one


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with running_feed_server(OURS) as feeds:
        yield feeds


class Names:
    """A lying name server: what each name means, and by then something else."""

    def __init__(self) -> None:
        self.meant: dict[str, list[str]] = {}

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        """As the event loop's."""
        meant = self.meant[host]
        address = meant.pop(0) if len(meant) > 1 else meant[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        place = (address, port, 0, 0) if family is socket.AF_INET6 else (address, port)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place)]


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    lying = Names()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lying.getaddrinfo)
    return lying


async def kinds_of_refusal(client: FeedClient, addresses: list[str]) -> set[str]:
    kinds = set()
    for address in addresses:
        with pytest.raises(ReadingError) as refused:
            await client.fetch(address)
        kinds.add(refused.value.kind)
    return kinds


def test_there_are_enough_of_them() -> None:
    assert sum(map(str.isascii, spellings())) >= 300
    assert len(forbidden()) >= 300
    assert len({*PUBLIC_V4, *PUBLIC_V6}) >= 50


async def test_no_spelling_is_connected_to(client: FeedClient, reached: set[str]) -> None:
    assert await kinds_of_refusal(client, [f"http://{written}/feed" for written in spellings()]) == {"address"}
    assert reached == set()


async def test_no_redirect_to_any_spelling_is_followed(
    client: FeedClient, server: FeedServer, reached: set[str]
) -> None:
    sent_to = [
        server.serve(f"/{number}", answer(b"", status="302 Found", headers={"Location": f"http://{written}/feed"}))
        for number, written in enumerate(spellings())
        if written.isascii()
    ]
    assert await kinds_of_refusal(client, sent_to) == {"address"}
    assert reached == {OURS}


async def test_no_name_leads_to_any_of_them(client: FeedClient, names: Names, reached: set[str]) -> None:
    names.meant = {f"{number}.example": [str(address)] for number, address in enumerate(forbidden())}
    assert await kinds_of_refusal(client, [f"http://{name}/feed" for name in names.meant]) == {"address"}
    assert reached == set()


async def test_no_name_that_is_bound_anew_leads_to_any_of_them(
    server: FeedServer, names: Names, reached: set[str]
) -> None:
    server.serve("/feed", answer())
    names.meant = {f"{number}.example": [OURS, str(address)] for number, address in enumerate(forbidden())}
    for name in names.meant:
        address = f"http://{name}:{server.port}/feed"
        async with a_client() as first:
            assert isinstance(await first.fetch(address), Document)
        async with a_client() as then:
            assert await kinds_of_refusal(then, [address]) == {"address"}
    assert reached == {OURS}
    assert server.connections == len(names.meant)
