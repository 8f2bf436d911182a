"""A newsroom for whoever asks the desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, open_newsroom


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path) as opened:
        yield opened
