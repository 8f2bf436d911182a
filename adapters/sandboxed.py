"""The sandbox as the bot starts and finds it: a process of its own on the other side of the wire."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import aiohttp

from adapters.sandbox.contract import Strictness
from adapters.sandbox.options import Addresses, SandboxOptions
from adapters.settings import Settings


class SandboxStartError(Exception):
    """The sandbox did not start, or none is running; the sentence says what to do."""


def sandbox_options(settings: Settings) -> SandboxOptions:
    """What the settings say of the sandbox."""
    return SandboxOptions(
        host=settings.sandbox_host,
        page_port=settings.sandbox_port,
        discord_port=settings.sandbox_discord_port,
        telegram_port=settings.sandbox_telegram_port,
        home=settings.home,
        strictness=Strictness(rates=settings.sandbox_rates),
        demo_dir=settings.seeds / "demo",
    )


@asynccontextmanager
async def started_sandbox() -> AsyncIterator[Callable[[], Awaitable[Addresses]]]:
    """A sandbox of our own, which ends with this block or, at the latest, with this process.

    It reads the same settings as we do. What this gives waits, once, until the sandbox listens, and raises
    SandboxStartError; until then there is time for other things.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "adapters.cli",
        "sandbox",
        "--for-a-bot",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin  # noqa: S101  # asked for above
    assert process.stdout  # noqa: S101  # asked for above
    try:
        yield partial(_addresses, process.stdout)
    finally:
        process.stdin.close()
        await process.wait()


def running_sandbox(settings: Settings) -> Addresses:
    """Where ``newsbot sandbox`` runs with the same settings. Raises SandboxStartError where that cannot be known."""
    try:
        return Addresses.from_json((settings.home / "sandbox.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        host = settings.sandbox_host
        if 0 in {settings.sandbox_port, settings.sandbox_discord_port, settings.sandbox_telegram_port}:
            raise SandboxStartError("No sandbox is running here. Start one with: newsbot sandbox") from None
        return Addresses.at(
            page=f"{host}:{settings.sandbox_port}",
            discord=f"{host}:{settings.sandbox_discord_port}",
            telegram=f"{host}:{settings.sandbox_telegram_port}",
        )


async def _addresses(said: asyncio.StreamReader) -> Addresses:
    line = await said.readline()
    if not line.startswith(b"{"):
        raise SandboxStartError("The sandbox did not start; the lines above say why.")
    return Addresses.from_json(line.decode())


async def sandbox_chats(addresses: Addresses) -> Sequence[Mapping[str, str]]:
    """The chats there are. Raises SandboxStartError where no sandbox answers."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{addresses.page}/api/chats") as answer:
            return cast("Sequence[Mapping[str, str]]", await answer.json())
    except (aiohttp.ClientError, OSError) as error:
        raise SandboxStartError(f"No sandbox answers at {addresses.page}. Start one with: newsbot sandbox") from error
