"""A Discord server of the sandbox on a port of its own, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from adapters.sandbox.contract import DISCORD_TOKEN, Fault, Ground, Strictness
from adapters.sandbox.discord.exchange import Patience
from adapters.sandbox.discord.server import DiscordServer
from adapters.sandbox.store import Store
from tests.fakes.served import served

HASTY = Patience(moment_s=0.02, suggestions_s=3.0)


@dataclass
class HandClock:
    """A clock that moves only when told."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class OrderedFaults:
    """Faults that strike every time, or as often as ``times`` says."""

    ordered: dict[str, Fault] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    def order(self, kind: str, *, times: int | None = None, **options: object) -> None:
        self.ordered[kind] = Fault(platform="discord", kind=kind, until=1e12, options=options)
        if times is not None:
            self.times[kind] = times

    def strikes(self, platform: str, kind: str) -> Fault | None:
        fault = self.ordered.get(kind)
        if fault is None or self.times.get(kind, 1) == 0:
            return None
        if kind in self.times:
            self.times[kind] -= 1
        return fault


@dataclass
class Beats:
    """Chats whose sight changed, in order."""

    chats: list[str] = field(default_factory=list)

    def beat(self, platform: str, chat: str) -> None:
        self.chats.append(chat)


@dataclass
class Stage:
    """The running server and all that surrounds it."""

    server: DiscordServer
    store: Store
    clock: HandClock
    faults: OrderedFaults
    address: str
    session: aiohttp.ClientSession

    @property
    def api(self) -> str:
        return f"{self.address}/api/v10"

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = DISCORD_TOKEN
    ) -> tuple[int, Any, Any]:
        """Status, JSON body (None when empty) and headers of a raw call."""
        headers = {"Authorization": f"Bot {token}"} if token else {}
        async with self.session.request(method, self.api + path, json=body, headers=headers) as answer:
            payload = await answer.json() if answer.content_type == "application/json" else None
            return answer.status, payload, answer.headers

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The ledger's entries of a kind."""
        return [entry for entry in self.store.since(0) if entry["kind"] == kind]


@asynccontextmanager
async def discord_stage(
    *, path: Path | None = None, rates: bool = False, patience: Patience = HASTY, nonce_window_s: float = 120.0
) -> AsyncIterator[Stage]:
    """A server on a free port, with a clock moved by hand and rate limits switched off unless asked for."""
    clock, faults = HandClock(), OrderedFaults()
    store = Store(path, clock)
    ground = Ground(
        documents=store,
        ledger=store,
        faults=faults,
        pulse=Beats(),
        clock=clock,
        strictness=Strictness(rates=rates, nonce_window_s=nonce_window_s),
        public_url="http://127.0.0.1:1",
    )
    server = DiscordServer(ground, patience=patience)
    with closing(store):
        async with served(server.app()) as address:
            server.bound(address)
            try:
                async with aiohttp.ClientSession() as session:
                    yield Stage(
                        server=server, store=store, clock=clock, faults=faults, address=address, session=session
                    )
            finally:
                await server.close()
