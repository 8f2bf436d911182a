"""Whoever waits for a platform waits in turn, and not for ever."""

import asyncio
from collections.abc import Callable

import pytest

from bot.domain.delivery import RateLimit, Waited
from bot.messages.pacing import Pacer, Rate
from bot.ports.platform import TryLaterError
from bot.services.turns import Turns
from tests.fakes.clocks import HeldClock

TEN_A_SECOND = Rate(per_s=10.0, burst=1.0)
SLOW = Rate(per_s=0.1, burst=1.0)


class Mouth:
    """Speaks in places of a platform that takes ten a second; counts how often somebody looked whether it may."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.pacer = Pacer(TEN_A_SECOND, debt=0.5)
        self.turns = Turns("Somewhere", self.clock)
        self.looks = 0
        self.said: list[str] = []

    async def say(self, words: str, *, rate: Rate | None = None, goes_first: bool = False) -> Waited | None:
        waited = await self.turns.take(
            self._spending(words, rate, goes_first=goes_first),
            lambda: self.pacer.held_by(words, rate, now=self.clock.monotonic()),
            goes_first=goes_first,
        )
        self.said.append(words)
        return waited

    async def hear(self, *saying: "asyncio.Task[Waited | None]") -> None:
        while not all(one.done() for one in saying):
            await asyncio.sleep(0)
            self.clock.pass_on(0.01)

    def _spending(self, place: str, rate: Rate | None, *, goes_first: bool) -> Callable[[], float]:
        def spend() -> float:
            self.looks += 1
            return self.pacer.take(place, rate, now=self.clock.monotonic(), goes_first=goes_first)

        return spend


async def test_a_hundred_who_wait_for_the_platform_speak_in_order_and_one_of_them_watches_the_clock() -> None:
    mouth = Mouth()
    saying = [asyncio.create_task(mouth.say(str(number))) for number in range(100)]
    await mouth.hear(*saying)
    assert mouth.said == [str(number) for number in range(100)]
    assert mouth.looks < 6 * 100
    waited = saying[-1].result()
    assert waited is not None
    assert waited.limit is RateLimit.OVERALL
    assert waited.seconds == pytest.approx(9.9, rel=0.1)


async def test_what_goes_first_does_not_stand_in_the_line() -> None:
    mouth = Mouth()
    posts = [asyncio.create_task(mouth.say("post")) for _ in range(20)]
    await asyncio.sleep(0)
    breaking = asyncio.create_task(mouth.say("breaking", goes_first=True))
    await mouth.hear(*posts, breaking)
    assert mouth.said.index("breaking") <= 1


async def test_a_channel_that_takes_nothing_for_long_sends_its_post_back_and_holds_up_no_other() -> None:
    mouth = Mouth()
    await mouth.say("slow", rate=SLOW)
    mouth.clock.pass_on(1.0)
    with pytest.raises(TryLaterError) as later:
        await mouth.say("slow", rate=SLOW)
    assert later.value.limit is RateLimit.CHANNEL
    assert await mouth.say("other", rate=SLOW) is None


async def test_those_in_line_go_back_when_the_platform_says_to_stop() -> None:
    mouth = Mouth()
    saying = [asyncio.create_task(mouth.say(str(number))) for number in range(3)]
    await asyncio.sleep(0)
    mouth.pacer.close("", until=mouth.clock.monotonic() + 30.0)
    await mouth.hear(*saying)
    assert [isinstance(one.exception(), TryLaterError) for one in saying] == [False, True, True]
