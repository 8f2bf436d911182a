"""Each scenario gets a sandbox with a bot in it, and the seeds' stories on their way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        await opened.start_bot()
        await opened.both_ready()
        yield opened


@pytest.fixture(params=["discord", "telegram"])
def platform(request: pytest.FixtureRequest) -> str:
    """Every scenario runs on both."""
    return str(request.param)


@pytest.fixture
def other_platform(platform: str) -> str:
    return "telegram" if platform == "discord" else "discord"
