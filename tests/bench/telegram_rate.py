"""How fast posts leave for Telegram when every answer takes 80 ms, against discord.py's bare send in the same run."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import aiohttp
import discord
from discord.http import Route

from adapters.telegram.platform import TelegramOptions, TelegramPlatform
from bot.domain.channel import ChannelRef
from bot.messages.action import Action, ActionCodec, Verb
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import Span, link, plain, text
from tests.bench.figure import Row, median
from tests.bench.slow_platforms import LATENCY_S, running
from tests.fakes.clocks import HeldClock
from tests.fakes.inbox import FakeInbox

IN_FLIGHT: Final = 100
TARGET: Final = 0.8
_ROUNDS = 4
_SENDS = 2_000
_WARM_UP = 200

_CARD = Post(
    tone=Tone.NEWS,
    title="Harbour bridge closes for nine months",
    link="https://courier.example/a/881",
    byline=text(
        link("City Courier", "https://courier.example"),
        " · ",
        Span(text="3 Sep 2026, 08:10 UTC", moment=datetime(2026, 9, 3, 8, 10, tzinfo=UTC)),
    ),
    blocks=(Block(text=text("The council voted on Tuesday to close the harbour bridge from 1 October. " * 4)),),
    controls=(
        (
            Control(label="Read", action=Action(verb=Verb.READ, subject=7), is_primary=True),
            Control(label="Opinions (0)", action=Action(verb=Verb.OPINIONS, subject=7)),
        ),
        (
            Control(label="👍 0", action=Action(verb=Verb.FAVOUR, subject=7)),
            Control(label="👎 0", action=Action(verb=Verb.OPPOSE, subject=7)),
        ),
    ),
)


async def measure() -> list[Row]:
    """Whole cards through our adapter, the same words through discord.py, and a bare aiohttp client; in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    bare: list[float] = []
    async with running() as address:
        for _ in range(_ROUNDS):
            theirs.append(await _discord_rate(address))
            ours.append(await _telegram_rate(address))
            bare.append(await _bare_rate(address))
    rate = median(ours)
    ratio, ceiling = rate / median(theirs), rate / median(bare)
    name = f"Telegram posts, {IN_FLIGHT} in flight at {LATENCY_S * 1000:.0f} ms"
    return [
        Row(
            figure=name,
            ours=f"{rate:,.0f}/s",
            reference=f"discord.py {median(theirs):,.0f}/s",
            ratio=ratio,
            bound=f"≥ {TARGET} ×",
            is_ok=ratio >= TARGET,
        ),
        Row(figure="the same", ours=f"{rate:,.0f}/s", reference=f"bare aiohttp {median(bare):,.0f}/s", ratio=ceiling),
    ]


async def _telegram_rate(address: str) -> float:
    platform = TelegramPlatform(
        TelegramOptions(token="1:bench", api_url=f"{address}/bot", rates=False),
        codec=ActionCodec(b"a key for benchmarks"),
        clock=HeldClock(),
        inbox=FakeInbox(),
    )
    try:
        return await _rate(lambda chat: platform.send(ChannelRef(platform="telegram", id=str(chat)), _CARD, once="a"))
    finally:
        await platform.close()


async def _discord_rate(address: str) -> float:
    words = "\n\n".join([str(_CARD.title), *(plain(block.text) for block in _CARD.blocks)])
    base, Route.BASE = Route.BASE, address
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.http.static_login("bench")
            return await _rate(lambda chat: client.get_partial_messageable(chat).send(words))
    finally:
        Route.BASE = base


async def _bare_rate(address: str) -> float:
    words = {"text": "\n\n".join(plain(block.text) for block in _CARD.blocks)}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:

        async def send(chat: int) -> None:
            async with session.post(f"{address}/bot1:bench/sendMessage", json={"chat_id": chat, **words}) as answer:
                await answer.json()

        return await _rate(send)


async def _rate(send: Callable[[int], Awaitable[object]]) -> float:
    async def sender(chat: int, count: int) -> None:
        for _ in range(count):
            await send(chat)

    async def all_senders(count: int) -> None:
        await asyncio.gather(*(sender(chat, count // IN_FLIGHT) for chat in range(1, IN_FLIGHT + 1)))

    await all_senders(_WARM_UP)
    began = time.perf_counter()
    await all_senders(_SENDS)
    return _SENDS / (time.perf_counter() - began)
