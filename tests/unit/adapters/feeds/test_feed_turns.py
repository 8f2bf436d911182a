"""No host is asked for two things at once, nor sooner than a second after the last."""

import asyncio

from adapters.feeds.turns import HostTurns
from tests.fakes.clocks import HeldClock


class Visits:
    """Requests that last as long as a test wants, and what was going on with each."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.turns = HostTurns(monotonic=self.clock.monotonic, sleep=self.clock.sleep)
        self.began: list[tuple[str, float]] = []

    async def visit(self, host: str, ends: asyncio.Event | None = None, *, rest_s: float = 0.0) -> None:
        async with self.turns.at(host, rest_s=rest_s):
            self.began.append((host, self.clock.monotonic()))
            if ends:
                await ends.wait()


async def test_a_host_is_asked_for_one_thing_at_a_time_and_others_meanwhile() -> None:
    visits, ends = Visits(), asyncio.Event()
    first = asyncio.create_task(visits.visit("a", ends))
    second = asyncio.create_task(visits.visit("a"))
    await asyncio.sleep(0)
    await visits.visit("b")
    assert visits.began == [("a", 0), ("b", 0)]
    ends.set()
    await first
    await visits.clock.asleep(1)
    visits.clock.pass_on(1)
    await second
    assert visits.began == [("a", 0), ("b", 0), ("a", 1)]


async def test_a_host_rests_for_longer_where_that_is_asked_and_not_where_enough_time_has_passed() -> None:
    visits = Visits()
    await visits.visit("a", rest_s=5)
    visits.clock.pass_on(3)
    waiting = asyncio.create_task(visits.visit("a"))
    await visits.clock.asleep(2)
    visits.clock.pass_on(2)
    await waiting
    visits.clock.pass_on(1)
    await visits.visit("a")
    assert [at for _, at in visits.began] == [0, 5, 6]


async def test_a_visit_that_fails_leaves_the_host_to_the_next() -> None:
    visits = Visits()
    failing = asyncio.create_task(visits.visit("a", asyncio.Event()))
    await asyncio.sleep(0)
    failing.cancel()
    await asyncio.gather(failing, return_exceptions=True)
    visits.clock.pass_on(1)
    await visits.visit("a")
    assert visits.began == [("a", 0), ("a", 1)]


async def test_hosts_that_have_rested_are_forgotten() -> None:
    visits = Visits()
    for number in range(3000):
        await visits.visit(str(number))
        visits.clock.pass_on(2)
    assert len(visits.turns) <= 1001
