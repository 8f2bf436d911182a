"""One full cycle of news, from the source to the last trace of it, finished by the retries that a running bot makes."""

import asyncio
import functools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, cast

from adapters.discord.platform import DiscordPlatform
from adapters.feeds.reader import FeedsReader
from adapters.sandbox.contract import READER_1, Seen, Shown, Strictness
from adapters.sandbox.discord.cast import USER_IDS as DISCORD_PEOPLE
from adapters.sandbox.telegram.cast import USER_IDS as TELEGRAM_PEOPLE
from adapters.telegram.platform import TelegramPlatform
from bot.commands.house import House
from bot.desk import NewsDesk
from bot.domain.channel import ChannelRef
from bot.domain.delivery import DeliveryState
from bot.domain.person import PersonRef
from bot.ports.clock import Clock
from bot.ports.platform import ChatPlatform
from bot.ports.progress import Progress
from bot.services.deliver import Deliverer
from bot.services.give_opinion import OpinionBox
from bot.services.housekeep import Housekeeper
from bot.services.keep_going import Loop, LoopKeeper
from bot.services.let_in import DoorKeeper
from bot.services.part_stories import StoryEditor
from bot.services.read_sources import SourceReader
from bot.services.shelf import Shelf
from bot.services.topics import Topics
from storage import Database
from storage.inbox import DatabaseInbox
from tests import stored
from tests.contract.platform import discord_stand, telegram_stand
from tests.contract.reading.feed_server import FeedServer, answer, running_feed_server
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.newsroom import small_catalogue

PLACES: Mapping[str, ChannelRef] = {"discord": discord_stand.TEXT_CHANNEL, "telegram": telegram_stand.GROUP}

_REFRESH_DELAY = timedelta(seconds=10)
_KEPT = timedelta(days=1)
_SOON_S = 5.0
_UNHURRIED = Strictness(rates=False)
_LOOPBACK = (ip_network("127.0.0.0/8"),)
_READERS = {
    "discord": PersonRef(platform="discord", id=DISCORD_PEOPLE[READER_1]),
    "telegram": PersonRef(platform="telegram", id=str(TELEGRAM_PEOPLE[READER_1])),
}
_MOST_TRIES = 40
_DELIVERED_AFTER_S = 60.0
"""Within which sending goes on by itself once nothing fails any more."""
_A_MOMENT_S = 2.0
_IMPATIENT_S = 0.4
"""After which somebody who pressed a button lets the time go on: what waits for it may be what has to answer."""


class Paper:
    """A document as it grows: an old article, one for the digest, and the headline, in words that no other has."""

    def __init__(self, number: int) -> None:
        dice = random.Random(number)
        words = iter(
            ["".join(dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(4)) for _ in range(99)]
        )
        self.number = number
        self.titles = [f"{next(words).capitalize()} {next(words)} {next(words)}" for _ in range(3)]
        self._texts = [" ".join(next(words) for _ in range(20)) for _ in self.titles]

    @property
    def headline(self) -> str:
        return self.titles[2]

    @property
    def text(self) -> str:
        """The headline's story."""
        return self._texts[2]

    @property
    def in_digest(self) -> str:
        return self.titles[1]

    def document(self, articles: int) -> bytes:
        """With so many of the articles, newest first."""
        items = "".join(
            f"<item><guid>{self.number}-{place}</guid><title>{self.titles[place]}</title>"
            f"<description>{self._texts[place]}</description></item>"
            for place in reversed(range(articles))
        )
        return f'<rss version="2.0"><channel><title>The Ledger</title>{items}</channel></rss>'.encode()


@dataclass(slots=True, kw_only=True)
class Traces:
    """What a cycle left behind: how often each platform showed the headline and the digest, what the cards say at last,
    and what the database still holds.
    """

    headlines: Counter[str] = field(default_factory=Counter)
    digests: Counter[str] = field(default_factory=Counter)
    thumbs: dict[str, set[str]] = field(default_factory=dict)
    stories: int = 0
    unsent: dict[DeliveryState, int] = field(default_factory=dict)


