"""A Telegram of the sandbox in this process, with the real client connected to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from typing import Any, cast

from aiohttp import ClientSession, web

from adapters.sandbox.contract import READER_1, TELEGRAM_TOKEN, Ground, Seen, Shown, Strictness
from adapters.sandbox.faults import FaultBook
from adapters.sandbox.store import Store
from adapters.sandbox.telegram.cast import CHANNEL as CHANNEL_ID
from adapters.sandbox.telegram.cast import GROUP as GROUP_ID
from adapters.sandbox.telegram.cast import USER_IDS
from adapters.sandbox.telegram.server import TelegramServer
from adapters.telegram.platform import TelegramOptions, TelegramPlatform
from bot.domain.channel import ChannelRef
from bot.messages.action import ActionCodec
from bot.ports.clock import Clock
from bot.ports.platform import Desk, Doors
from tests.fakes.clocks import HeldClock
from tests.fakes.inbox import FakeInbox
from tests.fakes.served import served

CODEC = ActionCodec(b"a key for tests")
GROUP = ChannelRef(platform="telegram", id=str(GROUP_ID))
CHANNEL = ChannelRef(platform="telegram", id=str(CHANNEL_ID))
PRIVATE_CHAT = ChannelRef(platform="telegram", id=str(USER_IDS[READER_1]))
_SOON_S = 5.0


class _Quiet:
    """Nobody looks at the page."""

    def beat(self, platform: str, chat: str) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """The server, what it remembers, and how to reach it. The inbox outlives a platform, as the table does."""

    server: TelegramServer
    store: Store
    faults: FaultBook
    options: TelegramOptions
    inbox: FakeInbox = field(default_factory=FakeInbox)

    def calls(self, *methods: str) -> list[dict[str, Any]]:
        """Every call of those methods, oldest first."""
        entries = cast("list[dict[str, Any]]", self.store.since(0))
        return [entry for entry in entries if entry["kind"] == "call" and entry["call"] in methods]

    async def until_called(self, method: str, *, at_least: int = 1) -> None:
        """Return once the method was called that often."""
        async with asyncio.timeout(_SOON_S):
            while len(self.calls(method)) < at_least:  # noqa: ASYNC110  # the ledger has no bell
                await asyncio.sleep(0.005)

    async def sees(self, person: str = READER_1, chat: ChannelRef = GROUP) -> tuple[Shown, ...]:
        return (await self.server.look(chat.id, person, None)).messages

    async def press(self, label: str, *, message: Shown, person: str = READER_1, chat: ChannelRef = GROUP) -> Seen:
        button = next(button.id for button in message.buttons if button.label == label)
        return await self.server.press(chat.id, person, message.id, button)

    def strike(self, kind: str, **options: object) -> None:
        """Order a fault for all that follows."""
        self.faults.order("telegram", kind, for_s=60, share=1.0, options=cast("Mapping[str, object]", options))

    def platform(
        self,
        clock: Clock | None = None,
        *,
        doors: Doors | None = None,
    ) -> TelegramPlatform:
        """A platform for this server, not yet listening."""
        return TelegramPlatform(
            self.options,
            codec=CODEC,
            clock=clock or HeldClock(),
            inbox=self.inbox,
            doors=doors,
        )


@asynccontextmanager
async def sandbox(strictness: Strictness | None = None) -> AsyncIterator[Stand]:
    """A Telegram with nothing said in it yet."""
    store = Store(None, time.time)
    faults = FaultBook(store, time.time)
    ground = Ground(
        documents=store,
        ledger=store,
        faults=faults,
        pulse=_Quiet(),
        clock=time.time,
        strictness=strictness or Strictness(),
        public_url="http://127.0.0.1:1",
    )
    server = TelegramServer(ground)
    with closing(store):
        async with served(server.app()) as address:
            server.bound(address)
            options = TelegramOptions(token=TELEGRAM_TOKEN, api_url=f"{address}/bot", rates=False)
            try:
                yield Stand(server=server, store=store, faults=faults, options=options)
            finally:
                await server.close()


@asynccontextmanager
async def deaf_to_whispers(stand: Stand, *, is_refused: bool = False) -> AsyncIterator[Stand]:
    """The same Telegram behind a server of an older release: it ignores what it does not know, or refuses it."""
    upstream = str(stand.options.api_url).removesuffix("/bot")
    session = ClientSession()

    async def forward(request: web.Request) -> web.Response:
        form = await request.json()
        if form.pop("ephemeral_message_parameters", None) and is_refused:
            refusal = {"ok": False, "error_code": 400, "description": "Bad Request: BOT_NOT_ADMIN"}
            return web.json_response(refusal, status=400)
        async with session.post(f"{upstream}{request.path}", json=form) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")

    app = web.Application()
    app.router.add_post("/{path:.*}", forward)
    async with session, served(app) as address:
        yield replace(stand, options=replace(stand.options, api_url=f"{address}/bot"))


@asynccontextmanager
async def speaking(stand: Stand, clock: Clock | None = None) -> AsyncIterator[TelegramPlatform]:
    """The platform, for sends only."""
    platform = stand.platform(clock)
    try:
        yield platform
    finally:
        await platform.close()


@asynccontextmanager
async def listening(
    stand: Stand, desk: Desk, platform: TelegramPlatform | None = None
) -> AsyncIterator[TelegramPlatform]:
    """The platform, listening."""
    platform = platform or stand.platform()
    task = asyncio.create_task(platform.listen(desk))
    opening = asyncio.create_task(platform.ready())
    try:
        await asyncio.wait((task, opening), timeout=_SOON_S, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        assert opening.done(), "the platform did not connect"
        yield platform
    finally:
        opening.cancel()
        task.cancel()
        await asyncio.wait((task,))
