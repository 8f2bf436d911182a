"""The sandbox's house with fake servers in it, on free ports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientResponse, ClientSession

from adapters.sandbox.contract import Ground
from adapters.sandbox.house import open_house
from adapters.sandbox.options import Addresses, SandboxOptions
from tests.fakes.chat_server import FakeChatServer


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeHouse:
    """A running house, the two fakes in it, and a client that talks to its page."""

    addresses: Addresses
    discord: FakeChatServer
    telegram: FakeChatServer
    client: ClientSession

    async def get(self, path: str) -> object:
        async with self.client.get(self.addresses.page + path) as response:
            return await response.json()

    async def post(self, path: str, body: object) -> tuple[int, dict[str, object]]:
        """Status and answer."""
        async with self.client.post(self.addresses.page + path, json=body) as response:
            return await _answer(response)

    async def refusal(self, path: str) -> tuple[int, str]:
        """Status and sentence of a GET that is refused."""
        async with self.client.get(self.addresses.page + path) as response:
            status, answer = await _answer(response)
            return status, str(answer["error"])


@asynccontextmanager
async def fake_house(
    home: Path | None = None, demo_dir: Path | None = None, demo_every_s: float = 60.0
) -> AsyncIterator[FakeHouse]:
    """Open the house and a client; both are closed after the block."""
    servers: list[FakeChatServer] = []

    def build(ground: Ground) -> list[FakeChatServer]:
        servers[:] = [FakeChatServer(ground, "discord"), FakeChatServer(ground, "telegram")]
        return servers

    options = SandboxOptions(
        page_port=0, discord_port=0, telegram_port=0, home=home, demo_dir=demo_dir, demo_every_s=demo_every_s
    )
    async with open_house(options, build) as addresses, ClientSession() as client:
        yield FakeHouse(addresses=addresses, discord=servers[0], telegram=servers[1], client=client)


async def _answer(response: ClientResponse) -> tuple[int, dict[str, object]]:
    return response.status, await response.json()