class _Restless:
    """The same time, for those whose rests are of no interest."""

    def __init__(self, clock: HeldClock) -> None:
        self.now, self.monotonic = clock.now, clock.monotonic

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass(slots=True, kw_only=True)
class Bot:
    """All of a running bot, with the platforms that it speaks to; its loops are gone through by hand.

    ``witness`` is its database by another way, where nothing fails.
    """

    witness: Database
    clock: HeldClock
    events: FakeEvents
    feeds: FeedServer
    reader: SourceReader
    deliverer: Deliverer
    housekeeper: Housekeeper
    discord: discord_stand.Stand
    telegram: telegram_stand.Stand
    cycles: int = 0

    async def cycle(self, arm: Callable[[], None], disarm: Callable[[], None]) -> Traces:
        """Tell one story alone and one in a digest, have the first read and judged on both platforms, then forget both.

        Between ``arm`` and ``disarm`` anything may fail once.
        """
        self.cycles += 1
        paper = Paper(self.cycles)
        address = self.feeds.serve(f"/{paper.number}", answer(paper.document(1)))
        added = await self.reader.add(address, fetches_full_text=False, interval_s=600.0, announce=0)
        self.feeds.serve(f"/{paper.number}", answer(paper.document(3)))
        self.clock.pass_on(3600)
        arm()
        await self._until(self.reader.read_due, lambda: self._articles_are(3, of=added.source.id), pause_s=900)
        await self._delivered()
        await asyncio.gather(*(self._take_part(platform, paper) for platform in PLACES))
        self.clock.pass_on(_REFRESH_DELAY.total_seconds())
        await self._delivered()
        traces = await self._seen(paper)
        self.clock.pass_on((_KEPT + timedelta(hours=1)).total_seconds())
        await self._until(self.housekeeper.tidy)
        disarm()
        async with self.witness.writing() as work:
            traces.stories = len(await work.stories.latest(limit=100))
            traces.unsent = {state: count for state, count in (await work.deliveries.counts()).items() if count}
            await work.sources.remove(added.source.id)
            await work.commit()
        return traces

    async def _until(
        self,
        step: Callable[[], Awaitable[object]],
        is_done: Callable[[], Awaitable[bool]] | None = None,
        *,
        pause_s: float = 1.0,
    ) -> None:
        """Take the step again and again, as loops do, which an error does not end either."""
        for _ in range(_MOST_TRIES):
            with suppress(Exception):
                await step()
                if is_done is None or await is_done():
                    return
            self.clock.pass_on(pause_s)
        raise AssertionError(f"never done: {step}; {self.events.troubles[-3:]}")

    async def _delivered(self) -> None:
        began = self.clock.monotonic()
        await self._until(self._deliver, self._all_is_sent, pause_s=10)
        took = self.clock.monotonic() - began
        assert took <= _DELIVERED_AFTER_S, f"sent only after {took:.0f} s; {self.events.troubles[-3:]}"

    async def _deliver(self) -> None:
        for platform in PLACES:
            await self.deliverer.recover(platform)
        await self.deliverer.deliver_due()

    async def _articles_are(self, count: int, *, of: Any) -> bool:
        async with self.witness.reading() as look:
            return len(await look.articles.latest(source_id=of, limit=9)) == count

    async def _all_is_sent(self) -> bool:
        async with self.witness.reading() as look:
            counts = await look.deliveries.counts()
        return not counts[DeliveryState.PENDING] and not counts[DeliveryState.SENDING]

    async def _take_part(self, platform: str, paper: Paper) -> None:
        """Read the story and be for it, and press again where nothing came of it."""
        for _ in range(_MOST_TRIES):
            seen = await self._press(platform, "Read", paper)
            if any(paper.text in message.text for message in seen.messages):
                break
            self.clock.pass_on(_A_MOMENT_S)
        else:
            raise AssertionError("never read")
        for _ in range(_MOST_TRIES):
            await self._press(platform, "👍", paper)
            with suppress(Exception):
                if await self._has_opinion(platform):
                    return
            self.clock.pass_on(_A_MOMENT_S)
        raise AssertionError("never judged")

    async def _press(self, platform: str, label: str, paper: Paper) -> Seen:
        chat = PLACES[platform].id
        message = next(one for one in await self._sees(platform) if one.title == paper.headline and not one.ephemeral)
        button = next(button.id for button in message.buttons if button.label.startswith(label))
        server = self.discord.server if platform == "discord" else self.telegram.server
        impatience = asyncio.create_task(self._grow_impatient())
        try:
            return await server.press(chat, READER_1, message.id, button)
        finally:
            impatience.cancel()

    async def _grow_impatient(self) -> None:
        await asyncio.sleep(_IMPATIENT_S)
        while True:
            self.clock.pass_on(1.0)
            await asyncio.sleep(0.05)

    async def _sees(self, platform: str) -> Sequence[Shown]:
        return await (self.discord.sees() if platform == "discord" else self.telegram.sees())

    async def _has_opinion(self, platform: str) -> bool:
        async with self.witness.reading() as look:
            newest = await look.stories.latest(limit=2)
            return any([await look.opinions.of_person(story.id, _READERS[platform]) for story in newest])

    def _entries(self, platform: str) -> list[dict[str, Any]]:
        store = self.discord.store if platform == "discord" else self.telegram.store
        return cast("list[dict[str, Any]]", store.since(0))

    async def _seen(self, paper: Paper) -> Traces:
        traces = Traces()
        for platform in PLACES:
            for entry in self._entries(platform):
                if entry["kind"] == "shown" and not entry.get("to"):
                    traces.headlines[platform] += entry["title"] == paper.headline
                    traces.digests[platform] += paper.in_digest in entry["text"]
            traces.thumbs[platform] = {
                button.label
                for message in await self._sees(platform)
                if message.title == paper.headline and not message.ephemeral
                for button in message.buttons
                if button.label[0] in "👍👎"
            }
        return traces


