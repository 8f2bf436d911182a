"""What the fault tests share: faults ordered and ended, how soon people are answered, and when all was told."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN
from bot.domain.delivery import DeliveryState
from tests.fakes.chaos import ChaosWire, laid
from tests.faults.machine import NAME
from tests.many import Cluster
from tests.world import READER_1, Chat, Json, Process, World

HEALED_S = 60.0
"""After which all goes on by itself once a fault has ended (R10)."""
ANSWERED_S = 2.5
"""Within which people get a first answer (R8)."""
_CLOCKS_APART_S = 0.1
PLATFORMS = ("discord", "telegram")


async def order(world: World, platform: str, kind: str, *, for_s: float, share: float = 1.0, **options: object) -> None:
    """A fault of the platform from now on; one before it strikes first."""
    body = {"platform": platform, "kind": kind, "for_s": for_s, "share": share, "options": options}
    assert "until" in await world.post("/api/faults", body)


async def calm(world: World) -> None:
    """All ordered faults end."""
    async with world.client.delete(world.addresses["page"] + "/api/faults") as answer:
        assert answer.ok


async def answered(chat: Chat, words: str = "/help") -> tuple[float, str]:
    """How many seconds it takes until something new is read there after these words were said, and what."""
    known = {message["id"] for message in await chat.messages()}
    began = time.monotonic()
    await chat.say(words)

    async def answer() -> str | None:
        seen = [one for one in await chat.messages() if one["id"] not in known and one["text"] != words]
        return seen[-1]["text"] if seen and seen[-1]["text"].strip() else None

    text = await chat.world.until(answer, f"an answer to {words} on {chat.platform}")
    return time.monotonic() - began, str(text)


async def answered_in_time(cluster: Cluster, *platforms: str) -> None:
    """Whoever asks something in private is answered at once."""
    for platform in platforms or PLATFORMS:
        took, _ = await answered(await cluster.world.chat(platform, "private", READER_1))
        assert took <= ANSWERED_S, f"{platform} answered after {took:.1f} s"


async def heard(cluster: Cluster, within_s: float = HEALED_S) -> float:
    """Return once people are answered at once on both platforms; how many seconds it took until they were."""

    async def answers() -> bool:
        try:
            await answered_in_time(cluster)
        except AssertionError:
            return False
        return True

    return await eventually(answers, within_s, "people are heard again")


async def eventually(holds: Callable[[], Awaitable[Any]], within_s: float, what: str, *, look_s: float = 0.25) -> float:
    """How many seconds it took until it held."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < within_s, f"not within {within_s} s: {what}"
        await asyncio.sleep(look_s)
    return time.monotonic() - began


async def all_told(cluster: Cluster, within_s: float = HEALED_S) -> float:
    """Return once every story was shown in every chat; how many seconds that took."""

    async def told() -> bool:
        return not await cluster.missing()

    try:
        return await eventually(told, within_s, "every story in every chat")
    except AssertionError as error:
        lines = "\n".join(cluster.processes[-1].lines[-30:])
        raise AssertionError(f"{error}\n{await cluster.missing()}\n{await counts(cluster)}\n{lines}") from None


async def counts(cluster: Cluster) -> dict[DeliveryState, int]:
    """How many deliveries stand in each state."""
    async with cluster.storage.reading() as look:
        return {state: number for state, number in (await look.deliveries.counts()).items() if number}


async def settled(cluster: Cluster, within_s: float = HEALED_S) -> None:
    """Return once nothing waits and nothing is being sent."""

    async def quiet() -> bool:
        there = await counts(cluster)
        return not {DeliveryState.PENDING, DeliveryState.SENDING} & set(there)

    await eventually(quiet, within_s, "nothing waits any more")


async def nothing_twice(cluster: Cluster, *platforms: str) -> None:
    """No story was shown twice in a chat."""
    for platform in platforms or PLATFORMS:
        assert await cluster.repeated(platform) == {}


async def no_more_than_twice(cluster: Cluster) -> None:
    """On Discord nothing came twice, on Telegram at most one extra copy of each message."""
    await nothing_twice(cluster, "discord")
    assert set((await cluster.repeated("telegram")).values()) <= {2}


async def calls(world: World, platform: str, *names: str, since: int = 0) -> list[Json]:
    """The platform's calls whose name holds one of these words."""
    entries = await world.ledger(since)
    return [
        one
        for one in entries
        if one["kind"] == "call" and one["platform"] == platform and any(name in one["call"] for name in names)
    ]


def too_early(sends: list[Json], wait_s: float) -> list[tuple[Json, Json]]:
    """Sends to a chat that was told to wait, before its wait was over, each after the one that was told."""
    told: dict[str, Json] = {}
    early = []
    for send in sends:
        before = told.get(send["chat"])
        if before and send["at"] < before["at"] + wait_s - _CLOCKS_APART_S:
            early.append((before, send))
        if send["status"] == 429:
            told[send["chat"]] = send
    return early


SENDS = ("POST /channels/{id}/messages", "sendMessage")


async def bot(cluster: Cluster, *arguments: str) -> Process:
    """A bot in the sandbox, connected to both platforms."""
    process = await cluster.start(*arguments)
    for platform in PLATFORMS:
        await process.line_with(f"platform ready platform='{platform}'")
    return process


@asynccontextmanager
async def wired(cluster: Cluster, *, by_name: bool = False) -> AsyncIterator[dict[str, ChaosWire]]:
    """Bots that start from now on reach the sandbox by wires: one for each platform's API and one for the gateway.

    ``by_name``: they have to ask for this machine's name first.
    """
    addresses = cluster.world.addresses
    wires = {
        "discord": ChaosWire(addresses["discord_api"]),
        "gateway": ChaosWire(addresses["discord_gateway"]),
        "telegram": ChaosWire(addresses["telegram_api"]),
    }
    async with AsyncExitStack() as stack:
        at = {name: await stack.enter_async_context(laid(wire)) for name, wire in wires.items()}
        if by_name:
            at = {name: place.replace("127.0.0.1", NAME) for name, place in at.items()}
        cluster.world.extra = {
            **cluster.world.extra,
            "NEWSBOT_DISCORD_TOKEN": DISCORD_TOKEN,
            "NEWSBOT_DISCORD_API_URL": f"http://{at['discord']}/api/v10",
            "NEWSBOT_DISCORD_GATEWAY_URL": f"ws://{at['gateway']}",
            "NEWSBOT_TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "NEWSBOT_TELEGRAM_API_URL": f"http://{at['telegram']}/bot",
        }
        yield wires


def sqlite_url(home: Path) -> str:
    """The database where a bot with that home has it."""
    return f"sqlite+aiosqlite:///{(home / 'newsbot.db').resolve()}"
