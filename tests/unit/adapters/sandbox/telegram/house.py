"""A running Bot API server on a free port, with a clock, faults and a raw client in the test's hands."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from adapters.sandbox.contract import TELEGRAM_TOKEN, Fault, Ground, Seen, Shown, Strictness
from adapters.sandbox.store import Store
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.server import TelegramServer

GROUP, CHANNEL = "-1002000000001", "-1002000000002"
READER_1, READER_2, MODERATOR = "700000001", "700000002", "700000003"


class HandClock:
    """Unix seconds that move when the test says so."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class HandFaults:
    """Faults that strike as often as the test ordered them."""

    ordered: list[Fault] = field(default_factory=list)

    def order(self, kind: str, times: int = 1, **options: object) -> None:
        fault = Fault(platform="telegram", kind=kind, until=float("inf"), options=options)
        self.ordered.extend([fault] * times)

    def strikes(self, platform: str, kind: str) -> Fault | None:
        found = next((fault for fault in self.ordered if fault.kind == kind), None)
        if found is not None:
            self.ordered.remove(found)
        return found


@dataclass
class CountingPulse:
    beats: list[tuple[str, str]] = field(default_factory=list)

    def beat(self, platform: str, chat: str) -> None:
        self.beats.append((platform, chat))


@dataclass(frozen=True)
class Answer:
    """What a raw call got."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def result(self) -> Any:
        assert self.body["ok"], self.body
        return self.body["result"]

    @property
    def refusal(self) -> tuple[int, str]:
        assert self.body["ok"] is False
        assert self.body["error_code"] == self.status
        return self.status, self.body["description"]


class House:
    """The server and everything it stands on."""

    def __init__(self, *, path: Path | None = None, strictness: Strictness | None = None, page: str = "") -> None:
        self.clock = HandClock()
        self.faults = HandFaults()
        self.pulse = CountingPulse()
        self.store = Store(path, self.clock)
        self.ground = Ground(
            documents=self.store,
            ledger=self.store,
            faults=self.faults,
            pulse=self.pulse,
            clock=self.clock,
            strictness=strictness or Strictness(),
            public_url=page or "http://127.0.0.1:1",
        )
        self.server = TelegramServer(self.ground)
        self._runner = web.AppRunner(self.server.app())

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.server.bound(self.address)
        self.base_url = f"{self.address}/bot"
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()
        await self.server.close()
        await self._runner.cleanup()
        self.store.close()

    async def call(self, method: str, /, **params: object) -> Answer:
        """One call with a JSON body."""
        async with self.http.post(f"{self.base_url}{TELEGRAM_TOKEN}/{method}", json=params) as answer:
            return Answer(answer.status, await answer.json(), dict(answer.headers))

    async def send(self, chat: str, text: str, **params: object) -> Any:
        """The message that sendMessage gave back."""
        return (await self.call("sendMessage", chat_id=chat, text=text, **params)).result

    async def updates(self, **params: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.call("getUpdates", **params)).result
        return found

    @property
    def api(self) -> Api:
        """What stands behind the wire, for what no call can bring about."""
        return self.server._people._api

    def silence(self) -> None:
        """The bot is gone: nobody waits for its answer."""
        self.api.heard_at = None

    def forget_polls(self) -> None:
        """The library asks once more when it stops, and would be held up for asking the same again so soon."""
        self.api.updates._previous = (0, -10.0)

    async def polled(self) -> None:
        """Until the server holds a long poll."""
        while self.api.updates._poll is None:  # noqa: ASYNC110  # a test may look again and again
            await asyncio.sleep(0)

    async def shown(self, chat: str, person: str = "reader-1") -> tuple[Shown, ...]:
        return (await self.server.look(chat, person, None)).messages

    async def tell(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen:
        """Say something; nothing in these tests answers, unless the test does."""
        return await self.server.say(chat, person, text, reply_to)


@asynccontextmanager
async def opened(path: Path | None = None, page: str = "", **strictness: Any) -> AsyncIterator[House]:
    """A house that is open for the block."""
    async with House(path=path, strictness=Strictness(**strictness), page=page) as house:
        yield house