@asynccontextmanager
async def running_bot(database: Database, witness: Database) -> AsyncIterator[Bot]:
    """On that empty, migrated database, connected to a Discord and a Telegram of its own where one place each follows
    everything.
    """
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(discord_stand.sandbox(_UNHURRIED))
        telegram = await stack.enter_async_context(telegram_stand.sandbox(_UNHURRIED))
        feeds = await stack.enter_async_context(running_feed_server())
        clock, events = HeldClock(), FakeEvents()
        catalogue = small_catalogue()
        topics = Topics(catalogue)
        reading = FeedsReader(allow=_LOOPBACK, topics=catalogue)
        stack.push_async_callback(reading.close)
        platforms: dict[str, ChatPlatform] = {}
        deliverer = Deliverer(database, platforms, clock, events)
        doors = DoorKeeper(database, clock, wake=deliverer.wake)
        platforms["discord"] = DiscordPlatform(discord.options, codec=discord_stand.CODEC, clock=clock, doors=doors)
        platforms["telegram"] = TelegramPlatform(
            telegram.options,
            codec=telegram_stand.CODEC,
            clock=clock,
            inbox=DatabaseInbox(database, clock),
            doors=doors,
        )
        reader = SourceReader(database, reading, topics, clock, events, refresh_delay=_REFRESH_DELAY)
        stack.push_async_callback(reader.close)
        desk = NewsDesk(_house(database, topics, clock, platforms, deliverer, doors), events)
        for ref in PLACES.values():
            await stored.channel(witness, ref.id, platform=ref.platform)
        await stack.enter_async_context(_listening(platforms, desk, clock, events))
        for name in platforms:
            await deliverer.connect(name, await stored.leased(witness, name))
        yield Bot(
            witness=witness,
            clock=clock,
            events=events,
            feeds=feeds,
            reader=reader,
            deliverer=deliverer,
            housekeeper=Housekeeper(database, _Restless(clock), events, keep_articles=_KEPT),
            discord=discord,
            telegram=telegram,
        )


def _house(
    database: Database,
    topics: Topics,
    clock: Clock,
    platforms: Mapping[str, ChatPlatform],
    deliverer: Deliverer,
    doors: DoorKeeper,
) -> House:
    async def may_manage(person: PersonRef, channel: ChannelRef) -> bool:
        return await platforms[channel.platform].may_manage(person, channel)

    return House(
        storage=database,
        topics=topics,
        opinions=OpinionBox(database, clock, refresh_delay=_REFRESH_DELAY),
        editor=StoryEditor(database, topics, clock, refresh_delay=_REFRESH_DELAY),
        editors=frozenset(),
        clock=clock,
        shelf=Shelf(database, clock),
        may_manage=may_manage,
        private_chat=lambda person: platforms[person.platform].private_chat(person),
        doors=doors,
        wake=deliverer.wake,
    )


@asynccontextmanager
async def _listening(
    platforms: Mapping[str, ChatPlatform], desk: NewsDesk, clock: Clock, events: FakeEvents
) -> AsyncIterator[None]:
    """All platforms, begun again when they fail."""
    keeper = LoopKeeper(clock, events, Progress())
    loops = [
        asyncio.create_task(keeper.keep(name, Loop(run=functools.partial(platform.listen, desk))))
        for name, platform in platforms.items()
    ]
    try:
        async with asyncio.timeout(_SOON_S):
            await asyncio.gather(*(platform.ready() for platform in platforms.values()))
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
