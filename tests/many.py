"""Several processes of one bot on one PostgreSQL database, in one sandbox."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.subscription import Everything
from bot.services.import_page import import_page
from bot.services.topics import Topics
from storage import Database, migrate, open_storage
from tests import stored
from tests.builders import draft, new_source
from tests.newsroom import small_catalogue
from tests.world import NEWSBOT, Json, Process, World, no_seeds, open_world

FOLLOWING = frozenset({"text", "announcement", "group", "channel"})


@dataclass(slots=True, kw_only=True)
class Cluster:
    """``storage`` is the database as this process, which publishes, sees it; ``chats`` follow everything; ``program``
    is what is started as the bot.
    """

    world: World
    storage: Database
    chats: list[Json]
    processes: list[Process] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    program: Sequence[str] = NEWSBOT

    async def start(self, *arguments: str) -> Process:
        """One more process."""
        process = await Process.start(
            "run", "--no-sandbox", *arguments, environment=self.world.environment, program=self.program
        )
        self.processes.append(process)
        self.world.bot = process
        return process

    async def publish(self, title: str) -> None:
        """A story that goes to all chats; returns once it is committed."""
        now = datetime.now(UTC)  # noqa: TID251  # a publisher's own clock
        page = new_source("page:gazette", title="The Gazette")
        story = draft(title, f"{title} is told.", guid=title)
        await import_page(self.storage, Topics(small_catalogue()), page, [story], now=now)
        self.told.append(title)

    async def publish_steadily(self, name: str, every_s: float) -> None:
        """Until cancelled."""
        number = 0
        while True:
            number += 1
            await self.publish(f"{name} {number:04}")
            await asyncio.sleep(every_s)

    async def everywhere(self, title: str) -> None:
        """Return once the story was shown in every chat."""

        async def shown() -> bool:
            return sum(told == title for _, _, told in await self.world.shown()) >= len(self.chats)

        await self.world.until(shown, f"{title} in every chat")

    async def copies(self) -> Counter[tuple[str, str, str]]:
        """How often each story was shown in each chat."""
        return Counter(place for place in await self.world.shown() if place[2] in self.told)

    async def missing(self) -> set[tuple[str, str, str]]:
        """What was told and never shown."""
        due = {(chat["platform"], chat["chat"], title) for chat in self.chats for title in self.told}
        return due - set(await self.copies())

    async def repeated(self, platform: str) -> dict[tuple[str, str, str], int]:
        return {place: number for place, number in (await self.copies()).items() if number > 1 and place[0] == platform}


@asynccontextmanager
async def open_cluster(home: Path, url: str, **extra: str) -> AsyncIterator[Cluster]:
    """A sandbox and an empty database, with no process on it yet; everything is ended after the block."""
    settings = {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_SEEDS": str(no_seeds(home)), "NEWSBOT_SANDBOX_RATES": "false"}
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(home, **settings, **extra))
        await asyncio.to_thread(migrate, url)
        storage = open_storage(url)
        stack.push_async_callback(storage.close)
        chats = [chat for chat in await world.get("/api/chats") if chat["kind"] in FOLLOWING]
        async with storage.writing() as work:
            for chat in chats:
                await stored.channel_in(work, chat["chat"], Everything(), platform=chat["platform"])
            await work.commit()
        cluster = Cluster(world=world, storage=storage, chats=chats)
        try:
            yield cluster
        finally:
            for process in cluster.processes:
                process.go_on()
            await asyncio.gather(*(process.end() for process in cluster.processes))
