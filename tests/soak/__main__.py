"""``python -m tests.soak MINUTES``: the real bot in the sandbox, 10,000 readings of feeds an hour, people who press.

The last lines say whether memory, files and tasks stayed what they were after the first part, and that no error came.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import update

from bot.domain.source import NewSource, SourceKind
from bot.domain.subscription import Everything
from storage import Database, migrate, open_storage
from storage.tables import sources
from tests import stored
from tests.background import in_background
from tests.crash.ground import FOLLOWING
from tests.soak.papers import Papers, printed
from tests.soak.watch import complaints, growth, watched
from tests.world import ROOT, Chat, Process, World, no_seeds, open_world

_FEEDS: Final = 500
_EVERY_S: Final = 180.0
"""500 feeds each three minutes are 10,000 readings an hour."""

_PRESSES_PER_S: Final = 2.0
_LABELS: Final = ("Read", "👍", "👎")


def main() -> int:
    """0 if all stayed as it was."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory(prefix="newsbot-soak-", ignore_cleanup_errors=True) as home:
        return asyncio.run(_soak(Path(home), minutes))


async def _soak(home: Path, minutes: float) -> int:
    papers, pressed = Papers(), Presses()
    environment = {"NEWSBOT_SANDBOX_RATES": "false", "NEWSBOT_FETCH_ALLOW": "127.0.0.0/8"}
    async with (
        printed(papers, _FEEDS) as feeds,
        open_world(home, **environment, NEWSBOT_SEEDS=str(no_seeds(home))) as world,
    ):
        await _furnish(world, home, feeds)
        bot = await _started(world, home / "tasks")
        async with in_background(pressed.go_on(world)):
            until = asyncio.get_running_loop().time() + minutes * 60
            looks = await watched(bot.process.pid, home / "tasks", until=until, say=_say)
        code = await bot.end()
        shown = len(await world.shown())
    grown, errors = list(growth(looks)), complaints(bot.lines)
    for line in (*errors[:20], *map(str, grown)):
        _say(line)
    _say(
        f"soak minutes {minutes:g} feeds_read {papers.readings} stories {papers.told} posts {shown} "
        f"presses {pressed.count} errors {len(errors)} exit {code}"
    )
    return 0 if all(one.is_held for one in grown) and not errors and not code else 1


async def _furnish(world: World, home: Path, feeds: Sequence[str]) -> None:
    """Chats follow everything; the feeds are due one after the other."""
    url = f"sqlite+aiosqlite:///{home / 'newsbot.db'}"
    await asyncio.to_thread(migrate, url)
    storage = open_storage(url)
    now = datetime.now(UTC)  # noqa: TID251  # the harness has no clock but the machine's
    try:
        async with storage.writing() as work:
            for chat in await world.get("/api/chats"):
                if chat["kind"] in FOLLOWING:
                    await stored.channel_in(work, chat["chat"], Everything(), platform=chat["platform"])
            for address in feeds:
                await work.sources.add(_source(address), now=now)
            await work.commit()
        await _spread(storage, now)
    finally:
        await storage.close()


def _source(address: str) -> NewSource:
    return NewSource(
        kind=SourceKind.FEED,
        address=address,
        title="The Daily",
        interval_s=_EVERY_S,
        keeps_interval=True,
        fetches_full_text=False,
    )


async def _spread(storage: Database, now: datetime) -> None:
    async with storage.changing() as connection:
        for number in range(_FEEDS):
            due = now + timedelta(seconds=_EVERY_S * number / _FEEDS)
            await connection.execute(update(sources).where(sources.c.id == number + 1).values(next_read_at=due))
        await connection.commit()


async def _started(world: World, told: Path) -> Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.soak.bot", str(told), "run", "--no-sandbox"),
        cwd=ROOT,
        env=world.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    world.bot = Process(process)
    await world.both_ready()
    return world.bot


class Presses:
    """Readers who read and judge what they see. ``count``: how often they pressed."""

    def __init__(self) -> None:
        self.count = 0
        self._dice = random.Random(1)

    async def go_on(self, world: World) -> None:
        """Until cancelled."""
        chats = [one for one in await world.get("/api/chats") if one["kind"] in FOLLOWING]
        while True:
            await asyncio.sleep(1 / _PRESSES_PER_S)
            told = self._dice.choice(chats)
            person = self._dice.choice(told["people"])["id"]
            chat = Chat(world=world, platform=told["platform"], id=told["chat"], person=person)
            label = self._dice.choice(_LABELS)
            cards = [
                one
                for one in await chat.messages()
                if any(button["label"].startswith(label) for button in one["buttons"])
            ]
            if cards:
                await chat.press(self._dice.choice(cards[-20:]), label)
                self.count += 1


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what the command is for


if __name__ == "__main__":
    sys.exit(main())
