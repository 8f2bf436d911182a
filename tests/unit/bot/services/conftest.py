"""A real database, a held clock and a small catalogue for the use cases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.topic import Catalogue, Topic, TopicId, TopicKind
from bot.services.topics import Topics
from storage import Database
from tests.fakes.clocks import HeldClock
from tests.fakes.database import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await fresh_database(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def topics() -> Topics:
    japan = Topic(id=TopicId("japan"), kind=TopicKind.COUNTRY, names={"en": "Japan"}, words=("Japan", "Tokyo"))
    china = Topic(id=TopicId("china"), kind=TopicKind.COUNTRY, names={"en": "China"}, words=("China", "Beijing"))
    return Topics(Catalogue([japan, china]))
