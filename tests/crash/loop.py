"""Kill the bot again and again, then ask whether its promises were kept."""

import asyncio
import contextlib
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlalchemy import select

from bot.domain.delivery import DeliveryState
from storage.database import Database, open_storage
from storage.outbox import is_card_of
from storage.tables import deliveries
from tests.crash import points
from tests.crash.ground import Ground, prepared, press_anything
from tests.crash.life import Life
from tests.crash.paper import FEEDS
from tests.crash.points import Order
from tests.crash.verdict import Verdict, Witness, judge

_MOST_PASSINGS: Final = 4
_SOONEST_S, _LATEST_S = 0.3, 4.0
_PATIENCE_S: Final = 10.0
"""After which a bot that does not pass its point is killed wherever it is."""
_END_S: Final = 120.0
_UNLUCKY: Final = 3
"""How often a bot may not pass its point by chance alone."""
_LEASE_S: Final = 3.0
"""On a database of many processes; the loop would otherwise wait most of its time for leases to end."""
_NEVER: Final = "never"

Say = Callable[[str], None]


class KillLoopError(Exception):
    """The bot did something other than to die as it was told; the text has its last words."""


async def run(
    home: Path,
    *,
    kills: int,
    database: str | None = None,
    is_forgetful: bool = False,
    seed: int = 1,
    say: Say = lambda _: None,
) -> Verdict:
    """So many kills on one database, SQLite in the home directory unless another is named; both platforms take part.

    ``is_forgetful`` as in an order.
    """
    dice = random.Random(seed)
    order = Order(point=_NEVER, nth=0, lease_s=_LEASE_S if database else None, is_forgetful=is_forgetful)
    async with prepared(home, database=database, dice=random.Random(seed)) as ground:
        witness = Witness(ground)
        died: Counter[str] = Counter()
        await _first_news(ground, witness, order)
        readers = asyncio.create_task(press_anything(ground, random.Random(seed)))
        try:
            for number, point in enumerate(_points(kills, dice), start=1):
                order = replace(order, point=point, nth=dice.randint(1, _MOST_PASSINGS))
                began = time.perf_counter()
                died[await _one_life(ground, order, dice)] += 1
                await asyncio.to_thread(_check_file, ground.database)
                await witness.look()
                if number % 20 == 0:
                    say(f"{number} kills, the last one {point} after {time.perf_counter() - began:.1f} s")
        finally:
            readers.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await readers
        await _to_the_end(ground, witness, replace(order, point=_NEVER))
        say(", ".join(f"{point} {number}" for point, number in sorted(died.items())))
        _check_seams(died)
        return await judge(ground, witness, kills=kills)


def _points(kills: int, dice: random.Random) -> Iterator[str]:
    """Each point equally often, in an order of chance."""
    while True:
        for point in dice.sample(points.ALL, len(points.ALL)):
            if not kills:
                return
            kills -= 1
            yield point


async def _one_life(ground: Ground, order: Order, dice: random.Random) -> str:
    """Start the bot and see it die; where it did."""
    life = await ground.start(order)
    is_by_chance = order.point == points.ANY_MOMENT
    patience = dice.uniform(_SOONEST_S, _LATEST_S) if is_by_chance else _PATIENCE_S
    where = order.point
    try:
        async with asyncio.timeout(patience):
            await life.end()
    except TimeoutError:
        where = order.point if is_by_chance else _never_came_to(order.point)
    finally:
        life.send(signal.SIGKILL)
    if (code := await life.end()) != -signal.SIGKILL:
        raise KillLoopError(f"It ended by itself with {code}:\n{ground.lives.last_words()}")
    return where


async def _first_news(ground: Ground, witness: Witness, order: Order) -> None:
    """The first reading of a feed announces one article only, so each is read once in peace."""
    life = await ground.start(order)
    try:
        await _until(ground, life, witness, lambda: len(ground.press.stored) >= len(ground.press.titles) >= FEEDS)
    finally:
        life.send(signal.SIGKILL)
        await life.end()


async def _to_the_end(ground: Ground, witness: Witness, order: Order) -> None:
    """One last bot brings everything to its end and is asked to go."""
    ground.press.is_closed = True
    life = await ground.start(order)
    try:
        await _until(ground, life, witness, lambda: ground.press.is_stored)
        await asyncio.sleep(2)  # what people pressed last waits in the platforms' queues
        await _until(ground, life, witness, lambda: True)
        life.send(signal.SIGTERM)
        async with asyncio.timeout(_PATIENCE_S * 2):
            code = await life.end()
    finally:
        life.send(signal.SIGKILL)
        await life.end()
    if code:
        raise KillLoopError(f"Asked to go, it went with {code}:\n{ground.lives.last_words()}")


async def _until(ground: Ground, life: Life, witness: Witness, is_so: Callable[[], bool]) -> None:
    """Until that is so and nothing waits or is being sent."""
    storage = open_storage(ground.database)
    counts: Mapping[DeliveryState, int] = {}
    try:
        async with asyncio.timeout(_END_S):
            while not life.is_over:
                await witness.learn(storage, stories=400)
                async with storage.reading() as look:
                    counts = await look.deliveries.counts()
                if is_so() and not counts[DeliveryState.PENDING] and not counts[DeliveryState.SENDING]:
                    return
                await asyncio.sleep(0.25)
        raise KillLoopError(f"It ended by itself:\n{ground.lives.last_words()}")
    except TimeoutError:
        waiting = "\n".join(await _waiting(storage))
        raise KillLoopError(f"It did not come to an end: {counts}\n{waiting}\n{ground.lives.last_words()}") from None
    finally:
        await storage.close()


async def _waiting(storage: Database) -> list[str]:
    """Every delivery that is neither sent nor put aside, with where its card stands."""
    card = deliveries.alias("card")
    over = (DeliveryState.SENT, DeliveryState.PARKED, DeliveryState.BURIED)
    statement = (
        select(deliveries, card.c.state.label("card"))
        .join(card, is_card_of(card, deliveries), isouter=True)
        .where(deliveries.c.state.not_in(over))
    )
    async with storage.looking() as connection:
        return [str(dict(row)) for row in (await connection.execute(statement)).mappings()]


def _check_seams(died: Counter[str]) -> None:
    """A point that nobody ever dies at is watched where the bot no longer passes."""
    for point in points.ALL:
        if not died[point] and died[_never_came_to(point)] >= _UNLUCKY:
            raise KillLoopError(f"Nobody was ever killed at {point}: does the bot still pass where it is watched?")


def _never_came_to(point: str) -> str:
    return f"{points.ANY_MOMENT}, as it never came to {point}"


def _check_file(database: str) -> None:
    """SQLite's own word for it that nothing is torn."""
    if database.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database.partition(":///")[2])) as connection:
            (word,) = connection.execute("PRAGMA integrity_check").fetchone()
        if word != "ok":
            raise KillLoopError(f"The database is damaged: {word}")
