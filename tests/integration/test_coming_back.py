"""A backup is made while the bot publishes and sends: what coming back to it loses and repeats is what was said."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.domain.article import Draft
from bot.domain.subscription import Everything
from bot.services.deliver import Deliverer
from bot.services.import_page import import_page
from bot.services.topics import Topics
from storage import signing_key
from tests import stored
from tests.builders import draft, new_source
from tests.fakes.clocks import HeldClock
from tests.fakes.events import FakeEvents
from tests.fakes.platform import FakePlatform
from tests.integration.test_backups import LATER, SEARCHABLE, Machine, url
from tests.newsroom import small_catalogue

__all__ = ["url"]

_CHANNELS = 3
_WORDS = [
    "harbour",
    "tram",
    "museum",
    "ferry",
    "bridge",
    "vote",
    "storm",
    "dawn",
    "carpet",
    "bakery",
    "violin",
    "glacier",
    "orchard",
    "lantern",
]


class Paper:
    """A source that lists all that it ever told, and the bot that reads it and sends."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.topics = Topics(small_catalogue())
        self.clock = HeldClock(LATER)
        self.told: list[Draft] = []
        self.platform = FakePlatform(repeat_safe_s=60, can_find=True)

    async def read(self) -> int:
        """The bot reads all of it again; how many stories are new to it."""
        page = new_source("page:paper", title="The Paper")
        published = await import_page(self.machine.database, self.topics, page, self.told, now=self.clock.now())
        return len(published.new)

    async def tell(self, *titles: str) -> None:
        """So many new stories."""
        self.told = [draft(title, f"{title}, told in full.", guid=title) for title in titles] + self.told
        assert await self.read() == len(titles)
        self.clock.pass_on(1)

    async def send(self) -> None:
        """All that is due."""
        deliverer = Deliverer(self.machine.database, {"discord": self.platform}, self.clock, FakeEvents())
        await deliverer.connect("discord", await stored.leased(self.machine.database))
        while await deliverer.deliver_due():
            self.clock.pass_on(1)

    async def go_on(self) -> None:
        """News after news, each sent at once."""
        for title in _titles("Meanwhile", 5):
            await self.tell(title)
            await self.send()

    @property
    def copies(self) -> Counter[tuple[str, str]]:
        """How often each story stands in each channel."""
        return Counter((to.id, str(post.title)) for to, post, _ in self.platform.sent)


def _titles(name: str, count: int) -> list[str]:
    return [f"{name} {_WORDS[number]} {_WORDS[-number - 1]} {number}" for number in range(count)]


async def _followed_paper(machine: Machine) -> Paper:
    await signing_key(machine.database)
    async with machine.database.writing() as work:
        for place in range(_CHANNELS):
            await stored.channel_in(work, str(place), Everything())
        await work.commit()
    return Paper(machine)


async def test_nothing_committed_is_lost_and_exactly_what_was_said_to_repeat_does(url: str, tmp_path: Path) -> None:
    machine = Machine(url, tmp_path)
    paper = await _followed_paper(machine)
    await paper.tell(*_titles("Before", 4))
    await paper.send()
    await paper.tell(*_titles("Waiting", 3))
    committed = await machine.articles()

    going_on = asyncio.create_task(paper.go_on())
    await asyncio.to_thread(machine.backups.make, machine.file, now=paper.clock.now())
    await going_on
    await paper.tell(*_titles("After", 6))
    await paper.send()
    assert set(paper.copies.values()) == {1}

    outlook = await machine.outlook()
    assert outlook.contents.articles >= committed
    await machine.restore(searchable=SEARCHABLE)
    assert await machine.articles() == outlook.contents.articles
    paper.clock.pass_on(timedelta(hours=1).total_seconds())
    await paper.send()
    assert set(paper.copies.values()) == {1}, "what waited in the backup was sent since"
    await paper.read()
    await paper.send()
    repeated = sum(number - 1 for number in paper.copies.values())
    assert repeated == outlook.repeats >= 6 * _CHANNELS
    assert all(not title.startswith(("Before", "Waiting")) for (_, title), number in paper.copies.items() if number > 1)
    assert set(paper.copies) == {(str(place), one.title) for place in range(_CHANNELS) for one in paper.told}
    await machine.close()
