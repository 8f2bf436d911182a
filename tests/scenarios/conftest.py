"""A sandbox with a bot in it, and the seeds' stories on their way, shared by the scenarios of a file.

Scenarios that share one keep out of each other's way: each has a story, a person or a topic of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.world import World, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Shared by all scenarios of the file."""
    async with _bot_in_a_world(tmp_path_factory.mktemp("world")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def own_world(tmp_path: Path) -> AsyncIterator[World]:
    """For one scenario alone, which may kill the bot."""
    async with _bot_in_a_world(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["discord", "telegram"])
def platform(request: pytest.FixtureRequest) -> str:
    """Every scenario runs on both."""
    return str(request.param)


@pytest.fixture
def other_platform(platform: str) -> str:
    return "telegram" if platform == "discord" else "discord"


@asynccontextmanager
async def _bot_in_a_world(home: Path) -> AsyncIterator[World]:
    async with open_world(home) as opened:
        await opened.start_bot()
        await opened.both_ready()
        yield opened
