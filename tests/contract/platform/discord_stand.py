"""A Discord of the sandbox in this process, with the real client connected to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import Any, cast

from aiohttp import ClientSession

from adapters.discord.platform import DiscordOptions, DiscordPlatform
from adapters.sandbox.contract import DISCORD_TOKEN, READER_1, Ground, Seen, Shown, Strictness
from adapters.sandbox.discord.cast import DM_IDS, TEXT_CHANNEL_ID
from adapters.sandbox.discord.server import DiscordServer
from adapters.sandbox.faults import FaultBook
from adapters.sandbox.store import Store
from bot.domain.channel import ChannelRef
from bot.messages.action import ActionCodec
from bot.ports.clock import Clock
from bot.ports.platform import Desk, Doors
from bot.ports.progress import Beat, unheard
from tests.fakes.clocks import HeldClock
from tests.fakes.served import served

CODEC = ActionCodec(b"a key for tests")
TEXT_CHANNEL = ChannelRef(platform="discord", id=TEXT_CHANNEL_ID)
PRIVATE_CHAT = ChannelRef(platform="discord", id=DM_IDS[READER_1])
_SOON_S = 5.0


class ShiftedClock:
    """The machine's time, and what a test adds to it."""

    def __init__(self) -> None:
        self.shift_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.shift_s


class _Quiet:
    """Nobody looks at the page."""

    def beat(self, platform: str, chat: str) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """The server, what it remembers, and how to reach it."""

    server: DiscordServer
    store: Store
    faults: FaultBook
    clock: ShiftedClock
    options: DiscordOptions

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call of the API."""
        return [entry for entry in self.store.since(0) if entry["kind"] == "call"]

    def sends(self) -> list[dict[str, Any]]:
        return [call for call in self.calls if str(call["call"]).startswith("POST /channels/")]

    async def sees(self, person: str = READER_1, chat: str = TEXT_CHANNEL_ID) -> tuple[Shown, ...]:
        return (await self.server.look(chat, person, None)).messages

    async def press(self, label: str, *, message: Shown, person: str = READER_1, chat: str = TEXT_CHANNEL_ID) -> Seen:
        button = next(button.id for button in message.buttons if button.label == label)
        return await self.server.press(chat, person, message.id, button)

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """What the API answers to somebody else with the bot's token."""
        headers = {"Authorization": f"Bot {self.options.token}"}
        url = f"{self.options.api_url}{path}"
        async with ClientSession(headers=headers) as session, session.request(method, url, json=body) as response:
            assert response.ok, await response.text()
            return await response.json()

    def shown(self) -> list[dict[str, Any]]:
        """Every message that ever became visible."""
        return [entry for entry in self.store.since(0) if entry["kind"] == "shown"]

    def strike(self, kind: str, **options: object) -> None:
        """Order a fault for all that follows."""
        self.faults.order("discord", kind, for_s=60, share=1.0, options=cast("Mapping[str, object]", options))


@asynccontextmanager
async def sandbox(strictness: Strictness | None = None) -> AsyncIterator[Stand]:
    """A Discord with nothing said in it yet."""
    clock = ShiftedClock()
    store = Store(None, clock)
    faults = FaultBook(store, clock)
    ground = Ground(
        documents=store,
        ledger=store,
        faults=faults,
        pulse=_Quiet(),
        clock=clock,
        strictness=strictness or Strictness(),
        public_url="http://127.0.0.1:1",
    )
    server = DiscordServer(ground)
    with closing(store):
        async with served(server.app()) as address:
            server.bound(address)
            options = DiscordOptions(
                token=DISCORD_TOKEN,
                api_url=f"{address}/api/v10",
                gateway_url=f"{address.replace('http', 'ws', 1)}/gateway",
                rates=False,
            )
            try:
                yield Stand(server=server, store=store, faults=faults, clock=clock, options=options)
            finally:
                await server.close()


@asynccontextmanager
async def connected(
    stand: Stand,
    desk: Desk,
    clock: Clock | None = None,
    *,
    beat: Beat = unheard,
    doors: Doors | None = None,
) -> AsyncIterator[DiscordPlatform]:
    """The platform, listening."""
    platform = DiscordPlatform(stand.options, codec=CODEC, clock=clock or HeldClock(), doors=doors)
    listening = asyncio.create_task(platform.listen(desk, beat))
    opening = asyncio.create_task(platform.ready())
    try:
        await asyncio.wait((listening, opening), timeout=_SOON_S, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            await listening
        assert opening.done(), "the platform did not connect"
        yield platform
    finally:
        opening.cancel()
        listening.cancel()
        await asyncio.wait((listening,))


async def until(claim: Callable[[], bool]) -> None:
    """Return once it is so."""
    async with asyncio.timeout(_SOON_S):
        while not claim():  # noqa: ASYNC110  # neither the log nor the gateway has an event for it
            await asyncio.sleep(0.005)


def paced(stand: Stand) -> Stand:
    """The same, with the bot keeping to its own pace."""
    return replace(stand, options=replace(stand.options, rates=True))
