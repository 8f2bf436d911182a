"""How soon a press of *Read* is answered when fifty people press at once."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figure import Row, median, percentile
from tests.bench.processes import cpu_s
from tests.world import READER_1, READER_2, Chat, World, open_world

_PRESSES, _AT_ONCE, _ROUNDS = 1_000, 50, 3
_WARM_UP = 100
_LIMIT_MS = 250.0
_STORIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round of presses took: first answers and whole calls in ms, ms of CPU a press, presses a second."""

    first_ms: Sequence[float]
    call_ms: Sequence[float]
    late: int
    bot_ms: float
    sandbox_ms: float
    per_s: float


async def measure() -> list[Row]:
    """Both platforms, where the sandbox keeps the platforms' rate limits and where it keeps none."""
    rows: list[Row] = []
    for rates in ("true", "false"):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            async with open_world(Path(home), NEWSBOT_SANDBOX_RATES=rates) as world:
                await world.start_bot()
                await world.both_ready()
                for platform in ("discord", "telegram"):
                    rows += await _platform(world, platform, "rate limits on" if rates == "true" else "no rate limits")
    return rows


async def _platform(world: World, platform: str, name: str) -> list[Row]:
    chats = [await world.chat(platform, "group", person) for person in (READER_1, READER_2)]
    messages = await world.until(lambda: readable(chats[0]), f"{_STORIES} stories on {platform}")
    alone = await press_round(world, chats, messages, presses=_WARM_UP, at_once=1)
    rounds = [await press_round(world, chats, messages, presses=_PRESSES, at_once=_AT_ONCE) for _ in range(_ROUNDS)]
    first, late = middle(rounds, "first_ms", 0.99), sum(one.late for one in rounds)
    unloaded = percentile(alone.first_ms, 0.5)
    worst = max(max(one.first_ms, default=0.0) for one in rounds)
    return [
        Row(
            figure=f"first answer to Read, {platform}, {name}",
            ours=f"p50 {middle(rounds, 'first_ms', 0.5):.0f}, p99 {first:.0f}, max {worst:.0f} ms; {late} late",
            reference=f"p50 {unloaded:.0f} ms, one at a time",
            ratio=first / unloaded,
            bound=f"p99 ≤ {_LIMIT_MS:.0f} ms, 0 late",
            is_ok=first <= _LIMIT_MS and not late,
        ),
        Row(
            figure=f"the whole call, {platform}, {name}",
            ours=f"p50 {middle(rounds, 'call_ms', 0.5):.0f}, p99 {middle(rounds, 'call_ms', 0.99):.0f} ms",
            reference=(
                f"CPU a press: bot {median([one.bot_ms for one in rounds]):.1f}, "
                f"sandbox {median([one.sandbox_ms for one in rounds]):.1f} ms; "
                f"{median([one.per_s for one in rounds]):.0f} presses/s"
            ),
        ),
    ]


async def readable(chat: Chat) -> list[Any] | None:
    """Messages with stories to read, as soon as there are enough of them."""
    messages = [one for one in await chat.messages() if any(button["label"] == "Read" for button in one["buttons"])]
    return messages if len(messages) >= _STORIES else None


async def press_round(
    world: World, chats: Sequence[Chat], messages: Sequence[Any], *, presses: int, at_once: int
) -> Round:
    """So many people press *Read*, each again as soon as all of the answer is there."""
    first_ms: list[float] = []
    call_ms: list[float] = []
    numbers = iter(range(presses))

    async def person() -> None:
        for number in numbers:
            began = time.perf_counter()
            seen = await chats[number % len(chats)].press(messages[number % len(messages)], "Read")
            call_ms.append((time.perf_counter() - began) * 1000)
            if seen["first_answer_ms"] is not None:
                first_ms.append(seen["first_answer_ms"])

    assert world.bot
    pids = (world.bot.process.pid, world.sandbox.process.pid)
    began, before = time.perf_counter(), [cpu_s(pid) for pid in pids]
    await asyncio.gather(*(person() for _ in range(at_once)))
    took, after = time.perf_counter() - began, [cpu_s(pid) for pid in pids]
    bot_ms, sandbox_ms = ((end - start) * 1000 / presses for start, end in zip(before, after, strict=True))
    return Round(
        first_ms=first_ms,
        call_ms=call_ms,
        late=presses - len(first_ms),
        bot_ms=bot_ms,
        sandbox_ms=sandbox_ms,
        per_s=presses / took,
    )


def middle(rounds: Sequence[Round], what: str, share: float) -> float:
    """The median over the rounds of each round's percentile; infinite where nothing was answered at all."""
    return median([percentile(getattr(one, what) or [float("inf")], share) for one in rounds])
