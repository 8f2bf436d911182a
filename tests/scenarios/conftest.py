"""A sandbox with a bot in it, and the seeds' stories on their way, shared by the scenarios of a file.

Scenarios that share one keep out of each other's way: each has a story, a person or a topic of its own.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.world import World, open_world_with_bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Shared by all scenarios of the file, which post more than Telegram takes in a minute and do not wait for that."""
    async with open_world_with_bot(tmp_path_factory.mktemp("world"), NEWSBOT_SANDBOX_RATES="false") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def own_world(tmp_path: Path) -> AsyncIterator[World]:
    """For one scenario alone, which may kill the bot."""
    async with open_world_with_bot(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["discord", "telegram"])
def platform(request: pytest.FixtureRequest) -> str:
    """Every scenario runs on both."""
    return str(request.param)


@pytest.fixture
def other_platform(platform: str) -> str:
    return "telegram" if platform == "discord" else "discord"
