"""A real sandbox and a real bot as processes, driven as people drive them: through the JSON interface."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.canaries import tells_no_token

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 30.0
READER_1, READER_2, MODERATOR = "reader-1", "reader-2", "moderator-1"

NEWSBOT = ("adapters.cli",)

Json = Any  # what the JSON interface says, as it says it


_HOW_TO_JOIN = re.compile(r" +NEWSBOT_(DISCORD|TELEGRAM)_TOKEN=\S+")
"""What the sandbox tells whoever wants to join with a bot of their own."""


class Process:
    """A newsbot command that runs; its output is kept for the failure message."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self._came = asyncio.Event()
        self._readers = [
            asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr) if stream
        ]

    @classmethod
    async def start(
        cls, *arguments: str, environment: Mapping[str, str], program: Sequence[str] = NEWSBOT
    ) -> "Process":
        """``program`` is the module, and what it is told before the arguments, where it is not the bot itself."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}  # noqa: TID251  # what a child inherits
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *program,
            *arguments,
            cwd=ROOT,
            env={**clean, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def line_with(self, words: str) -> str:
        """The first line that holds the words."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    self._came.clear()
                    for line in self.lines:
                        if words in line:
                            return line
                    assert not all(reader.done() for reader in self._readers), "\n".join(self.lines)
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError("\n".join((f"never said: {words}", *self.lines[-30:]))) from None

    def freeze(self) -> None:
        """As a machine that sleeps, until ``go_on``."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code once it has ended."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.ended()

    async def ended(self) -> int:
        """The exit code, once the process has ended and all its lines are read."""
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
            await asyncio.gather(*self._readers)
        tells_no_token("\n".join(line for line in self.lines if not _HOW_TO_JOIN.fullmatch(line)))
        return code

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.lines.append(line.decode().rstrip())
            self._came.set()
        self._came.set()


async def newsbot(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command to its end: exit code and everything it said."""
    process = await Process.start(*arguments, environment=environment)
    code = await process.ended()
    return code, "\n".join(process.lines)


def no_seeds(home: Path) -> Path:
    """The directory to name as NEWSBOT_SEEDS where a test tells stories of its own: the topics, and no pages."""
    seeds = home / "seeds"
    seeds.mkdir()
    (seeds / "topics.toml").symlink_to(ROOT / "seeds" / "topics.toml")
    return seeds


@dataclass(slots=True)
class Chat:
    """One chat as one person uses it."""

    world: "World"
    platform: str
    id: str
    person: str

    async def look(self, typing: str | None = None) -> Json:
        extra = {} if typing is None else {"typing": typing}
        return await self.world.get(f"/api/chats/{self.platform}/{self.id}", {"as": self.person, **extra})

    async def messages(self) -> Json:
        return (await self.look())["messages"]

    async def say(self, text: str) -> Json:
        return await self._post("say", text=text)

    async def press(self, message: Json, label: str) -> Json:
        """Press the first button whose label begins so."""
        button = next(one for one in message["buttons"] if one["label"].startswith(label))
        return await self._post("press", message=message["id"], button=button["id"])

    async def fill(self, form: Json, **fields: str) -> Json:
        return await self._post("fill", form=form["id"], fields=fields)

    async def change_bot(self, change: str) -> Json:
        """What the person does to the bot here: remove, add, mute, …"""
        return await self._post("bot", change=change)

    async def message_with(self, *words: str, newest: bool = True) -> Json:
        """The message that shows all the words, as soon as there is one."""

        async def found() -> Json | None:
            fitting = [one for one in await self.messages() if all(word in one["text"] for word in words)]
            return fitting[-1 if newest else 0] if fitting else None

        return await self.world.until(found, f"{self.platform} shows {words} to {self.person}")

    async def _post(self, call: str, **body: object) -> Json:
        return await self.world.post(f"/api/chats/{self.platform}/{self.id}/{call}", {"as": self.person, **body})


@dataclass(slots=True)
class World:
    """A running sandbox and the bot in it."""

    home: Path
    client: aiohttp.ClientSession
    sandbox: Process
    addresses: Json
    extra: Mapping[str, str] = field(default_factory=dict)
    bot: Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        return _environment(self.home) | dict(self.extra)

    async def start_bot(self, **environment: str) -> Process:
        self.bot = await Process.start("run", "--no-sandbox", environment={**self.environment, **environment})
        return self.bot

    async def both_ready(self) -> None:
        assert self.bot
        for platform in ("discord", "telegram"):
            await self.bot.line_with(f"platform ready platform='{platform}'")

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        async with self.client.get(self.addresses["page"] + path, params=query) as answer:
            return await answer.json()

    async def post(self, path: str, body: object) -> Any:
        async with self.client.post(self.addresses["page"] + path, json=body) as answer:
            return await answer.json()

    async def chat(self, platform: str, kind: str, person: str) -> Chat:
        """The person's chat of that kind: group (or server channel), private, channel."""
        kinds = {"group": {"group", "text"}}.get(kind, {kind})
        for chat in await self.get("/api/chats"):
            people = {one["id"] for one in chat["people"]}
            if chat["platform"] == platform and chat["kind"] in kinds and person in people:
                return Chat(world=self, platform=platform, id=chat["chat"], person=person)
        raise AssertionError(f"no {kind} chat for {person} on {platform}")

    async def ledger(self, since: int = 0) -> Json:
        return await self.get("/api/ledger", {"since": str(since)})

    async def shown(self) -> list[tuple[str, str, str]]:
        """Every public message that ever became visible: platform, chat, title."""
        return [
            (entry["platform"], entry["chat"], entry["title"])
            for entry in await self.ledger()
            if entry["kind"] == "shown" and entry.get("to") is None and entry["title"]
        ]

    async def until(self, found: Callable[[], Any], what: str) -> Any:
        """What ``found`` gives, as soon as it gives something; looks again whenever the sandbox changes."""
        since = 0
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    if result := await found():
                        return result
                    news = await self.get("/api/changes", {"since": str(since), "wait": "1"})
                    since = max(since, int(news["now"]))
        except TimeoutError:
            lines = "\n".join((self.bot or self.sandbox).lines[-30:])
            raise AssertionError(f"never happened: {what}\n{lines}") from None


def _environment(home: Path) -> dict[str, str]:
    ports = dict.fromkeys(
        ("NEWSBOT_SANDBOX_PORT", "NEWSBOT_SANDBOX_DISCORD_PORT", "NEWSBOT_SANDBOX_TELEGRAM_PORT"), "0"
    )
    return {"NEWSBOT_HOME": str(home), "NEWSBOT_REFRESH_DELAY": "0.5", **ports}


@asynccontextmanager
async def open_world(home: Path, **extra: str) -> AsyncIterator[World]:
    """A sandbox with no bot in it yet; everything is ended after the block."""
    sandbox = await Process.start("sandbox", environment=_environment(home) | extra)
    try:
        await sandbox.line_with("newsbot sandbox: open")
        addresses = json.loads((home / "sandbox.json").read_text())
        async with aiohttp.ClientSession() as client:
            world = World(home=home, client=client, sandbox=sandbox, addresses=addresses, extra=extra)
            try:
                yield world
            finally:
                if world.bot:
                    await world.bot.end()
    finally:
        await sandbox.end()


@asynccontextmanager
async def open_world_with_bot(home: Path, **extra: str) -> AsyncIterator[World]:
    """A sandbox with a bot in it that is ready on both platforms."""
    async with open_world(home, **extra) as world:
        await world.start_bot()
        await world.both_ready()
        yield world
