"""Sends whose answer is lost, and sends that find nobody: what the channels show of them in the end.

The platforms' real clients speak to the sandbox through a wire that breaks; only the bot's clock is a test's own.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.contract import Strictness
from adapters.sandbox.store import Store
from bot.domain.channel import ChannelRef, Prefers
from bot.domain.delivery import DeliveryState
from bot.domain.subscription import Everything
from bot.ports.platform import ChatPlatform
from bot.services.deliver import Deliverer
from storage import Database
from tests import stored
from tests.contract.platform import discord_stand, telegram_stand
from tests.contract.platform.discord_stand import ShiftedClock
from tests.fakes.chaos import ChaosWire, Weather, laid
from tests.fakes.clocks import HeldClock
from tests.fakes.database import fresh_database
from tests.fakes.desk import FakeDesk
from tests.fakes.events import FakeEvents

_UNHURRIED = Strictness(rates=False)
_LOST_SHARE = 0.4
_MOST_ROUNDS = 1_000
_BETWEEN_ROUNDS_S = 31.0
"""Longer than a platform that answers nothing is left alone; repeats then come too late for a nonce."""

HOW_MANY = pytest.mark.parametrize("least", [20, pytest.param(1_000, marks=pytest.mark.fault)])
PLATFORMS = pytest.mark.parametrize("platform", ["discord", "telegram"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """A deliverer with one story promised to each of many channels; every other one wants nothing twice."""

    platform: str
    database: Database
    deliverer: Deliverer
    clock: HeldClock
    platforms_clock: ShiftedClock
    events: FakeEvents
    wire: ChaosWire
    store: Store
    channels: Sequence[ChannelRef]

    async def round(self) -> None:
        """Send what is due, after a while."""
        self.clock.pass_on(_BETWEEN_ROUNDS_S)
        self.platforms_clock.shift_s += _BETWEEN_ROUNDS_S
        await self.deliverer.deliver_due()

    async def until_settled(self) -> None:
        for _ in range(_MOST_ROUNDS):
            counts = await self.counts()
            if not counts[DeliveryState.PENDING] and not counts[DeliveryState.SENDING]:
                return
            await self.round()
        raise AssertionError(f"never settled: {await self.counts()}")

    async def counts(self) -> Counter[DeliveryState]:
        async with self.database.reading() as look:
            return +Counter(await look.deliveries.counts())

    async def promise(self, title: str) -> None:
        story = await stored.story(self.database, title)
        await stored.promised(self.database, story, now=self.clock.now())

    @property
    def failures(self) -> int:
        """How many sends did not arrive, as the bot knows."""
        return sum(event == "delivery not sent" for event, _ in self.events.notes)

    def copies(self, title: str) -> dict[str, int]:
        """How often each channel that was shown it shows it."""
        return Counter(
            str(one["chat"]) for one in self.store.since(0) if one["kind"] == "shown" and one["title"] == title
        )


@asynccontextmanager
async def outbox(platform: str, directory: Path, *, channels: int) -> AsyncIterator[Outbox]:
    opened: Any = _discord if platform == "discord" else _telegram
    clock, events = HeldClock(), FakeEvents()
    database = await fresh_database(directory)
    try:
        async with opened(clock, channels) as (speaker, wire, store, platforms_clock, places):
            refs = [ChannelRef(platform=platform, id=place) for place in places]
            async with database.writing() as work:
                for number, ref in enumerate(refs):
                    met = await stored.channel_in(work, ref.id, Everything(), platform=platform)
                    await work.channels.prefer(met.id, Prefers.NO_DUPLICATE if number % 2 else Prefers.NO_LOSS)
                await work.commit()
            deliverer = Deliverer(database, {platform: speaker}, clock, events)
            await deliverer.connect(platform, await stored.leased(database, platform))
            yield Outbox(
                platform=platform,
                database=database,
                deliverer=deliverer,
                clock=clock,
                platforms_clock=platforms_clock,
                events=events,
                wire=wire,
                store=store,
                channels=refs,
            )
    finally:
        await database.close()


_Opened = tuple[ChatPlatform, ChaosWire, Store, ShiftedClock, Sequence[str]]


@asynccontextmanager
async def _discord(clock: HeldClock, channels: int) -> AsyncIterator[_Opened]:
    async with discord_stand.sandbox(_UNHURRIED) as stand:
        places = await stand.server.gather(channels)
        wire = ChaosWire(str(stand.options.api_url))
        async with laid(wire) as address:
            there = replace(stand, options=replace(stand.options, api_url=f"http://{address}/api/v10"))
            async with discord_stand.connected(there, FakeDesk(), clock) as speaker:
                yield speaker, wire, stand.store, stand.clock, places


@asynccontextmanager
async def _telegram(clock: HeldClock, channels: int) -> AsyncIterator[_Opened]:
    async with telegram_stand.sandbox(_UNHURRIED) as stand:
        places = await stand.server.gather(channels)
        wire = ChaosWire(str(stand.options.api_url))
        async with laid(wire) as address:
            there = replace(stand, options=replace(stand.options, api_url=f"http://{address}/bot"))
            async with telegram_stand.speaking(there, clock) as speaker:
                yield speaker, wire, stand.store, ShiftedClock(), places


@HOW_MANY
@PLATFORMS
async def test_what_was_delivered_and_not_answered_is_there_once_or_on_telegram_as_often_as_the_channel_allows(
    tmp_path: Path, platform: str, least: int
) -> None:
    async with outbox(platform, tmp_path, channels=least) as sent:
        told: list[str] = []
        while sent.wire.torn < least:
            told.append(f"Bulletin {len(told)}")
            await sent.promise(told[-1])
            sent.wire.turn(Weather.TORN, share=_LOST_SHARE)
            await sent.until_settled()
        parked = (await sent.counts())[DeliveryState.PARKED]
        for title in told:
            copies = sent.copies(title)
            assert set(copies) == {ref.id for ref in sent.channels}, "nothing is lost"
            if platform == "discord":
                assert set(copies.values()) == {1}
            else:
                assert {copies[ref.id] for ref in sent.channels[1::2]} == {1}
                assert {copies[ref.id] for ref in sent.channels[::2]} == {1, 2}
        assert bool(parked) == (platform == "telegram"), "where nobody can look, a person decides"


@HOW_MANY
@PLATFORMS
async def test_what_found_nobody_is_sent_once_somebody_is_there(tmp_path: Path, platform: str, least: int) -> None:
    async with outbox(platform, tmp_path, channels=least) as sent:
        told: list[str] = []
        while sent.failures < least:
            if not (await sent.counts())[DeliveryState.PENDING]:
                told.append(f"Bulletin {len(told)}")
                await sent.promise(told[-1])
            async with sent.wire.nobody_there():
                await sent.round()
            await sent.round()
        await sent.until_settled()
        for title in told:
            assert sent.copies(title) == {ref.id: 1 for ref in sent.channels}
        assert (await sent.counts()) == {DeliveryState.SENT: len(sent.channels) * len(told)}
