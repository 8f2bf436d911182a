"""Many writers and readers of one SQLite file: nobody ever hears that it is locked, and commits are quick."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import Database, open_storage
from tests import stored
from tests.builders import opinion, person
from tests.fakes.database import fresh_database_url

_WRITERS = _READERS = 8
_BETWEEN_S = 0.05
"""320 transactions a second: who never rests measures the interpreter's lock and no lock of SQLite's."""
_LEAST = 3
_COMMITTED_S = 0.05


class Crowd:
    """Uses the same file by way of two open databases, as two processes would."""

    def __init__(self, databases: tuple[Database, Database], until: float) -> None:
        self._databases = databases
        self._until = until
        self.commits_s: list[float] = []
        self.readings = 0

    def turns(self) -> Iterator[int]:
        """A few, and more until the time is over."""
        return itertools.takewhile(lambda turn: turn < _LEAST or time.monotonic() < self._until, itertools.count())

    async def write(self, number: int) -> None:
        """Give one opinion after the other on a story of one's own."""
        database = self._databases[number % 2]
        story = await stored.story(database, f"Story {number}")
        for turn in self.turns():
            async with database.writing() as work:
                assert await work.stories.find(story)  # reads first, as a use case does
                await work.opinions.save(opinion(story, person(str(turn))))
                began = time.monotonic()
                await work.commit()
            self.commits_s.append(time.monotonic() - began)
            await asyncio.sleep(_BETWEEN_S)

    async def read(self, number: int) -> None:
        """Look at the latest stories and what is thought of them."""
        database = self._databases[number % 2]
        for _ in self.turns():
            async with database.reading() as look:
                for story in await look.stories.latest(limit=5):
                    assert story.tally == await look.opinions.tally(story.id)
            self.readings += 1
            await asyncio.sleep(_BETWEEN_S)


@pytest.mark.parametrize("seconds", [0, pytest.param(60, marks=pytest.mark.fault)])
async def test_eight_who_write_and_eight_who_read_meet_no_lock_and_commit_at_once(tmp_path: Path, seconds: int) -> None:
    url = fresh_database_url(tmp_path)
    databases = open_storage(url), open_storage(url)
    crowd = Crowd(databases, time.monotonic() + seconds)
    try:
        await asyncio.gather(*map(crowd.write, range(_WRITERS)), *map(crowd.read, range(_READERS)))
    finally:
        await asyncio.gather(*(database.close() for database in databases))
    assert crowd.readings >= _READERS * _LEAST
    assert len(crowd.commits_s) >= _WRITERS * _LEAST
    if seconds:  # a few are no measurement
        assert statistics.quantiles(crowd.commits_s, n=100)[-1] <= _COMMITTED_S
