"""Whatever database statement or HTTP call fails, once, in a full cycle of news: nothing is lost, nothing comes twice.

A cycle is: read a source, publish, deliver on both platforms, press Read, give an opinion, bring the cards up to date,
clear all away. It is finished by the retries that a running bot makes; see ``tests.failing``.
"""

import asyncio
import io
import itertools
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from adapters.machine.logs import set_up_logs
from storage import migrate, open_storage
from tests.canaries import tells_no_token
from tests.command_line import kept_log
from tests.failing.calls import watched_calls
from tests.failing.cycle import PLACES, Bot, Traces, running_bot
from tests.failing.nth import Nth
from tests.failing.statements import Statements
from tests.fakes.database import fresh_database_url

_PARTS = 4
"""All moments are gone through in so many tests, so that both processors are kept busy."""
_MOST = 1000
_UP_TO_DATE = {"👍 2", "👎 0"}

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # what a cut call leaves to the garbage collector


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty, migrated database of each kind in turn."""
    if request.param == "sqlite":
        return fresh_database_url(tmp_path)
    url = str(request.getfixturevalue("postgres_url"))
    migrate(url)
    return url


@pytest.fixture(autouse=True)
def _one_post_after_a_gap() -> Iterator[None]:
    with patch("bot.domain.catching_up.AFTER_A_GAP", 1):  # so that two articles are enough for a digest
        yield


@pytest.fixture(autouse=True)
def _no_token_is_told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever fails, the log at its finest has no token in it (S8)."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    with kept_log():
        set_up_logs("DEBUG")
        yield
    assert written.getvalue()
    tells_no_token(written.getvalue())


async def test_a_statement_here_and_there_may_fail_once(tmp_path: Path) -> None:
    await _let_statements_fail(fresh_database_url(tmp_path), range(28, 240, 90))


async def test_a_call_here_and_there_may_fail_once(tmp_path: Path) -> None:
    await _let_calls_fail(fresh_database_url(tmp_path), (4, 6))


@pytest.mark.fault
@pytest.mark.parametrize("part", range(_PARTS))
async def test_every_statement_may_fail_once(any_url: str, part: int) -> None:
    assert await _let_statements_fail(any_url, itertools.count(part + 1, _PARTS)) > 30


@pytest.mark.fault
async def test_every_call_may_fail_once(any_url: str) -> None:
    assert await _let_calls_fail(any_url, itertools.count(1)) > 20


async def _let_statements_fail(url: str, numbers: Iterable[int]) -> int:
    """A cycle for each number, until there is no such statement; how many there were."""
    statements, calls = Nth(), Nth()
    cycles = 0
    async with _watched(url, statements, calls) as (bot, in_transaction):
        for number in itertools.takewhile(lambda number: number < _MOST, numbers):
            traces = await bot.cycle(partial(statements.arm, number), statements.disarm)
            if not statements.has_failed:
                break
            cycles += 1
            failed = f"{number}: {statements.failed}"
            assert set(traces.headlines.values()) == set(traces.digests.values()) == {1}, failed
            _judge(traces, failed)
            assert not in_transaction, failed
    return cycles


async def _let_calls_fail(url: str, numbers: Iterable[int]) -> int:
    """The same for calls. Of a send whose answer was lost Telegram may show a second copy, for it knows no repeat."""
    statements, calls = Nth(), Nth()
    cycles = 0
    async with _watched(url, statements, calls) as (bot, in_transaction):
        for number in itertools.takewhile(lambda number: number < _MOST, numbers):
            traces = await bot.cycle(partial(calls.arm, number), calls.disarm)
            if not calls.has_failed:
                break
            cycles += 1
            failed = f"{number}: {calls.failed}"
            assert traces.headlines["discord"] == traces.digests["discord"] == 1, failed
            extra = traces.headlines["telegram"] + traces.digests["telegram"] - 2
            assert 0 <= extra <= (calls.failed == "POST sendMessage, answer lost"), failed
            _judge(traces, failed)
            assert not in_transaction, failed
    return cycles


def _judge(traces: Traces, failed: str) -> None:
    assert all(traces.headlines[platform] and traces.digests[platform] for platform in PLACES), failed
    assert all(traces.thumbs[platform] == _UP_TO_DATE for platform in PLACES), failed
    assert not traces.stories, failed
    assert not traces.unsent, failed


@asynccontextmanager
async def _watched(url: str, statements: Nth, calls: Nth) -> AsyncIterator[tuple[Bot, list[str]]]:
    """A running bot, and the calls that were made within a transaction."""
    database, witness = open_storage(url), open_storage(url)
    seen = Statements(database, statements)
    try:
        with watched_calls(calls, lambda: seen.open_in) as in_transaction:
            async with running_bot(database, witness) as bot:
                yield bot, in_transaction
    finally:
        await asyncio.gather(database.close(), witness.close())
